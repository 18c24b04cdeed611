#include "game/battle.hpp"
#include "game/functions.hpp"

#include <evstore/expected_version.hpp>

#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace convex_game {

namespace {

// The rules decide on the game as it is when a call's turn comes, so that of two players at once neither
// undoes what the other did. What the dice say is in the events.

struct walk {
  game_id gameId;
  std::string by;
  double x = 0;
  double y = 0;
};
EVSTORE_DESCRIBE(walk, gameId, by, x, y)

struct strike {
  game_id gameId;
  std::string by;
  std::string target;
};
EVSTORE_DESCRIBE(strike, gameId, by, target)

/// Of two players who end the same turn, and say which, the second ends none.
struct end_turn {
  game_id gameId;
  std::optional<double> turn;
};
EVSTORE_DESCRIBE(end_turn, gameId, turn)

int throw_die(int sides) {
  thread_local std::mt19937 source{std::random_device{}()};
  return std::uniform_int_distribution{1, sides}(source);
}

battle begin(const mutation& call, const game_id& of) {
  const game& now = require_game(call.model(), of);
  if (!now.isActive || now.status != game_status::playing) refuse("The game is not being played");
  return {now.state, throw_die};
}

void write(mutation& call, const game_id& of, const battle& fought) {
  std::vector<message_sent> told;
  for (const new_message& each : fought.told()) told.push_back(to_event(call, of, each));
  call.write(stream_of(of), evstore::stream_exists,
             game_state_replaced{of.text, to_stored(fought.state())}, told);
}

/// Where somebody went is all that is stored.
void carry_out(mutation& call, const walk& asked) {
  if (!std::isfinite(asked.x) || !std::isfinite(asked.y)) refuse("Nobody can stand there");
  const auto box = begin(call, asked.gameId).walk(asked.by, {asked.x, asked.y});
  call.write(stream_of(asked.gameId), evstore::stream_exists,
             entity_moved{asked.gameId.text, asked.by, {box.begin(), box.end()}});
}

void carry_out(mutation& call, const strike& asked) {
  battle fight = begin(call, asked.gameId);
  fight.strike(asked.by, asked.target);
  write(call, asked.gameId, fight);
}

void carry_out(mutation& call, const end_turn& asked) {
  battle fight = begin(call, asked.gameId);
  if (asked.turn && *asked.turn != fight.turn()) refuse("That turn has ended already");
  fight.end_turn();
  write(call, asked.gameId, fight);
}

} // namespace

void add_play(functions& all) {
  all.mutation<walk>("play:walk",
                     [](mutation& call, const walk& asked) { carry_out(call, asked); });
  all.mutation<strike>("play:strike",
                       [](mutation& call, const strike& asked) { carry_out(call, asked); });
  all.mutation<end_turn>("play:endTurn",
                         [](mutation& call, const end_turn& asked) { carry_out(call, asked); });
}

} // namespace convex_game
