#pragma once

#include "events.hpp"
#include "rules/dice.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What a line asks for, understood but not yet decided.

namespace dnd {

/// A name as it was said: of a creature, a weapon, an item. Whoever does not know it can point at
/// it.
struct mention {
  std::string text;
  std::size_t at = 0;
  std::size_t length = 0;
};

/// What a real die on the table showed.
struct face {
  int shown = 0;
  mention said;
};

/// Who speaks when nobody is named.
inline constexpr const char* game_master = "GM";

namespace command {

struct roll {
  mention by{game_master};
  dice_expression dice;
  std::vector<face> rolled{}; ///< here and below: empty if the program throws
};
struct add {
  std::vector<mention> creatures{};
};
struct remove {
  std::vector<mention> creatures{};
};
struct start_encounter {
  std::vector<mention> with{};
};
struct end_encounter {};
struct initiative {
  std::optional<mention> by{}; ///< absent: everybody who has not rolled yet
  std::optional<int> total{};  ///< of a real die and what is added to it
  std::vector<face> rolled{};
};
struct turn {};
struct attack {
  std::optional<mention> by{}; ///< absent: whose turn it is
  std::optional<mention> with{};
  std::vector<mention> to{};
  std::optional<dice_expression> dice{}; ///< absent: 1d20 and the weapon's bonus
  std::vector<face> rolled{};
};
struct damage {
  struct part {
    dice_expression dice;
    mention type;
  };
  std::optional<mention> with{};
  std::optional<mention> to{}; ///< absent: whom the last attack hit
  std::vector<part> parts{};   ///< empty: the weapon's own
  std::vector<face> rolled{};
};
struct heal {
  mention to;
  std::variant<int, dice_expression> amount;
  std::vector<face> rolled{};
};
struct rest {
  rest_length length = rest_length::short_rest;
  mention by;
  int hit_dice = 0;
  std::vector<face> rolled{};
};
struct level_up {
  mention by;
};
struct give {
  mention item;
  mention to;
  int amount = 1;
};
struct take {
  mention item;
  mention from;
  int amount = 1;
};
/// A condition that somebody gets or is rid of.
struct inflict {
  mention condition;
  mention to;
};
struct lift {
  mention condition;
  mention from;
};
struct ask_check {
  mention ability;
  mention of;
  int dc = 0;
  std::optional<mention> fails{};
  std::optional<mention> succeeds{};
};
struct check {
  mention ability;
  std::optional<mention> by{}; ///< absent: whoever was asked for it
  std::vector<face> rolled{};
};
struct note {
  std::string text;
};
struct start_session {
  std::optional<std::string> title{};
};
struct end_session {};
/// Takes back the last commands, or everything since a turn or a round began.
struct undo {
  enum class unit : std::uint8_t { step, turn, round };
  unit what = unit::step;
  int count = 1;
};
struct save_session {};
/// How everybody is, or all about one creature.
struct status {
  std::optional<mention> of{};
};
struct hint {};
struct help {
  std::optional<mention> topic{};
};
struct quit {};

/// What may become events.
using deed = std::variant<roll, add, remove, start_encounter, end_encounter, initiative, turn,
                          attack, damage, heal, inflict, lift, rest, level_up, give, take,
                          ask_check, check, note, start_session, end_session, undo>;
/// What a line may ask for.
using any = std::variant<deed, save_session, status, hint, help, quit>;

} // namespace command

} // namespace dnd
