#pragma once

#include "language/complaint.hpp"

#include <evstore/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dnd {

/// A word of a command line and where it stands.
struct word {
  std::string text;    ///< without quotes; a label without its colon
  std::size_t at = 0;  ///< byte in the line
  std::size_t end = 0; ///< byte behind it, quotes and colon included
  bool label = false;  ///< `to:`; never a quoted word
  bool quoted = false;
};

/// The longest line that is read as a command.
inline constexpr std::size_t longest_line = 64 * 1024;

/// Takes a line apart at its blanks. `"…"` keeps blanks together (`\"` and `\\` inside); letters
/// and hyphens before a colon are a label, whether or not a blank follows. Linear.
evstore::result<std::vector<word>, complaint> split_words(std::string_view line);

/// Blank lines, and lines that begin with `#`: nothing to carry out.
bool is_silent(std::string_view line);

} // namespace dnd
