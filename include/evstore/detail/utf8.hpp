#pragma once

#include <evstore/config.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace evstore::detail {

/// The offset of the first byte that is not well-formed UTF-8 (Unicode 15, table 3-7), or
/// `text.size()` when all of it is. Linear; ASCII goes eight bytes at a time.
constexpr std::size_t utf8_valid_prefix(std::string_view text) noexcept {
  const std::size_t size = text.size();
  std::size_t i = 0;
  auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  auto continuation = [&](std::size_t at, std::uint8_t low = 0x80, std::uint8_t high = 0xBF) {
    return at < size && byte(at) >= low && byte(at) <= high;
  };
  while (i < size) {
    if (!__builtin_is_constant_evaluated()) {
      std::uint64_t word = 0;
      while (i + sizeof word <= size) {
        std::memcpy(&word, text.data() + i, sizeof word);
        if ((word & 0x8080808080808080u) != 0) break;
        i += sizeof word;
      }
      if (i == size) break;
    }
    const std::uint8_t lead = byte(i);
    if (lead < 0x80) {
      i += 1;
    } else if (lead >= 0xC2 && lead <= 0xDF) {
      if (!continuation(i + 1)) return i;
      i += 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      const std::uint8_t low = lead == 0xE0 ? 0xA0 : 0x80;  // no overlong forms
      const std::uint8_t high = lead == 0xED ? 0x9F : 0xBF; // no surrogates
      if (!continuation(i + 1, low, high) || !continuation(i + 2)) return i;
      i += 3;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      const std::uint8_t low = lead == 0xF0 ? 0x90 : 0x80;
      const std::uint8_t high = lead == 0xF4 ? 0x8F : 0xBF; // nothing above U+10FFFF
      if (!continuation(i + 1, low, high) || !continuation(i + 2) || !continuation(i + 3)) return i;
      i += 4;
    } else {
      return i;
    }
  }
  return size;
}

constexpr bool is_utf8(std::string_view text) noexcept {
  return utf8_valid_prefix(text) == text.size();
}

} // namespace evstore::detail
