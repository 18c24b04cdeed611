#pragma once

#include "history/chronicle.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace dnd {

/// Where a drawing's corners are in the world: positions of the log from left to right, hit points
/// from the bottom up.
struct drawing_area {
  double width = 0;
  double height = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 1;
  int top = 1;

  [[nodiscard]] double x(std::uint64_t position) const;
  [[nodiscard]] double y(int hp) const;
};

/// The path of a value that stays until it changes, in the language of SVG's `d`, up to the end of
/// the area. At most about four corners for each unit of the width: of changes that fall together,
/// the first, the least, the most and the last are kept, so that no wound disappears.
std::string step_path(const std::vector<hp_mark>& marks, const drawing_area& area);

} // namespace dnd
