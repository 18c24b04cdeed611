#include "game/entities.hpp"
#include "game/functions.hpp"

#include <evstore/expected_version.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

namespace convex_game {

namespace {

using convex::object;
using convex::value;

/// The rules that the demonstration is played by. They decide on the game as it is when their turn
/// comes, so that of two players at once neither undoes what the other did; what the dice say is in
/// the event.
struct strike {
  game_id gameId;
  std::string by;
  std::string target;
};
EVSTORE_DESCRIBE(strike, gameId, by, target)

struct end_turn {
  game_id gameId;
};
EVSTORE_DESCRIBE(end_turn, gameId)

double number(const object& in, std::string_view name, double otherwise) {
  const value* const field = in.find(name);
  const double* const held = field != nullptr ? field->get_if<double>() : nullptr;
  return held != nullptr && std::isfinite(*held) ? *held : otherwise;
}

std::string whole(double number) {
  return std::to_string(static_cast<long long>(std::clamp(number, -1e15, 1e15)));
}

object& require_entity(value& state, const std::string& name) {
  value* const found = find_entity(state, name);
  if (found == nullptr) refuse("There is no " + name + " in this game");
  return *found->get_if<object>();
}

std::string label(const object& entity, const std::string& otherwise) {
  const value* const field = entity.find("label");
  const auto* const text = field != nullptr ? field->get_if<std::string>() : nullptr;
  return text != nullptr ? *text : otherwise;
}

int throw_die() {
  thread_local std::mt19937 source{std::random_device{}()};
  return std::uniform_int_distribution{1, 6}(source);
}

void write_turn(mutation& call, const game_id& of, const value& state, const new_message& said,
                const new_message& answered) {
  call.write(stream_of(of), evstore::stream_exists, game_state_replaced{of.text, to_stored(state)},
             to_event(call, of, said), to_event(call, of, answered));
}

void carry_out(mutation& call, const strike& asked) {
  value state = require_game(call.model(), asked.gameId).state;
  const object& striking = require_entity(state, asked.by);
  object& struck = require_entity(state, asked.target);
  const std::string who = label(striking, asked.by);
  const std::string whom = label(struck, asked.target);
  if (number(striking, "hp", 1) <= 0) refuse(who + " cannot fight any more");
  const double most = number(struck, "maxHp", 10);
  const double before = number(struck, "hp", most);
  if (before <= 0) refuse(whom + " is down already");
  const int damage = throw_die();
  const double left = std::max(0.0, before - damage);
  struck.set("hp", left);
  write_turn(call, asked.gameId, state, {message_role::user, who + " strikes at " + whom + "."},
             {message_role::system,
              whom + (left > 0 ? " takes " + std::to_string(damage) + ": " + whole(left) + " of " +
                                     whole(most) + " left."
                               : " takes " + std::to_string(damage) + " and goes down."),
              object{{"logs", convex::array{"1d6 = " + std::to_string(damage)}}}});
}

void carry_out(mutation& call, const end_turn& asked) {
  value state = require_game(call.model(), asked.gameId).state;
  object* const fields = state.get_if<object>();
  if (fields == nullptr) refuse("Invalid game state");
  const double turn = number(*fields, "turn", 1) + 1;
  fields->set("turn", turn);
  write_turn(call, asked.gameId, state, {message_role::user, "We are done."},
             {message_role::agent, "Turn " + whole(turn) + ". The lantern burns a little lower."});
}

} // namespace

void add_play(functions& all) {
  all.mutation<strike>("play:strike",
                       [](mutation& call, const strike& asked) { carry_out(call, asked); });
  all.mutation<end_turn>("play:endTurn",
                         [](mutation& call, const end_turn& asked) { carry_out(call, asked); });
}

} // namespace convex_game
