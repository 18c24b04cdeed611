#include "report/step_path.hpp"

#include "report/markup.hpp"

#include <algorithm>
#include <cmath>

namespace dnd {

double drawing_area::x(std::uint64_t position) const {
  if (last <= first) return 0;
  const std::uint64_t at = std::clamp(position, first, last) - first;
  return width * static_cast<double>(at) / static_cast<double>(last - first);
}

double drawing_area::y(int hp) const {
  return height - height * static_cast<double>(std::clamp(hp, 0, top)) / static_cast<double>(top);
}

std::string step_path(const std::vector<hp_mark>& marks, const drawing_area& area) {
  if (marks.empty()) return {};
  std::string path =
      "M" + coordinate(area.x(marks.front().position)) + " " + coordinate(area.y(marks.front().hp));
  const auto vertical = [&](int hp) { path += "V" + coordinate(area.y(hp)); };
  for (std::size_t i = 1; i < marks.size();) {
    const double column = std::floor(area.x(marks[i].position));
    int least = marks[i].hp;
    int most = marks[i].hp;
    std::size_t next = i + 1;
    for (; next < marks.size() && std::floor(area.x(marks[next].position)) <= column; ++next) {
      least = std::min(least, marks[next].hp);
      most = std::max(most, marks[next].hp);
    }
    const bool together = next - i > 3;
    path += "H" + coordinate(area.x(marks[i].position));
    if (together) {
      vertical(least);
      vertical(most);
      vertical(marks[next - 1].hp);
    } else {
      for (std::size_t each = i; each < next; ++each) {
        if (each != i) path += "H" + coordinate(area.x(marks[each].position));
        vertical(marks[each].hp);
      }
    }
    i = next;
  }
  return path + "H" + coordinate(area.width);
}

} // namespace dnd
