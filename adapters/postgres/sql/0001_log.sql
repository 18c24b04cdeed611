-- The log and everything around it. Run with search_path set to the schema of the store (see migrations.hpp).

-- The log. Rows are added by append() alone and never change; positions are dense and in the order of the commits.
-- Names are compared byte by byte. Payloads are text, kept as they came; the view `log` shows them as JSON.
create table events (
  position bigint not null,
  stream text collate "C" not null,
  version bigint not null,
  type text collate "C" not null,
  schema bigint not null, -- of the event type
  id uuid,
  time bigint not null, -- microseconds since 1970, UTC
  part integer not null, -- the part-th (from 1) of the `parts` events of its commit
  parts integer not null,
  tags text[] collate "C", -- null for none
  data text not null,
  metadata text,
  constraint event_position_once primary key (position),
  constraint event_version_once unique (stream, version)
);
create unique index event_id_once on events (stream, id) where id is not null;
create index events_by_type on events (type, position);
create index events_by_tag on events using gin (tags) with (fastupdate = off) where tags is not null;

-- What each stream's $truncated and $tombstoned facts hide: the versions before `first`, from `position` on.
create table deletions (
  stream text collate "C" not null,
  position bigint not null,
  first bigint not null,
  primary key (stream, position)
);

create table snapshots (
  key text collate "C" primary key,
  version bigint not null,
  position bigint not null,
  fingerprint bigint not null, -- 64 bits without a sign
  state text not null
);

-- For people and reports: what readers are shown, times as times and payloads as JSON.
create view log as
  select position, stream, version, type, schema, id,
         timestamptz 'epoch' + time * interval '1 microsecond' as time,
         part, parts, coalesce(tags, '{}') as tags, data::json as data, metadata::json as metadata
  from events e
  where not exists (select from deletions d where d.stream = e.stream and e.version < d.first);
