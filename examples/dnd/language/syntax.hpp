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
  text,    ///< the rest of the line as it is
  speaker, ///< who speaks, who must be the game master
};

enum class how_often : std::uint8_t {
  once,
  list,  ///< goes on with `and:`
  again, ///< the label may be said again
};

struct label_rule {
  std::string_view label;
  value_kind value = value_kind::name;
  bool required = false;
  how_often often = how_often::once;
};

/// One command: how it is spelled, and what it is for. `help`, completion and the parser read the
/// same table.
struct syntax {
  std::string_view keyword; ///< one word, or two: `encounter start`
  value_kind bare = value_kind::none;
  bool bare_required = false;
  how_often bare_often = how_often::once;
  std::span<const label_rule> labels;
  std::string_view usage;
  std::string_view summary;
};

/// Every command of the language, in the order that `help` shows.
std::span<const syntax> all_syntax();

} // namespace dnd
