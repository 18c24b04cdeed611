#include "game/battle.hpp"

#include "game/entities.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

namespace convex_game {

namespace {

using convex::array;
using convex::object;
using convex::value;

std::string whole(double number) {
  return std::to_string(static_cast<long long>(std::clamp(std::ceil(number), -1e15, 1e15)));
}

/// Of those who stand nowhere nobody is far away.
double between(const figure& one, const figure& other) {
  const auto from = one.at();
  const auto to = other.at();
  return from && to ? distance(*from, *to) : 0;
}

/// Things are opened by hand.
double reach_to(const figure& by, const figure& target) {
  constexpr double arm = 150;
  return target.side() == "things" ? std::min(by.reach(), arm) : by.reach();
}

std::string strength(const figure& of) { return whole(of.hp()) + " of " + whole(of.most()); }

} // namespace

battle::battle(value state, die thrown) : state_{std::move(state)}, die_{std::move(thrown)} {
  if (!state_.is<object>()) refuse("Invalid game state");
  constexpr std::size_t most = 200; // each of whom looks at each other
  if (entities_of(state_).size() > most) refuse("Too many figures for these rules");
  constexpr std::size_t longest = 100; // of what is told again and again
  for (auto& [name, entity] : entities_of(state_))
    if (figure{name, *entity}.label().size() > longest)
      refuse("A label is too long for these rules");
}

std::array<double, 4> battle::walk(const std::string& who, place to) {
  require_going_on();
  const figure walking = require_actor(who);
  if (!walking.at()) refuse(walking.label() + " stands nowhere");
  constexpr double rounding = 2;
  if (distance(*walking.stood(), to) > walking.pace() + rounding)
    refuse(walking.label() + " cannot walk so far in a turn");
  if (const auto ground = box_of(fields(), "ground"))
    if (const auto [top, left, bottom, right] = *ground;
        to.y < top || to.y > bottom || to.x < left || to.x > right)
      refuse("Nobody can stand there");
  return walking.box_at(to);
}

void battle::strike(const std::string& by, const std::string& target) {
  require_going_on();
  figure striking = require_actor(by);
  figure struck = require_figure(target);
  if (by == target) refuse(striking.label() + " does not strike at itself");
  if (!striking.side().empty() && striking.side() == struck.side())
    refuse(struck.label() + " is on the same side");
  if (striking.acted() >= turn()) refuse(striking.label() + " has struck in this turn already");
  if (!struck.is_up()) refuse(struck.label() + " is down already");
  if (between(striking, struck) > reach_to(striking, struck))
    refuse(struck.label() + " is too far away");
  striking.set("acted", turn());
  if (struck.heals() > 0)
    open(striking, struck);
  else
    blow(striking, struck, message_role::user);
  const auto foes = all_of("theirs");
  const bool was_last =
      std::none_of(foes.begin(), foes.end(), [](const figure& each) { return each.is_up(); });
  if (was_last && !foes.empty()) end("won", "Nobody is left who would come. The pass is held!");
}

void battle::end_turn() {
  require_going_on();
  for (figure& foe : all_of("theirs"))
    if (foe.is_up() && has_come(foe)) act(foe);
  const auto ours = all_of("ours");
  const bool is_lost =
      std::none_of(ours.begin(), ours.end(), [](const figure& each) { return each.is_up(); });
  if (is_lost && !ours.empty()) return end("lost", "The lanterns go out. The pass is lost.");

  const double dawn = number_of(fields(), "dawn", 0);
  const double next = turn() + 1;
  if (dawn > 0 && next > dawn) return end("won", "Morning comes. The pass is held!");
  fields().set("turn", next);
  for (auto& [name, entity] : entities_of(state_))
    if (figure each{name, *entity}; each.side() != "theirs" && each.side() != "things")
      each.stand();
  tell(message_role::system,
       dawn > 0 ? "Turn " + whole(next) + " of " + whole(dawn) +
                      (next == dawn ? ". The sky grows pale." : ". The lanterns burn lower.")
                : "Turn " + whole(next) + ".");
  for (const figure& foe : all_of("theirs"))
    if (foe.is_up() && foe.arrives() == next)
      tell(message_role::agent, foe.label() + " comes out of the dark.");
}

double battle::turn() const { return number_of(*state_.get_if<object>(), "turn", 1); }

std::vector<figure> battle::all_of(std::string_view side) {
  std::vector<figure> found;
  for (auto& [name, entity] : entities_of(state_))
    if (figure each{name, *entity}; each.side() == side) found.push_back(std::move(each));
  return found;
}

figure battle::require_figure(const std::string& name) {
  value* const found = find_entity(state_, name);
  if (found == nullptr) refuse("There is no " + name + " in this game");
  figure known{name, *found->get_if<object>()};
  if (!has_come(known)) refuse("There is no " + name + " in this game yet");
  return known;
}

figure battle::require_actor(const std::string& name) {
  figure known = require_figure(name);
  if (known.side() == "theirs") refuse(known.label() + " does what it wants");
  if (known.side() == "things") refuse(known.label() + " does nothing");
  if (!known.is_up()) refuse(known.label() + " cannot fight any more");
  return known;
}

void battle::require_going_on() {
  if (fields().find("outcome") != nullptr) refuse("The game is over");
}

/// Goes for the nearest, or the weakest, and strikes if it gets there.
void battle::act(figure& foe) {
  std::vector<figure> prey = all_of("ours");
  std::erase_if(prey, [](const figure& each) { return !each.is_up(); });
  if (prey.empty()) return;
  figure& hunted =
      *std::min_element(prey.begin(), prey.end(), [&](const figure& one, const figure& other) {
        return foe.hunts_the_weakest() ? one.hp() < other.hp()
                                       : between(foe, one) < between(foe, other);
      });
  const double gap = between(foe, hunted);
  if (gap > foe.reach()) {
    constexpr double closer =
        0.9; // than it needs to be, so that a small step does not save anybody
    const double part = std::min(foe.pace(), gap - closer * foe.reach()) / gap;
    const place from = *foe.at();
    const place to = *hunted.at();
    foe.go({from.x + part * (to.x - from.x), from.y + part * (to.y - from.y)});
  }
  if (between(foe, hunted) > foe.reach())
    return tell(message_role::agent, foe.label() + " comes nearer.");
  blow(foe, hunted, message_role::agent);
}

void battle::blow(figure& by, figure& target, message_role teller) {
  const int sides = by.sides_of_die();
  const int damage = die_(sides);
  target.set("hp", std::max(0.0, target.hp() - damage));
  tell(teller,
       by.label() + " strikes at " + target.label() + ": " + std::to_string(damage) +
           (target.is_up() ? ". " + strength(target) + " left."
                           : ", and " + target.label() + " goes down."),
       array{"1d" + std::to_string(sides) + " = " + std::to_string(damage)});
}

void battle::open(figure& by, figure& thing) {
  thing.set("hp", 0.0);
  by.set("hp", std::min(by.most(), by.hp() + thing.heals()));
  tell(message_role::user,
       by.label() + " opens " + thing.label() + " and drinks what is in it: " + strength(by) + ".");
}

void battle::tell(message_role teller, std::string content, array logs) {
  told_.push_back({teller, std::move(content), object{{"logs", std::move(logs)}}});
}

void battle::end(const char* outcome, std::string words) {
  fields().set("outcome", outcome);
  tell(message_role::system, std::move(words));
}

} // namespace convex_game
