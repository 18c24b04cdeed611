#include "language/complaint.hpp"

#include <algorithm>

namespace dnd {

namespace {

/// How many columns the bytes take on a terminal, near enough: one for each code point.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

} // namespace

std::string point_at(std::string_view line, const complaint& why) {
  if (why.length == 0 || why.at > line.size()) return {};
  std::string text{"  "};
  text.append(line).append("\n  ");
  for (const char c : line.substr(0, why.at))
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) text += c == '\t' ? '\t' : ' ';
  text += '^';
  const std::size_t under = columns(line.substr(why.at, why.length));
  if (under > 1) text.append(under - 1, '~');
  return text + "\n";
}

} // namespace dnd
