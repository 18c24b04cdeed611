#pragma once

#include "game/figure.hpp"
#include "game/functions.hpp"

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace convex_game {

/// The rules of the demonstration. Two sides take turns: the players' figures ("ours") each walk as
/// far as their pace goes and strike once, in any order; when they end the turn, the others ("theirs") do as they always do, which
/// follows from where everybody stands. It is won when none of them is left, or when morning comes, and
/// lost when none of ours is.
///
/// On a state of a game as its entities say it: who reaches how far, who is quick, who comes later. A
/// state that says nothing of that has no limits, and no end. What is not allowed is thrown as `refuse`
/// does, and changes nothing.
class battle {
public:
  /// Throws a die: 1 to as many sides as it has.
  using die = std::function<int(int sides)>;

  battle(convex::value state, die thrown);

  /// The box of a figure's picture when it has walked there.
  [[nodiscard]] std::array<double, 4> walk(const std::string& who, place to);
  void strike(const std::string& by, const std::string& target);
  /// The others act, and then it is the next turn, unless it is over.
  void end_turn();

  [[nodiscard]] double turn() const;
  [[nodiscard]] const convex::value& state() const noexcept { return state_; }
  /// What is to be told of it, in order.
  [[nodiscard]] const std::vector<new_message>& told() const noexcept { return told_; }

private:
  [[nodiscard]] convex::object& fields() noexcept { return *state_.get_if<convex::object>(); }
  [[nodiscard]] bool has_come(const figure& who) const { return who.arrives() <= turn(); }
  [[nodiscard]] std::vector<figure> all_of(std::string_view side);
  [[nodiscard]] figure require_actor(const std::string& name);
  [[nodiscard]] figure require_figure(const std::string& name);
  void require_going_on();

  void act(figure& foe);
  void blow(figure& by, figure& target, message_role teller);
  void open(figure& by, figure& thing);
  void tell(message_role teller, std::string content, convex::array logs = {});
  void end(const char* outcome, std::string words);

  convex::value state_;
  die die_;
  std::vector<new_message> told_;
};

} // namespace convex_game
