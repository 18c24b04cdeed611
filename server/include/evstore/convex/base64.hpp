#pragma once

#include <evstore/config.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Base64 with the standard alphabet and padding (RFC 4648, section 4), strictly: exactly one text
/// stands for some bytes, so that bits behind the end of the bytes must be zero.

namespace evstore::convex {

namespace detail {

inline constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The place of a character in the alphabet, or 64.
inline constexpr auto base64_places = [] {
  std::array<std::uint8_t, 256> places{};
  places.fill(64);
  for (std::size_t i = 0; i < base64_alphabet.size(); ++i)
    places[static_cast<unsigned char>(base64_alphabet[i])] = static_cast<std::uint8_t>(i);
  return places;
}();

} // namespace detail

inline void append_base64(std::span<const std::byte> data, std::string& out) {
  out.reserve(out.size() + (data.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < data.size(); i += 3) {
    const std::size_t left = data.size() - i;
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k)
      word = word << 8 | (k < left ? std::to_integer<std::uint32_t>(data[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k)
      out += k <= left ? detail::base64_alphabet[word >> (18 - 6 * k) & 63] : '=';
  }
}

/// Nothing if the text is not what `append_base64` writes.
inline std::optional<std::vector<std::byte>> parse_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::vector<std::byte> data;
  data.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const std::size_t absent = i + 4 == text.size() ? padding : 0;
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const std::uint8_t place =
          k + absent < 4 ? detail::base64_places[static_cast<unsigned char>(text[i + k])] : 0;
      if (place == 64) return std::nullopt;
      word = word << 6 | place;
    }
    for (std::size_t k = 0; k < 3; ++k) {
      const auto byte = static_cast<std::byte>(word >> (16 - 8 * k) & 0xFF);
      if (k + absent < 3)
        data.push_back(byte);
      else if (byte != std::byte{})
        return std::nullopt;
    }
  }
  return data;
}

} // namespace evstore::convex
