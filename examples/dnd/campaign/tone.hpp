#pragma once

#include "events.hpp"

#include <cstdint>
#include <string>

namespace dnd {

/// How a sentence sounds; on a terminal that is a colour.
enum class tone : std::uint8_t { plain, heading, turn, triumph, harm, wounded, relief, quiet };

/// A sentence for the people at the table.
struct told {
  std::string text;
  tone how = tone::plain;

  friend bool operator==(const told&, const told&) = default;
};

tone tone_of(const event& happened);

} // namespace dnd
