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
-- Commits stand in runs, each judged and stored by a few statements whatever its length: in a run no stream comes twice, and
-- only the first commit has conditions, so none of them can matter to another.
--
-- Everything is flat; what belongs to what is told by where it begins. Run r has the commits run_begin[r] + 1 ..
-- run_begin[r + 1], commit c the writes write_begin[c] + 1 .. write_begin[c + 1] and the conditions condition_begin[c] + 1 ..,
-- write w the events event_begin[w] + 1 .., condition k the items item_begin[k] + 1 ... `expected` is a version, -1 for any, -2
-- for a stream that exists. Of each event: its write, its place in it, its part of the commit and how many there are.
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
  run_begin integer[], write_begin integer[], condition_begin integer[],
  streams text[], expected bigint[], event_begin integer[],
  writes integer[], places integer[], parts integer[], parts_of integer[],
  types text[], schemas bigint[], ids uuid[], times bigint[], tag_lists text[], payloads text[], metadatas text[],
  afters bigint[], item_begin integer[], item_types text[], item_tags text[],
  out outcomes integer[], out abouts integer[], out numbers bigint[], out heads bigint[], out versions bigint[])
language plpgsql volatile security definer set search_path from current as
$$
declare
  has_ids constant boolean := array_length(ids, 1) is not null;
  has_facts constant boolean := types && array['$truncated', '$tombstoned'];
  now constant bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
  separator constant text := U&'\001F';
  first_head bigint; -- of the group
  run_head bigint;
  head bigint;
  w0 integer; -- the run's writes
  w1 integer;
  a integer; -- the run's events
  b integer;
  last_version bigint;
  last_versions bigint[];
  last_type text;
  last_types text[];
  known integer[]; -- writes that have events with ids that are stored
  refused integer[]; -- writes of commits that are
  outcome integer;
  about integer;
  number bigint;
begin
  -- Alone in its statement: what follows sees everything that was committed before the lock was got.
  perform pg_advisory_xact_lock(1702261620, 'events'::regclass::oid::integer);
  select e.position into head from events e order by e.position desc limit 1;
  head := coalesce(head, 0);
  first_head := head;
  versions := '{}';

  for r in 1 .. array_length(run_begin, 1) - 1 loop
    run_head := head;
    refused := '{}';
    w0 := write_begin[run_begin[r] + 1] + 1;
    w1 := write_begin[run_begin[r + 1] + 1];
    a := event_begin[w0] + 1;
    b := event_begin[w1 + 1];

    if w0 = w1 then
      select e.version, e.type into last_version, last_type
        from events e where e.stream = streams[w0] order by e.version desc limit 1;
      versions := versions || coalesce(last_version, 0);
      last_types := array[last_type];
    elsif w0 < w1 then
      select array_agg(coalesce(e.version, 0) order by w.n), array_agg(e.type order by w.n) into last_versions, last_types
        from unnest(streams[w0:w1]) with ordinality as w (stream, n)
        left join lateral (
          select last.version, last.type from events last where last.stream = w.stream order by last.version desc limit 1
        ) as e on true;
      versions := versions || last_versions;
    end if;
    if has_ids then
      select array_agg(distinct k.write) into known
        from unnest(writes[a:b], ids[a:b]) as k (write, id)
        where exists (select from events e where e.stream = streams[k.write] and e.id = k.id);
    end if;

    for c in run_begin[r] + 1 .. run_begin[r + 1] loop
      outcome := 0;
      about := 0;
      number := 0;

      for w in write_begin[c] + 1 .. write_begin[c + 1] loop
        if w = any (known) then
          outcome := 5;
        end if;
      end loop;

      if outcome = 0 then
        for w in write_begin[c] + 1 .. write_begin[c + 1] loop
          if last_types[w - w0 + 1] = '$tombstoned' and event_begin[w] < event_begin[w + 1] then
            outcome := 2;
          elsif expected[w] = -1 or expected[w] = versions[w] or expected[w] = -2 and versions[w] > 0 then
            continue;
          else
            outcome := 1;
          end if;
          about := w;
          number := versions[w];
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
          about := k;
          exit;
        end loop;
      end if;

      outcomes[c] := outcome;
      abouts[c] := about;
      numbers[c] := coalesce(number, 0);
      heads[c] := head;
      if outcome = 0 then
        head := head + event_begin[write_begin[c + 1] + 1] - event_begin[write_begin[c] + 1];
      else
        for w in write_begin[c] + 1 .. write_begin[c + 1] loop
          refused := refused || w;
        end loop;
      end if;
    end loop;

    continue when head = run_head;
    if a = b then
      insert into events (position, stream, version, type, schema, id, time, part, parts, tags, data, metadata)
      values (head, streams[writes[a]], versions[writes[a]] + 1, types[a], schemas[a], ids[a], coalesce(times[a], now), 1, 1,
              string_to_array(tag_lists[a], separator), payloads[a], metadatas[a]);
    else
      insert into events (position, stream, version, type, schema, id, time, part, parts, tags, data, metadata)
      select run_head + row_number() over (order by e.n), streams[e.write], versions[e.write] + e.place, e.type, e.schema, e.id,
             coalesce(e.time, now), e.part, e.parts, string_to_array(e.tags, separator), e.data, e.metadata
        from rows from (
          unnest(writes[a:b]), unnest(places[a:b]), unnest(parts[a:b]), unnest(parts_of[a:b]), unnest(types[a:b]),
          unnest(schemas[a:b]), unnest(ids[a:b]), unnest(times[a:b]), unnest(tag_lists[a:b]), unnest(payloads[a:b]),
          unnest(metadatas[a:b])
        ) with ordinality as e (write, place, part, parts, type, schema, id, time, tags, data, metadata, n)
        where e.write <> all (refused);
    end if;
    if has_facts then
      insert into deletions (stream, position, first)
      select e.stream, e.position,
             case e.type when '$tombstoned' then e.version
                         else least((e.data::json ->> 'before')::numeric, e.version)::bigint end
        from events e
        where e.position > run_head and e.type in ('$truncated', '$tombstoned');
    end if;
  end loop;

  if head > first_head then
    perform pg_notify('evstore_' || 'events'::regclass::oid::text, head::text); -- channel(), which takes ten times as long
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
