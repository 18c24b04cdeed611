#pragma once

#include "game/tables.hpp"

#include <evstore/convex/functions.hpp>

#include <optional>
#include <string>

/// What clients can call.

namespace convex_game {

using functions = convex::functions<events, tables>;
using mutation = convex::mutation<events, tables>;

/// `games:*`, `messages:*`, `play:*` and what there is to know of artifacts: all that reads and writes
/// the store alone. Queries and mutations.
functions game_functions();

void add_games(functions& all);
void add_messages(functions& all);
void add_play(functions& all);
void add_artifacts(functions& all);

/// The document, or an error that says "Game not found".
const game& require_game(const tables& seen, const game_id& wanted);

/// An error as `throw new Error(message)` of a function arrives.
[[noreturn]] void refuse(const std::string& message);

/// How many documents are asked for; any number if nothing is said. Throws the ConvexError
/// `BAD_LIMIT` for less than one.
std::size_t checked_limit(const std::optional<double>& limit);

enum class order : std::uint8_t { asc, desc };
EVSTORE_DESCRIBE_ENUM(order, asc, desc)

/// The rows of a range in that order, as many as are wanted.
template <class Range>
auto take(const Range& rows, const std::optional<order>& in, const std::optional<double>& limit) {
  using row = typename std::iterator_traits<decltype(rows.begin())>::value_type;
  std::size_t left = checked_limit(limit);
  std::vector<row> taken;
  if (in == order::desc)
    for (auto at = rows.end(); at != rows.begin() && left > 0; --left) taken.push_back(*--at);
  else
    for (auto at = rows.begin(); at != rows.end() && left > 0; ++at, --left) taken.push_back(*at);
  return taken;
}

/// A message for a game that is there, or will be after the same commit.
struct new_message {
  message_role role = message_role::system;
  std::string content;
  std::optional<convex::value> data{};
};

/// A value as it is stored. Refuses what is nested so deeply that with what is around it no client
/// could be sent it.
raw_json to_stored(const convex::value& given);
std::optional<raw_json> to_stored(const std::optional<convex::value>& given);

message_sent to_event(const mutation& call, const game_id& to, const new_message& said);

} // namespace convex_game
