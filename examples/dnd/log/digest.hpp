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

/// 64-bit FNV-1a, of what comes in parts: finds accidents and hand edits, not forgers.
class digest {
public:
  void add(std::string_view part) {
    for (const char c : part) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  [[nodiscard]] std::string text() const { return in_hex(hash_); }

private:
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

inline std::string digest_of(std::string_view text) {
  digest whole;
  whole.add(text);
  return whole.text();
}

} // namespace dnd
