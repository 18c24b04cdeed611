#pragma once

#include <evstore/admission.hpp>
#include <evstore/postgres/commit_batch.hpp>
#include <evstore/postgres/connection.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// Commits that were decided one on the other, and are stored together or not at all.

namespace evstore::postgres::detail {

/// A commit that writes nothing and has one condition: that nothing was appended after $1. If it is
/// accepted (`turn.outcomes[1] = 0`), nothing will be until the end of the transaction, as it also takes
/// the turn to append.
#define EVSTORE_TURN_BEHIND(after)                                                                 \
  " from append('{0,1}', '{0,0}', '{0,1}', '{}', '{}', '{0}', '{}', '{}', '{}', '{}', '{}', '{}'," \
  " '{}', '{}', '{}', '{}', '{}', array[" after                                                    \
  "], '{0,1}', array[null::text],"                                                                 \
  " array[null::text], " after ") as turn"

/// A chain of which everything is known: one INSERT, behind one question about the ends of all its
/// streams. They are read as they were when the statement began; but by then `after` was stored, and if
/// the turn says that nothing else was since, they are so still. (Where it was not, because the caller
/// has guessed it, the constraints refuse the rows.)
inline constexpr statement insert_chain{
    "insert_chain",
    "insert into events (position, stream, version, type, schema, id, time, part, parts, tags,"
    " data, metadata) select $1::bigint + e.n, e.stream, e.version, e.type, e.schema, e.id,"
    " coalesce(e.time, (date_part('epoch', clock_timestamp()) * 1000000)::bigint), e.part, e.parts,"
    " string_to_array(e.tags, U&'\\001F'), e.data, e.metadata"
    " from unnest($2::text[], $3::bigint[], $4::integer[], $5::integer[], $6::text[], $7::bigint[],"
    " $8::uuid[], $9::bigint[], $10::text[], $11::text[], $12::text[]) with ordinality"
    " as e (stream, version, part, parts, type, schema, id, time, tags, data, metadata, n)"
    " where (select case when turn.outcomes[1] = 0 and (select"
    " bool_and(coalesce(last.version, 0) = s.expected and last.type is distinct from '$tombstoned')"
    " from unnest($13::text[], $14::bigint[]) as s (stream, expected) left join lateral"
    " (select l.version, l.type from events l where l.stream = s.stream and l.version >= s.expected"
    " order by l.version desc limit 1) as last on true)"
    " then pg_notify('evstore_' || 'events'::regclass::oid::text, $15::bigint::text) is not null"
    " else false end" EVSTORE_TURN_BEHIND("$1::bigint") ")"};

/// Any other chain, and for roles that may only append: each commit with its own verdict, so if any of
/// them is refused, all of them are undone by an error (a number that is none: SQL alone cannot raise
/// one).
inline constexpr statement append_chain_behind{
    "append_chain_behind",
    "select case when 0 = all (chain.outcomes) then 0"
    " else ('one of a chain of commits was refused: ' || chain.outcomes::text)::integer end"
    EVSTORE_TURN_BEHIND("$22::bigint") ","
    " lateral append($1::integer[], $2::integer[], $3::integer[], $4::text[], $5::bigint[],"
    " $6::integer[], $7::integer[], $8::integer[], $9::integer[], $10::integer[], $11::text[],"
    " $12::bigint[], $13::uuid[], $14::bigint[], $15::text[], $16::text[], $17::text[],"
    " $18::bigint[], $19::integer[], $20::text[], $21::text[], turn.heads[1]) as chain"
    " where turn.outcomes[1] = 0"};
#undef EVSTORE_TURN_BEHIND
inline constexpr std::string_view no_number = "22P02";

inline constexpr statement find_at{
    "find_at",
    "select exists (select from events"
    " where position = $1::bigint and stream = $2::text and id = $3::uuid)"};

/// What a chain does to its streams, if its commits say so themselves: what they expect of a stream that
/// no other of the chain has written to is a version, and they write to it.
class chain_plan {
public:
  static std::optional<chain_plan> of(commits chain) {
    chain_plan plan;
    std::unordered_map<std::string_view, std::uint64_t> versions;
    for (const commit_view* commit : chain) {
      if (!commit->conditions.empty()) return std::nullopt;
      for (const stream_write& write : commit->writes) {
        const auto [known, is_new] = versions.try_emplace(write.stream, 0);
        auto& version = known->second;
        if (is_new && (write.events.empty() || !plan.begin(write, version)))
          return std::nullopt; // no row of it would be refused
        if (!write.expected.met_by(stream_version{version})) return std::nullopt;
        for (const new_event& event : write.events) {
          if (is_reserved(event.type)) return std::nullopt;
          plan.versions_.push_back(to_bigint(++version));
        }
      }
    }
    return plan.versions_.empty() ? std::nullopt : std::optional{std::move(plan)};
  }

  /// The parameters of `insert_chain`.
  void build(commits chain, global_position after, parameters& out) const {
    const auto each = [&](element type, auto add) {
      out.begin_array(type);
      for (const commit_view* commit : chain) evstore::detail::for_each_event(*commit, add);
      out.end_array();
    };
    const auto numbers = [&](const std::vector<std::int64_t>& of) {
      out.begin_array(element::bigint);
      for (const std::int64_t number : of) out.element_of(number);
      out.end_array();
    };
    const auto parts = [&](auto part_of) {
      out.begin_array(element::integer);
      for (const commit_view* commit : chain)
        for (std::size_t part = 1; part <= commit->event_count(); ++part)
          out.element_of(static_cast<std::int32_t>(part_of(part, *commit)));
      out.end_array();
    };
    out.add(to_bigint(after.value()));
    each(element::text, [&](const new_event&, std::string_view stream) { out.element_of(stream); });
    numbers(versions_);
    parts([](std::size_t part, const commit_view&) { return part; });
    parts([](std::size_t, const commit_view& commit) { return commit.event_count(); });
    add_event_columns(
        [&](element type, auto add) {
          each(type, [&](const new_event& event, std::string_view) { add(event); });
        },
        true, out);
    out.add_array(streams_);
    numbers(expected_);
    out.add(to_bigint(after.value() + versions_.size()));
  }

private:
  bool begin(const stream_write& write, std::uint64_t& version) {
    using kind = expected_version::kind;
    if (write.expected.what() == kind::exactly) version = write.expected.version().value();
    streams_.push_back(write.stream);
    expected_.push_back(to_bigint(version));
    return write.expected.what() == kind::exactly || write.expected.what() == kind::no_stream;
  }

  std::vector<std::string_view> streams_;
  std::vector<std::int64_t> expected_; // of them, at the beginning
  std::vector<std::int64_t> versions_; // of the events
};

enum class chain_outcome : std::uint8_t { stored, recognised, refused };

struct chain_answer {
  chain_outcome became;
  global_position last; ///< of the chain's last event, if it is there
};

/// Whether the first event of the chain stands where it would: then so does all of it.
inline bool is_chain_there(connection& on, std::span<const commit_view> chain,
                           global_position after) {
  for (const commit_view& commit : chain)
    for (const stream_write& write : commit.writes)
      if (!write.events.empty()) {
        const auto& id = write.events.front().id;
        return id && on.execute(find_at, parameters{}
                                             .add(to_bigint(after.next().value()))
                                             .add(write.stream)
                                             .add(evstore::detail::bytes_of(*id)))
                         .boolean(0, 0);
      }
  return false;
}

/// Of a store that is not fenced. Throws `errc::append_in_doubt` if the connection is lost while the
/// server has the chain, or the server warns while it commits.
inline chain_answer append_chain(connection& on, std::span<const commit_view> chain,
                                 global_position after, bool may_insert) {
  chain_answer said{chain_outcome::refused, after};
  std::vector<const commit_view*> group;
  for (const commit_view& commit : chain) {
    require_valid(commit);
    group.push_back(&commit);
    said.last = global_position{said.last.value() + commit.event_count()};
  }
  if (chain.empty()) return said;
  parameters with;
  const auto plan = may_insert ? chain_plan::of(group) : std::nullopt;
  const statement& which = plan ? insert_chain : append_chain_behind;
  if (plan)
    plan->build(group, after, with);
  else
    append_parameters{group, with}.build(to_bigint(after.value()));
  on.prepare(which);
  (void)on.has_warned();
  try {
    const answer came = on.execute(which, with);
    if (plan ? !came.has_changed_nothing() : came.size() != 0) said.became = chain_outcome::stored;
  } catch (const statement_failed& why) {
    if (why.code() == errc::connection_lost) throw in_doubt(group, was_lost, why);
    if (why.state != no_number && !is_lost_race(why.state)) throw;
  }
  if (on.has_warned()) throw in_doubt(group, has_warned, error{errc::append_in_doubt, on.place()});
  if (said.became == chain_outcome::refused && is_chain_there(on, chain, after))
    said.became = chain_outcome::recognised;
  return said;
}

} // namespace evstore::postgres::detail
