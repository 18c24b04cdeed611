#pragma once

#include <evstore/config.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace evstore::detail {

/// The first eight bytes of a text, least significant first, with zeros where it is shorter.
constexpr std::uint64_t first_bytes(const char* text, std::size_t size) noexcept {
  if (__builtin_is_constant_evaluated() || std::endian::native != std::endian::little) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < size && i < 8; ++i)
      word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    return word;
  }
  if (size >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text, sizeof word);
    return word;
  }
  if (size >= 4) { // two halves that overlap where the text is shorter than eight bytes
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::memcpy(&low, text, sizeof low);
    std::memcpy(&high, text + size - 4, sizeof high);
    return low | std::uint64_t{high} << (8 * (size - 4));
  }
  if (size == 0) return 0;
  const auto byte = [&](std::size_t at) {
    return std::uint64_t{static_cast<unsigned char>(text[at])} << (8 * at);
  };
  return byte(0) | byte(size / 2) | byte(size - 1);
}

} // namespace evstore::detail
