#include "game/functions.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace convex_game {

functions game_functions() {
  functions all{{"games", "messages"}};
  add_games(all);
  add_messages(all);
  add_play(all);
  add_artifacts(all);
  return all;
}

void refuse(const std::string& message) {
  throw convex::function_error{"Uncaught Error: " + message};
}

const game& require_game(const tables& seen, const game_id& wanted) {
  const game* const found = seen.games.find({wanted});
  if (found == nullptr) refuse("Game not found");
  return *found;
}

std::size_t checked_limit(const std::optional<double>& limit) {
  constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
  if (!limit) return any;
  if (!(*limit >= 1)) // which is not a number, too
    throw convex::convex_error{
        convex::object{{"code", "BAD_LIMIT"}, {"limit", *limit}, {"min", std::int64_t{1}}}};
  return *limit < 1e15 ? static_cast<std::size_t>(*limit) : any;
}

raw_json to_stored(const convex::value& given) {
  constexpr convex::limits of_stored{.depth = 550};
  if (const auto defect = given.limit_defect(of_stored); !defect.empty())
    refuse(std::string{defect});
  return convex::to_raw_json(given);
}

std::optional<raw_json> to_stored(const std::optional<convex::value>& given) {
  return given ? std::optional{to_stored(*given)} : std::nullopt;
}

message_sent to_event(const mutation& call, const game_id& to, const new_message& said) {
  return {.message = call.new_id<message_id>().text,
          .game = to.text,
          .role = said.role,
          .content = said.content,
          .timestamp = std::nullopt,
          .data = to_stored(said.data)};
}

} // namespace convex_game
