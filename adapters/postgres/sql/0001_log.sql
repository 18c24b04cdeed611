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

-- Who listens here is told the head after each commit. One channel for each store of the database.
create function channel() returns text language sql stable set search_path from current as
$$ select 'evstore_' || 'events'::regclass::oid $$;

-- The first event behind `after` that the item matches and readers are shown. `types` and `tags` are lists divided by U+001F;
-- null asks for nothing. Which index is the right one, the planner cannot know: near the head it is the position's.
create function first_match(types text[], with_tags text[], after bigint, head bigint) returns bigint
language plpgsql stable set search_path from current as
$$
declare
  found_at bigint;
begin
  if with_tags is null and types is null or head - after <= 500 then
    select e.position into found_at from events e
      where e.position > after
        and (types is null or e.type = any (types))
        and (with_tags is null or coalesce(e.tags, '{}') @> with_tags)
        and not exists (select from deletions d where d.stream = e.stream and e.version < d.first)
      order by e.position limit 1;
  elsif with_tags is null then
    select min(one.position) into found_at from unnest(types) as t (type) cross join lateral (
      select e.position from events e
        where e.type = t.type and e.position > after
          and not exists (select from deletions d where d.stream = e.stream and e.version < d.first)
        order by e.position limit 1) as one;
  else
    select min(e.position) into found_at from events e
      where e.tags @> with_tags and e.position > after
        and (types is null or e.type = any (types))
        and not exists (select from deletions d where d.stream = e.stream and e.version < d.first);
  end if;
  return found_at;
end
$$;

-- Judges and stores a group of commits, in their order, each as if it had come alone: one that is refused leaves no trace and
-- does not disturb the others. Commits of all connections take turns, so positions become visible in their order, and a
-- reader that has seen position p has seen everything below it that will ever be there.
--
-- Everything is flat. Write w has the events event_begin[w] + 1 .. event_begin[w + 1], commit c the writes
-- write_begin[c] + 1 .. write_begin[c + 1] and the conditions condition_begin[c] + 1 .. condition_begin[c + 1], condition k
-- the items item_begin[k] + 1 .. item_begin[k + 1]. `expected` is a version, -1 for any, -2 for a stream that exists.
-- Lists of types and tags are divided by U+001F; null is none. `ids` is empty if no event has one.
--
-- For each commit come back an outcome, the write or condition (from 1) that it is about, and a number:
--   0 stored               -         -
--   1 version conflict     write     the stream's version
--   2 tombstoned           write     the stream's version
--   3 condition failed     condition the position of the event in the way
--   4 condition beyond     condition the head
--   5 ids known            -         -           some event is stored already; whether as this commit, the caller finds out
-- and the position before its first event (the head it was judged at). Of each write: the stream's version before it.
create function append(
  write_begin integer[], condition_begin integer[],
  streams text[], expected bigint[], event_begin integer[],
  types text[], schemas bigint[], ids uuid[], times bigint[], tag_lists text[], payloads text[], metadatas text[],
  afters bigint[], item_begin integer[], item_types text[], item_tags text[],
  out outcomes integer[], out places integer[], out numbers bigint[], out heads bigint[], out versions bigint[])
language plpgsql volatile security definer set search_path from current as
$$
declare
  commits constant integer := array_length(write_begin, 1) - 1;
  has_ids constant boolean := array_length(ids, 1) is not null;
  has_facts constant boolean := types && array['$truncated', '$tombstoned'];
  now constant bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
  separator constant text := U&'\001F';
  head bigint;
  first_head bigint;
  outcome integer;
  place integer;
  number bigint;
  version bigint;
  last_type text;
  parts integer;
  a integer; -- of the events in question, the first and the last
  b integer;
begin
  -- Alone in its statement: what follows sees everything that was committed before the lock was got.
  perform pg_advisory_xact_lock(1702261620, 'events'::regclass::oid::integer);
  select coalesce(max(e.position), 0) into head from events e;
  first_head := head;
  versions := array_fill(0::bigint, array[coalesce(array_length(streams, 1), 0)]);

  for c in 1 .. commits loop
    outcome := 0;
    place := 0;
    number := 0;

    if has_ids then
      for w in write_begin[c] + 1 .. write_begin[c + 1] loop
        a := event_begin[w] + 1;
        b := event_begin[w + 1];
        if a <= b and exists (select from events e where e.stream = streams[w] and e.id = any (ids[a:b])) then
          outcome := 5;
          exit;
        end if;
      end loop;
    end if;

    if outcome = 0 then
      for w in write_begin[c] + 1 .. write_begin[c + 1] loop
        select e.version, e.type into version, last_type
          from events e where e.stream = streams[w] order by e.version desc limit 1;
        version := coalesce(version, 0);
        versions[w] := version;
        if last_type = '$tombstoned' and event_begin[w] < event_begin[w + 1] then
          outcome := 2;
        elsif expected[w] = -1 or expected[w] = version or expected[w] = -2 and version > 0 then
          continue;
        else
          outcome := 1;
        end if;
        place := w;
        number := version;
        exit;
      end loop;
    end if;

    if outcome = 0 then
      for k in condition_begin[c] + 1 .. condition_begin[c + 1] loop
        if afters[k] > head then
          outcome := 4;
          number := head;
        else
          select min(first_match(string_to_array(item_types[i], separator), string_to_array(item_tags[i], separator),
                                 afters[k], head))
            into number from generate_series(item_begin[k] + 1, item_begin[k + 1]) as i;
          continue when number is null;
          outcome := 3;
        end if;
        place := k;
        exit;
      end loop;
    end if;

    outcomes[c] := outcome;
    places[c] := place;
    numbers[c] := coalesce(number, 0);
    heads[c] := head;
    continue when outcome <> 0 or write_begin[c] = write_begin[c + 1];

    a := event_begin[write_begin[c] + 1] + 1;
    parts := event_begin[write_begin[c + 1] + 1] + 1 - a;
    for w in write_begin[c] + 1 .. write_begin[c + 1] loop
      b := event_begin[w + 1];
      if event_begin[w] + 1 = b then
        insert into events (position, stream, version, type, schema, id, time, part, parts, tags, data, metadata)
        values (head + 1, streams[w], versions[w] + 1, types[b], schemas[b], ids[b], coalesce(times[b], now),
                b - a + 1, parts, string_to_array(tag_lists[b], separator), payloads[b], metadatas[b]);
        head := head + 1;
      elsif event_begin[w] < b then
        insert into events (position, stream, version, type, schema, id, time, part, parts, tags, data, metadata)
        select head + e.n, streams[w], versions[w] + e.n, e.type, e.schema, e.id, coalesce(e.time, now),
               event_begin[w] - a + 1 + e.n, parts, string_to_array(e.tags, separator), e.data, e.metadata
          from rows from (
            unnest(types[event_begin[w] + 1:b]), unnest(schemas[event_begin[w] + 1:b]),
            unnest(ids[event_begin[w] + 1:b]), unnest(times[event_begin[w] + 1:b]),
            unnest(tag_lists[event_begin[w] + 1:b]), unnest(payloads[event_begin[w] + 1:b]),
            unnest(metadatas[event_begin[w] + 1:b])
          ) with ordinality as e (type, schema, id, time, tags, data, metadata, n);
        head := head + b - event_begin[w];
      end if;
    end loop;
    if has_facts then
      insert into deletions (stream, position, first)
      select e.stream, e.position,
             case e.type when '$tombstoned' then e.version
                         else least((e.data::json ->> 'before')::numeric, e.version)::bigint end
        from events e
        where e.position > heads[c] and e.type in ('$truncated', '$tombstoned');
    end if;
  end loop;

  if head > first_head then
    perform pg_notify(channel(), head::text);
  end if;
end
$$;

-- False for a snapshot of a position that the log has not reached.
create function save_snapshot(of_key text, of_version bigint, of_position bigint, of_fingerprint bigint, of_state text)
returns boolean language plpgsql volatile security definer set search_path from current as
$$
begin
  if of_position > (select coalesce(max(position), 0) from events) then
    return false;
  end if;
  insert into snapshots values (of_key, of_version, of_position, of_fingerprint, of_state)
    on conflict (key) do update set version = excluded.version, position = excluded.position,
                                    fingerprint = excluded.fingerprint, state = excluded.state;
  return true;
end
$$;

-- Who may do what. A reader reads; an appender may call append() and save_snapshot() besides, and can neither change nor
-- delete an event, nor add one past append(). Nobody else may do anything.
create function allow_reading(role regrole) returns void language plpgsql set search_path from current as
$$
begin
  execute format('grant usage on schema %I to %s', current_schema(), role);
  execute format('grant select on all tables in schema %I to %s', current_schema(), role);
  execute format('grant execute on function channel(), first_match(text[], text[], bigint, bigint) to %s', role);
end
$$;
create function allow_appending(role regrole) returns void language plpgsql set search_path from current as
$$
begin
  perform allow_reading(role);
  execute format('grant execute on function append, save_snapshot to %s', role);
end
$$;
revoke all on function channel, first_match, append, save_snapshot, allow_reading, allow_appending from public;
