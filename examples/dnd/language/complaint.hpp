#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dnd {

/// Why a line was not carried out, and which of its words is to blame.
struct complaint {
  std::string message;
  std::size_t at = 0;     ///< byte in the line
  std::size_t length = 0; ///< bytes; 0: no single word is to blame

  friend bool operator==(const complaint&, const complaint&) = default;
};

/// The line with the words to blame underlined, ending in a line break; empty if none is to blame.
std::string point_at(std::string_view line, const complaint& why);

} // namespace dnd
