#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dnd {

/// 16 hexadecimal digits.
inline std::string in_hex(std::uint64_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = text.size(); i-- > 0; number >>= 4) text[i] = digits[number & 15];
  return text;
}

/// 64-bit FNV-1a: finds accidents and hand edits, not forgers.
inline std::string digest_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return in_hex(hash);
}

} // namespace dnd
