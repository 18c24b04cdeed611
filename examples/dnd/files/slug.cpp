#include "files/slug.hpp"

#include "language/text.hpp"

#include <evstore/detail/utf8.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace dnd {

namespace {

using evstore::failure;

constexpr std::size_t longest_name = 200;
constexpr std::size_t longest_slug = 100;

/// U+00C0 to U+017F without their accents. Signs among the letters are hyphens.
constexpr std::array<std::string_view, 192> plain_latin{
    "A", "A", "A",  "A",  "A", "A", "AE", "C",  "E",  "E", "E", "E", "I",  "I",  "I", "I", "D", "N",
    "O", "O", "O",  "O",  "O", "-", "O",  "U",  "U",  "U", "U", "Y", "Th", "ss", "a", "a", "a", "a",
    "a", "a", "ae", "c",  "e", "e", "e",  "e",  "i",  "i", "i", "i", "d",  "n",  "o", "o", "o", "o",
    "o", "-", "o",  "u",  "u", "u", "u",  "y",  "th", "y", "A", "a", "A",  "a",  "A", "a", "C", "c",
    "C", "c", "C",  "c",  "C", "c", "D",  "d",  "D",  "d", "E", "e", "E",  "e",  "E", "e", "E", "e",
    "E", "e", "G",  "g",  "G", "g", "G",  "g",  "G",  "g", "H", "h", "H",  "h",  "I", "i", "I", "i",
    "I", "i", "I",  "i",  "I", "i", "IJ", "ij", "J",  "j", "K", "k", "k",  "L",  "l", "L", "l", "L",
    "l", "L", "l",  "L",  "l", "N", "n",  "N",  "n",  "N", "n", "n", "N",  "n",  "O", "o", "O", "o",
    "O", "o", "OE", "oe", "R", "r", "R",  "r",  "R",  "r", "S", "s", "S",  "s",  "S", "s", "S", "s",
    "T", "t", "T",  "t",  "T", "t", "U",  "u",  "U",  "u", "U", "u", "U",  "u",  "U", "u", "U", "u",
    "W", "w", "Y",  "y",  "Y", "Z", "z",  "Z",  "z",  "Z", "z", "s"};

struct code_point {
  char32_t value;
  std::size_t bytes;
};

/// The code point that begins at `at` of well-formed UTF-8.
code_point decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[at + i]));
  };
  const char32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  if (first < 0xE0) return {(first & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  if (first < 0xF0) return {(first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3};
  return {(first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F),
          4};
}

/// Characters that nobody sees, or that make a name look like another one (Unicode Technical Report
/// 36): format controls, direction marks, byte order marks, tags.
bool is_deceptive(char32_t c) {
  constexpr std::array<std::pair<char32_t, char32_t>, 10> ranges{{{0x80, 0x9F},
                                                                  {0xAD, 0xAD},
                                                                  {0x61C, 0x61C},
                                                                  {0x180E, 0x180E},
                                                                  {0x200B, 0x200F},
                                                                  {0x2028, 0x202E},
                                                                  {0x2060, 0x206F},
                                                                  {0xFEFF, 0xFEFF},
                                                                  {0xFFF0, 0xFFFF},
                                                                  {0xE0000, 0xE0FFF}}};
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const auto& range) { return c >= range.first && c <= range.second; });
}

bool is_device_name(std::string_view slug) {
  const std::string name = folded(slug);
  if (name == "con" || name == "prn" || name == "aux" || name == "nul") return true;
  return name.size() == 4 && (name.starts_with("com") || name.starts_with("lpt")) &&
         std::isdigit(static_cast<unsigned char>(name[3])) != 0;
}

std::string in_hex(char32_t c) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (auto rest = static_cast<std::uint32_t>(c); rest != 0; rest >>= 4)
    text.insert(text.begin(), digits[rest & 15]);
  return text;
}

/// What a character becomes in a slug; `-` for those that separate words.
std::string plain(char32_t c) {
  constexpr char32_t first_latin = 0xC0;
  constexpr char32_t first_beyond = 0x180;
  const bool variation_selector = c >= 0xFE00 && c <= 0xFE0F;
  if (c == '\'' || c == 0x2019 || variation_selector) return {}; // Baldur's Gate -> Baldurs-Gate
  if (c < 0x80) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 ? std::string(1, static_cast<char>(byte)) : "-";
  }
  if (c < first_latin || (c >= 0x2000 && c <= 0x206F) || c == 0x3000) return "-";
  if (c < first_beyond) return std::string{plain_latin[c - first_latin]};
  return "-u" + in_hex(c) + "-";
}

} // namespace

evstore::result<std::string, std::string> slug_of(std::string_view name) {
  if (name.empty()) return failure{std::string{"a name must not be empty"}};
  if (name.size() > longest_name)
    return failure{"a name has at most " + std::to_string(longest_name) + " bytes, this one has " +
                   std::to_string(name.size())};
  if (!evstore::detail::is_utf8(name)) return failure{std::string{"the name is not valid UTF-8"}};
  if (name.front() == ' ' || name.back() == ' ')
    return failure{std::string{"the name begins or ends with a space"}};

  std::string slug;
  for (std::size_t at = 0; at < name.size();) {
    const auto [c, bytes] = decode(name, at);
    at += bytes;
    if (c == '/' || c == '\\')
      return failure{std::string{"the name contains a "} + static_cast<char>(c) +
                     ", which would lead out of its directory"};
    if (c < 0x20 || c == 0x7F) return failure{std::string{"the name contains a control character"}};
    if (is_deceptive(c)) return failure{"the name contains the invisible character U+" + in_hex(c)};
    for (const char letter : plain(c))
      if (letter != '-' || (!slug.empty() && slug.back() != '-')) slug += letter;
  }
  while (slug.ends_with('-')) slug.pop_back();
  if (slug.empty()) return failure{std::string{"the name contains no letter and no digit"}};
  if (slug.size() > longest_slug)
    return failure{"the name is too long: its directory would be called " + slug};
  if (is_device_name(slug)) return failure{"\"" + slug + "\" is the name of a device"};
  return slug;
}

} // namespace dnd
