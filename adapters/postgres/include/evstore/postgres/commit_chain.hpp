#pragma once

#include <evstore/admission.hpp>
#include <evstore/postgres/commit_batch.hpp>
#include <evstore/postgres/connection.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// Commits that were decided one on the other, and are stored together or not at all.

namespace evstore::postgres::detail {

/// A group of commits behind another one, which writes nothing and has one condition: that nothing was
/// appended after $22. Only if that is accepted, which also takes the turn to append until the end of the
/// statement, are the others called for: each with its own verdict, so if any of them is refused, all of
/// them are undone by an error (a number that is none: SQL alone cannot raise one). No function of the
/// store's own is needed, and a role that may only append can do it.
inline constexpr statement append_chain_behind{
    "append_chain_behind",
    "select case when 0 = all (chain.outcomes) then 0"
    " else ('one of a chain of commits was refused: ' || chain.outcomes::text)::integer end"
    " from append('{0,1}', '{0,0}', '{0,1}', '{}', '{}', '{0}', '{}', '{}', '{}', '{}', '{}', '{}',"
    " '{}', '{}', '{}', '{}', '{}', array[$22::bigint], '{0,1}', array[null::text],"
    " array[null::text], $22::bigint) as turn,"
    " lateral append($1::integer[], $2::integer[], $3::integer[], $4::text[], $5::bigint[],"
    " $6::integer[], $7::integer[], $8::integer[], $9::integer[], $10::integer[], $11::text[],"
    " $12::bigint[], $13::uuid[], $14::bigint[], $15::text[], $16::text[], $17::text[],"
    " $18::bigint[], $19::integer[], $20::text[], $21::text[], turn.heads[1]) as chain"
    " where turn.outcomes[1] = 0"};
inline constexpr std::string_view no_number = "22P02";

inline constexpr statement find_at{
    "find_at",
    "select exists (select from events"
    " where position = $1::bigint and stream = $2::text and id = $3::uuid)"};

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
                                 global_position after) {
  chain_answer said{chain_outcome::refused, after};
  std::vector<const commit_view*> group;
  for (const commit_view& commit : chain) {
    require_valid(commit);
    group.push_back(&commit);
    said.last = global_position{said.last.value() + commit.event_count()};
  }
  if (chain.empty()) return said;
  parameters with;
  append_parameters{group, with}.build(to_bigint(after.value()));
  on.prepare(append_chain_behind);
  (void)on.has_warned();
  try {
    if (on.execute(append_chain_behind, with).size() != 0) said.became = chain_outcome::stored;
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
