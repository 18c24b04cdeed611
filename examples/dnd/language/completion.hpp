#pragma once

#include "language/syntax.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dnd {

/// Names that can be said just now.
class vocabulary {
public:
  virtual ~vocabulary() = default;

  /// All that a value of this meaning can be. `speaker` is who stands behind `by:`, empty if nobody
  /// does yet.
  [[nodiscard]] virtual std::vector<std::string> names(meaning what,
                                                       std::string_view speaker) const = 0;
};

/// What could stand where the cursor is.
struct completion {
  std::size_t at = 0;               ///< the byte where the unfinished word begins
  std::vector<std::string> choices; ///< for it, sorted: names in quotes where they need them

  /// What all choices begin with, in any case; never shorter than what was typed.
  [[nodiscard]] std::string shared(std::string_view typed) const;
};

/// Completes the last word of a line that is cut off at the cursor: commands, labels that can still
/// be said, and names. Says nothing where numbers, dice and texts belong. Linear in the line and in
/// the names.
completion complete(std::string_view before_cursor, const vocabulary& known);

} // namespace dnd
