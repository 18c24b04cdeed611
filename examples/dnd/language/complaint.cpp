#include "language/complaint.hpp"

#include "language/text.hpp"

namespace dnd {

std::string point_at(std::string_view line, const complaint& why) {
  if (why.length == 0 || why.at > line.size()) return {};
  std::string text{"  "};
  text.append(line).append("\n  ");
  std::string_view before = line.substr(0, why.at);
  for (std::size_t tab; (tab = before.find('\t')) != before.npos; before.remove_prefix(tab + 1))
    text.append(columns(before.substr(0, tab)), ' ').append("\t");
  text.append(columns(before), ' ');
  text += '^';
  const std::size_t under = columns(line.substr(why.at, why.length));
  if (under > 1) text.append(under - 1, '~');
  return text + "\n";
}

} // namespace dnd
