#pragma once

#include <evstore/config.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// How a text or a number is spelled in YAML so that every reader sees the same text or number.

namespace evstore::yaml::detail {

/// One code point of valid UTF-8, and how many bytes it takes.
struct code_point {
  std::uint32_t value;
  std::size_t width;
};

constexpr code_point decode(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i]));
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xE0) return {(lead & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  if (lead < 0xF0) return {(lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3};
  return {(lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F),
          4};
}

/// Printable in YAML 1.2 (production c-printable) and no line break in any version of YAML.
constexpr bool is_printable(std::uint32_t c) noexcept {
  return (c >= 0x20 && c <= 0x7E) ||
         (c >= 0xA0 && c <= 0xFFFD && c != 0x2028 && c != 0x2029 && c != 0xFEFF) || c >= 0x10000;
}

/// Whether a predicate holds for each code point.
template <class Predicate>
constexpr bool all_of(std::string_view text, Predicate is) {
  for (std::size_t at = 0; at < text.size();) {
    const code_point next = decode(text, at);
    if (!is(next.value)) return false;
    at += next.width;
  }
  return true;
}

/// True for the plain words that a YAML 1.1 or 1.2 reader does not take for a text, in any case of
/// letters: https://yaml.org/type/bool.html and the core schema of YAML 1.2.
inline bool is_reserved_word(std::string_view text) {
  constexpr std::array<std::string_view, 9> words{"null", "true", "false", "yes", "no",
                                                  "on",   "off",  "y",     "n"};
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                      [&](char a, char b) { return lower(a) == b; });
  });
}

/// Whether the text may stand without quotes. Deliberately narrow: it begins with a letter, so no
/// reader takes it for a number, a date or punctuation, and it holds none of YAML's indicators.
inline bool is_plain(std::string_view text) {
  const auto is_letter = [](std::uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (c >= 0xC0 && is_printable(c));
  };
  const auto is_inner = [&](std::uint32_t c) {
    constexpr std::string_view others = " 0123456789.,;/-+'()!?";
    return is_letter(c) || (c < 0x80 && others.find(static_cast<char>(c)) != others.npos);
  };
  return !text.empty() && is_letter(decode(text, 0).value) && text.back() != ' ' &&
         all_of(text, is_inner) && !is_reserved_word(text);
}

/// Whether the text reads best, and reads back the same, as a literal block.
inline bool is_block(std::string_view text) {
  if (text.find('\n') == text.npos || text.front() == ' ' || text.front() == '\n') return false;
  if (text.ends_with("\n\n") || text.find(" \n") != text.npos || text.back() == ' ') return false;
  return all_of(text, [](std::uint32_t c) { return c == '\n' || is_printable(c); });
}

inline void append_escape(std::string& out, std::uint32_t c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const std::size_t width = c <= 0xFF ? 2 : 4; // everything beyond U+FFFF is printable
  out.append(width == 2 ? "\\x" : "\\u");
  for (std::size_t i = width; i-- > 0;) out.push_back(digits[c >> (4 * i) & 0xF]);
}

/// On one line: plain if possible, in single quotes if those save escapes, else in double quotes.
inline void append_text(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    out.append(text);
  } else if (text.find_first_of("\"\\") != text.npos && all_of(text, is_printable)) {
    out.push_back('\'');
    for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
    out.push_back('\'');
  } else {
    out.push_back('"');
    for (std::size_t at = 0; at < text.size();) {
      const code_point next = decode(text, at);
      if (next.value == '"' || next.value == '\\')
        out.append({'\\', static_cast<char>(next.value)});
      else if (next.value == '\n')
        out.append("\\n");
      else if (next.value == '\t')
        out.append("\\t");
      else if (is_printable(next.value))
        out.append(text.substr(at, next.width));
      else
        append_escape(out, next.value);
      at += next.width;
    }
    out.push_back('"');
  }
}

/// The shortest number that reads back the same, with a fraction: without one, or with an exponent
/// but no fraction, YAML 1.1 readers see an integer or a text.
template <std::floating_point T>
void append_number(std::string& out, T value) {
  if (std::isnan(value)) {
    out.append(".nan");
  } else if (std::isinf(value)) {
    out.append(value < 0 ? "-.inf" : ".inf");
  } else {
    char digits[64];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    const std::string_view text{digits, static_cast<std::size_t>(end - digits)};
    const std::size_t exponent = std::min(text.find('e'), text.size());
    out.append(text.substr(0, exponent));
    if (text.find('.') == text.npos) out.append(".0");
    out.append(text.substr(exponent));
  }
}

} // namespace evstore::yaml::detail
