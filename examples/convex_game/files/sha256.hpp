#pragma once

#include <string>
#include <string_view>

namespace convex_game {

/// In 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

} // namespace convex_game
