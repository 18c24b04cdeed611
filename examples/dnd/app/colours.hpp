#pragma once

#include "campaign/tone.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace dnd {

/// Of the sixteen colours that every terminal has, in the shades that its owner chose.
enum class ink : std::uint8_t { plain, bold, dim, red, yellow, green, cyan };

ink ink_of(tone how) noexcept;

/// Paints texts for a terminal, or leaves them as they are.
class palette {
public:
  explicit palette(bool in_colour) : in_colour_{in_colour} {}

  [[nodiscard]] std::string paint(ink with, std::string_view text) const;

private:
  bool in_colour_;
};

/// True for a terminal, unless the environment says `TERM=dumb` or anything in `NO_COLOR`
/// (no-color.org).
bool shows_colours(int descriptor);

} // namespace dnd
