#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace dnd {

/// How the value behind a label, or the one without a label, is read.
enum class value_kind : std::uint8_t {
  none,
  name,    ///< one word; several in quotes
  number,  ///< whole, not negative
  dice,    ///< words up to the next label
  faces,   ///< numbers up to the next label
  text,    ///< the rest of the line as it is; in quotes, labels may follow
  speaker, ///< who speaks, who must be the game master
};

enum class how_often : std::uint8_t {
  once,
  list,  ///< goes on with `and:`
  again, ///< the label may be said again
};

/// What a value names, so that names can be offered while somebody types.
enum class meaning : std::uint8_t {
  anything,
  creature,  ///< who is here
  newcomer,  ///< who could come: characters, and kinds of monsters
  combatant, ///< either
  weapon,    ///< of the creature behind `by:`
  ability,
  asked_ability, ///< of the checks that the game waits for, if there are any
  damage_type,
  condition,
  goods,   ///< things that the books know
  carried, ///< things that somebody has
  topic,   ///< commands
};

/// The value without a label.
struct value_rule {
  value_kind value = value_kind::none;
  bool required = false;
  how_often often = how_often::once;
  meaning names = meaning::anything;
};

struct label_rule {
  std::string_view label;
  value_kind value = value_kind::name;
  bool required = false;
  how_often often = how_often::once;
  meaning names = meaning::anything;
};

/// One command: how it is spelled, and what it is for. `help`, completion and the parser read the
/// same table.
struct syntax {
  std::string_view keyword; ///< one word, or two: `encounter start`
  value_rule bare;
  std::span<const label_rule> labels;
  std::string_view usage;
  std::string_view summary;
};

/// `encounter start` -> `encounter`, and `start`; the second is empty for keywords of one word.
std::string_view first_word(std::string_view keyword);
std::string_view second_word(std::string_view keyword);

/// The label of a command, in any case; null if it has none of that name.
const label_rule* find_label(const syntax& of, std::string_view label);

/// Every command of the language, in the order that `help` shows.
std::span<const syntax> all_syntax();

} // namespace dnd
