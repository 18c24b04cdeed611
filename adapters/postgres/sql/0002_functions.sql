-- What the store does, as functions. Run with search_path set to its schema (see migrations.hpp).

-- In a fenced store commits go on side by side, and those who read wait for the slow ones behind the fence. Chosen when the
-- store is made, by putting true here.
create or replace function is_fenced() returns boolean language sql immutable as $$ select false $$;

-- Of a fenced store: the last position that was taken.
create sequence positions minvalue 0 start 0;

-- Takes positions that follow each other; the one before the first of them. Their transaction announces the first by a lock that
-- it keeps until it has ended, and does so before the sequence shows that they are taken. The lock around both is given back at
-- once, so nobody waits for a transaction here.
create or replace function take_positions(count bigint) returns bigint
language plpgsql volatile set search_path from current as
$$
declare
  own constant integer := 'events'::regclass::oid::integer;
  head bigint;
begin
  begin
    perform pg_advisory_lock(1702261622, own);
    select last_value into head from positions;
    perform pg_advisory_xact_lock_shared(own, (head + 1 & 2147483647)::integer);
    perform setval('positions', head + count);
  exception when query_canceled or others then
    perform pg_advisory_unlock(1702261622, own);
    raise;
  end;
  perform pg_advisory_unlock(1702261622, own);
  return head;
end
$$;

-- Of a fenced store: a position up to which every event is there that ever will be, for whoever begins another statement now. Who
-- had taken positions before the sequence was read is either still among the locks, or has ended and can be seen.
create or replace function fence() returns bigint
language plpgsql volatile set search_path from current as
$$
declare
  reached bigint;
  behind bigint; -- how far the first of those that are not there yet is
begin
  if pg_is_in_recovery() then
    raise exception 'a standby does not know which commits of a fenced store are on their way; read it on the primary'
      using errcode = 'feature_not_supported';
  end if;
  select last_value into reached from positions;
  -- Positions are announced by their lower 31 bits; those beyond `reached` were taken since.
  select max(one.distance) into behind
    from (select (reached - objid::bigint) & 2147483647 as distance from pg_locks
            where locktype = 'advisory' and objsubid = 2 and classid = 'events'::regclass::oid and granted
              and database = (select oid from pg_database where datname = current_database())) as one
    where one.distance < 1073741824;
  return reached - coalesce(behind + 1, 0);
end
$$;

-- Who listens here is told the head after each commit. One channel for each store of the database.
create or replace function channel() returns text language sql stable set search_path from current as
$$ select 'evstore_' || 'events'::regclass::oid $$;

-- The first event behind `after` that the item matches and readers are shown. `types` and `tags` are lists divided by U+001F;
-- null asks for nothing. Which index is the right one, the planner cannot know: near the head it is the position's.
create or replace function first_match(types text[], with_tags text[], after bigint, head bigint) returns bigint
language plpgsql stable set search_path from current set plan_cache_mode = auto as
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

-- The head of the log, which is `known` or behind it if the caller remembers right. To begin there spares looking at the whole
-- last page of the index. For functions that have set their search_path.
create or replace function head_from(known bigint) returns bigint
language plpgsql volatile as
$$
declare
  head bigint;
begin
  select e.position into head from events e where e.position >= known order by e.position desc limit 1;
  if head is null and known > 0 then
    select e.position into head from events e order by e.position desc limit 1;
  end if;
  return coalesce(head, 0);
end
$$;

-- Judges and stores a group of commits, in their order, each as if it had come alone: one that is refused leaves no trace and
-- does not disturb the others. Commits of all connections take turns, so positions become visible in their order, and a
-- reader that has seen position p has seen everything below it that will ever be there. In a fenced store only those take turns
-- that write to the same stream; who has conditions, or writes to very many streams, waits for all others.
--
-- Commits stand in runs, each judged and stored by a few statements whatever its length: in a run no stream comes twice, and
-- only the first commit has conditions, so none of them can matter to another.
--
-- Everything is flat; what belongs to what is told by where it begins. Run r has the commits run_begin[r] + 1 ..
-- run_begin[r + 1], commit c the writes write_begin[c] + 1 .. write_begin[c + 1] and the conditions condition_begin[c] + 1 ..,
-- write w the events event_begin[w] + 1 .., condition k the items item_begin[k] + 1 ... `expected` is a version, -1 for any, -2
-- for a stream that exists. Of each event: its write, its place in it, its part of the commit and how many there are.
-- Lists of types and tags are divided by U+001F; null is none. `ids` is empty if no event has one. `known` is a position that
-- the log has reached, or 0; if it has not after all, finding the head takes longer.
--
-- For each commit come back an outcome, the write or condition (from 1) that it is about, and a number:
--   0 stored               -         -
--   1 version conflict     write     the stream's version
--   2 tombstoned           write     the stream's version
--   3 condition failed     condition the position of the event in the way
--   4 condition beyond     condition the head
--   5 ids known            -         -           some event is stored already; whether as this commit, the caller finds out
-- and the position before its first event (the head it was judged at). Of each write: the stream's version before it.
create or replace function append(
  run_begin integer[], write_begin integer[], condition_begin integer[],
  streams text[], expected bigint[], event_begin integer[],
  writes integer[], places integer[], parts integer[], parts_of integer[],
  types text[], schemas bigint[], ids uuid[], times bigint[], tag_lists text[], payloads text[], metadatas text[],
  afters bigint[], item_begin integer[], item_types text[], item_tags text[], known bigint default 0,
  out outcomes integer[], out abouts integer[], out numbers bigint[], out heads bigint[], out versions bigint[])
language plpgsql volatile security definer set search_path from current
set plan_cache_mode = force_generic_plan as -- a guess of how long an array is makes the planner plan each group anew
$$
declare
  has_ids constant boolean := array_length(ids, 1) is not null;
  has_facts constant boolean := types && array['$truncated', '$tombstoned'];
  now constant bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
  separator constant text := U&'\001F';
  own constant integer := 'events'::regclass::oid::integer;
  first_head bigint; -- of the group
  run_head bigint;
  stored bigint; -- events of the run
  head bigint;
  w0 integer; -- the run's writes
  w1 integer;
  a integer; -- the run's events
  b integer;
  last_version bigint;
  last_versions bigint[];
  last_type text;
  last_types text[];
  known_writes integer[]; -- that have events with ids that are stored
  bases bigint[]; -- of each write that is not refused: the position before its commit's first event, in the run
  outcome integer;
  about integer;
  number bigint;
begin
  -- Alone in their statements: what follows sees everything that was committed before the lock was got.
  if is_fenced() and array_length(afters, 1) is null and array_length(streams, 1) <= 64 then
    perform pg_advisory_xact_lock_shared(1702261620, own);
    -- All in one order, so nobody waits in a circle.
    perform pg_advisory_xact_lock(1702261623, one.hash)
      from (select distinct hashtextextended(s.stream, own)::bit(32)::integer as hash
              from unnest(streams) as s (stream) order by 1) as one;
  else
    perform pg_advisory_xact_lock(1702261620, own);
  end if;
  head := head_from(known);
  first_head := head;
  versions := '{}';
  -- To write to an array takes it apart, and then its elements are found at once. In an array as it came each would be searched
  -- for from the beginning, if it is text or has nulls.
  if array_length(types, 1) > 1 then
    streams[1] := streams[1];
    types[1] := types[1];
    times[1] := times[1];
    tag_lists[1] := tag_lists[1];
    payloads[1] := payloads[1];
    metadatas[1] := metadatas[1];
    if has_ids then
      ids[1] := ids[1];
    end if;
  end if;

  for r in 1 .. array_length(run_begin, 1) - 1 loop
    run_head := head;
    stored := 0;
    w0 := write_begin[run_begin[r] + 1] + 1;
    w1 := write_begin[run_begin[r + 1] + 1];
    a := event_begin[w0] + 1;
    b := event_begin[w1 + 1];

    -- From the version that is expected on: of a long stream an index scan without that bound looks at a whole page.
    if w0 = w1 then
      select e.version, e.type into last_version, last_type
        from events e where e.stream = streams[w0] and e.version >= expected[w0] order by e.version desc limit 1;
      versions := versions || coalesce(last_version, 0);
      last_types := array[last_type];
    elsif w0 < w1 then
      select array_agg(coalesce(e.version, 0) order by w), array_agg(e.type order by w) into last_versions, last_types
        from generate_series(w0, w1) as w
        left join lateral (
          select last.version, last.type from events last
            where last.stream = streams[w] and last.version >= expected[w] order by last.version desc limit 1
        ) as e on true;
      versions := versions || last_versions;
    end if;
    if has_ids then
      select array_agg(distinct writes[i]) into known_writes
        from generate_series(a, b) as i
        where exists (select from events e where e.stream = streams[writes[i]] and e.id = ids[i]);
    end if;

    for c in run_begin[r] + 1 .. run_begin[r + 1] loop
      outcome := 0;
      about := 0;
      number := 0;

      if known_writes is not null then
        for w in write_begin[c] + 1 .. write_begin[c + 1] loop
          if w = any (known_writes) then
            outcome := 5;
          end if;
        end loop;
      end if;

      if outcome = 0 then
        for w in write_begin[c] + 1 .. write_begin[c + 1] loop
          last_type := last_types[w - w0 + 1];
          if versions[w] = 0 and expected[w] > 0 then -- shorter than expected, and not looked at yet
            select e.version, e.type into last_version, last_type
              from events e where e.stream = streams[w] order by e.version desc limit 1;
            versions[w] := coalesce(last_version, 0);
          end if;
          if last_type = '$tombstoned' and event_begin[w] < event_begin[w + 1] then
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
      heads[c] := stored;
      if outcome = 0 then
        for w in write_begin[c] + 1 .. write_begin[c + 1] loop
          bases[w] := stored;
        end loop;
        stored := stored + event_begin[write_begin[c + 1] + 1] - event_begin[write_begin[c] + 1];
      end if;
    end loop;

    if stored > 0 and is_fenced() then
      run_head := take_positions(stored);
    end if;
    for c in run_begin[r] + 1 .. run_begin[r + 1] loop
      heads[c] := run_head + heads[c];
    end loop;
    continue when stored = 0;
    head := run_head + stored;
    if a = b then
      insert into events (position, stream, version, type, schema, id, time, part, parts, tags, data, metadata)
      values (head, streams[writes[a]], versions[writes[a]] + 1, types[a], schemas[a], ids[a], coalesce(times[a], now), 1, 1,
              string_to_array(tag_lists[a], separator), payloads[a], metadatas[a]);
    else
      insert into events (position, stream, version, type, schema, id, time, part, parts, tags, data, metadata)
      select run_head + bases[writes[i]] + parts[i], streams[writes[i]], versions[writes[i]] + places[i], types[i], schemas[i], ids[i],
             coalesce(times[i], now), parts[i], parts_of[i], string_to_array(tag_lists[i], separator), payloads[i], metadatas[i]
        from generate_series(a, b) as i
        where bases[writes[i]] is not null;
    end if;
    if has_facts then
      insert into deletions (stream, position, first)
      select e.stream, e.position,
             case e.type when '$tombstoned' then e.version
                         else least((e.data::json ->> 'before')::numeric, e.version)::bigint end
        from events e
        where e.position > run_head and e.position <= head and e.type in ('$truncated', '$tombstoned');
    end if;
  end loop;

  if head > first_head and not is_fenced() then -- where a notification would make the commits take turns again
    perform pg_notify('evstore_' || 'events'::regclass::oid::text, head::text); -- channel(), which takes ten times as long
  end if;
end
$$;

-- append() for one commit of one event, without conditions: the same verdicts by fewer statements. Back come the outcome, the
-- position before the event (the head), and the stream's version before it. Calls are assignments where no row is needed, which spares running a statement.
create or replace function append_one(
  to_stream text, expecting bigint, of_type text, of_schema bigint, with_id uuid, at bigint, tag_list text, payload text, about text,
  known bigint)
returns bigint[] language plpgsql volatile security definer set search_path from current as
$$
declare
  own constant integer := 'events'::regclass::oid::integer;
  done text;
  head bigint;
  before bigint;
  last_type text;
begin
  if is_fenced() then
    done := pg_advisory_xact_lock_shared(1702261620, own);
    done := pg_advisory_xact_lock(1702261623, hashtextextended(to_stream, own)::bit(32)::integer);
  else
    done := pg_advisory_xact_lock(1702261620, own);
  end if;
  select e.position into head from events e where e.position >= known order by e.position desc limit 1;
  if head is null then
    head := head_from(0);
  end if;
  select e.version, e.type into before, last_type
    from events e where e.stream = to_stream and e.version >= expecting order by e.version desc limit 1;
  if before is null and expecting > 0 then
    select e.version, e.type into before, last_type from events e where e.stream = to_stream order by e.version desc limit 1;
  end if;
  before := coalesce(before, 0);
  if with_id is not null then
    if exists (select from events e where e.stream = to_stream and e.id = with_id) then
      return array[5, head, before];
    end if;
  end if;
  if last_type = '$tombstoned' then
    return array[2, head, before];
  end if;
  if not (expecting = before or expecting = -1 or expecting = -2 and before > 0) then
    return array[1, head, before];
  end if;
  if is_fenced() then
    head := take_positions(1);
  end if;
  insert into events (position, stream, version, type, schema, id, time, part, parts, tags, data, metadata)
  values (head + 1, to_stream, before + 1, of_type, of_schema, with_id,
          coalesce(at, (date_part('epoch', clock_timestamp()) * 1000000)::bigint), 1, 1,
          string_to_array(tag_list, U&'\001F'), payload, about);
  if of_type in ('$truncated', '$tombstoned') then
    insert into deletions (stream, position, first)
    values (to_stream, head + 1,
            case of_type when '$tombstoned' then before + 1
                         else least((payload::json ->> 'before')::numeric, before + 1)::bigint end);
  end if;
  if not is_fenced() then
    done := pg_notify('evstore_' || own, (head + 1)::text);
  end if;
  return array[0, head, before];
end
$$;

-- append() for commits of one event each, without conditions and facts, each to a stream of its own, of a store that is not fenced:
-- what threads send together most of the time. The same verdicts by one statement, since each statement and each expression of a
-- function is made ready again in each transaction. Back come, as append_one says them, all outcomes, all heads and all versions.
create or replace function append_each(
  streams text[], expected bigint[], types text[], schemas bigint[], ids uuid[], times bigint[], tag_lists text[], payloads text[],
  metadatas text[], known bigint)
returns bigint[] language plpgsql volatile security definer set search_path from current
set plan_cache_mode = force_generic_plan as
$$
declare
  own constant integer := 'events'::regclass::oid::integer;
  done text;
  head bigint;
  last bigint;
  answers bigint[];
begin
  if is_fenced() or types && array['$truncated', '$tombstoned'] then
    raise exception 'only append() does that' using errcode = 'feature_not_supported';
  end if;
  done := pg_advisory_xact_lock(1702261620, own);
  head := head_from(known);
  with asked as (
    select w.*, coalesce(e.version, r.version, 0) as before,
           case when w.id is not null and exists (select from events k where k.stream = w.stream and k.id = w.id) then 5
                when coalesce(e.type, r.type) = '$tombstoned' then 2
                when w.expecting = coalesce(e.version, 0) or w.expecting = -1 or w.expecting = -2 and e.version > 0 then 0
                else 1 end as outcome
      from unnest(streams, expected, types, schemas, ids, times, tag_lists, payloads, metadatas)
             with ordinality as w (stream, expecting, type, schema, id, time, tags, data, metadata, n)
      left join lateral (
        select l.version, l.type from events l
          where l.stream = w.stream and l.version >= w.expecting order by l.version desc limit 1
      ) as e on true
      left join lateral ( -- of streams that are shorter than expected
        select l.version, l.type from events l
          where e.version is null and w.expecting > 0 and l.stream = w.stream order by l.version desc limit 1
      ) as r on true
  ), placed as (
    select asked.*, head + count(*) filter (where outcome = 0) over (order by n rows unbounded preceding) as position from asked
  ), stored as (
    insert into events (position, stream, version, type, schema, id, time, part, parts, tags, data, metadata)
    select position, stream, before + 1, type, schema, id,
           coalesce(time, (date_part('epoch', clock_timestamp()) * 1000000)::bigint), 1, 1, string_to_array(tags, U&'\001F'), data,
           metadata
      from placed where outcome = 0
  )
  select array_agg(outcome::bigint) || array_agg(case outcome when 0 then position - 1 else position end) || array_agg(before),
         max(position)
    into answers, last from (select * from placed order by n) as p;
  if last > head then
    done := pg_notify('evstore_' || own, last::text);
  end if;
  return answers;
end
$$;

-- False for a snapshot of a position that the log has not reached.
create or replace function save_snapshot(of_key text, of_version bigint, of_position bigint, of_fingerprint bigint, of_state text)
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

-- Makes streams readable from an index alone, without the rows, which are strewn all over the log; where the visibility map says
-- that they can be trusted, so after a VACUUM (which autovacuum does). The first index has the events that fit into one, by a
-- bound for tags and names of any length; the second tells which streams have others. To be called by the owner.
create or replace function cover_streams() returns void language plpgsql set search_path from current as
$$
begin
  perform pg_advisory_xact_lock(1702261621, hashtext(current_schema())); -- the turn to install
  create index if not exists long_events_of_streams on events (stream, version)
    where not (octet_length(data) + coalesce(octet_length(metadata), 0) + 260 * coalesce(cardinality(tags), 0) <= 2000);
  create index if not exists events_of_streams on events (stream, version)
    include (position, type, schema, id, time, part, parts, tags, data, metadata)
    where octet_length(data) + coalesce(octet_length(metadata), 0) + 260 * coalesce(cardinality(tags), 0) <= 2000;
end
$$;

-- Who may do what. A reader reads; an appender may call append() and save_snapshot() besides, and can neither change nor
-- delete an event, nor add one past append(). Nobody else may do anything.
create or replace function allow_reading(role regrole) returns void language plpgsql set search_path from current as
$$
begin
  execute format('grant usage on schema %I to %s', current_schema(), role);
  execute format('grant select on all tables in schema %I to %s', current_schema(), role);
  execute format('grant select on sequence positions to %s', role);
  execute format('grant execute on function channel(), is_fenced(), fence(), first_match(text[], text[], bigint, bigint) to %s',
                 role);
end
$$;
create or replace function allow_appending(role regrole) returns void language plpgsql set search_path from current as
$$
begin
  perform allow_reading(role);
  execute format('grant execute on function append, append_one, append_each, save_snapshot to %s', role);
end
$$;
revoke all on function is_fenced, fence, take_positions, channel, first_match, head_from, append, append_one, append_each, save_snapshot, cover_streams,
  allow_reading, allow_appending from public;
