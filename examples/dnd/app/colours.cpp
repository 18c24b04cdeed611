#include "app/colours.hpp"

#include <cstdlib>

#include <unistd.h>

namespace dnd {

namespace {

/// The parameter of "select graphic rendition" (ECMA-48, 8.3.117).
std::string_view rendition(ink with) noexcept {
  switch (with) {
  case ink::plain: break;
  case ink::bold: return "1";
  case ink::dim: return "2";
  case ink::red: return "31";
  case ink::yellow: return "33";
  case ink::green: return "32";
  case ink::cyan: return "36";
  }
  return {};
}

} // namespace

ink ink_of(tone how) noexcept {
  switch (how) {
  case tone::plain: break;
  case tone::heading: return ink::bold;
  case tone::turn: return ink::cyan;
  case tone::triumph:
  case tone::wounded: return ink::yellow;
  case tone::harm: return ink::red;
  case tone::relief: return ink::green;
  case tone::quiet: return ink::dim;
  }
  return ink::plain;
}

std::string palette::paint(ink with, std::string_view text) const {
  const std::string_view parameter = rendition(with);
  if (!in_colour_ || parameter.empty() || text.empty()) return std::string{text};
  std::string painted = "\033[";
  return painted.append(parameter).append("m").append(text).append("\033[0m");
}

bool shows_colours(int descriptor) {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string_view{value == nullptr ? "" : value};
  };
  return ::isatty(descriptor) != 0 && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
}

} // namespace dnd
