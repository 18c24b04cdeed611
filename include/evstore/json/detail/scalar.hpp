#pragma once

#include <evstore/detail/json_scan.hpp>
#include <evstore/detail/utf8.hpp>
#include <evstore/json/detail/block.hpp>
#include <evstore/json/detail/time.hpp>
#include <evstore/value_kind.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

/// One JSON token into one C++ value. Both readers decode their tokens here, and so cannot disagree
/// on them. Every function takes the place it reads at and the end of the text, and returns the
/// place behind what it read, or null if that is not what stands there.

namespace evstore::json::detail {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

inline const char* read_literal(const char* at, const char* end, std::string_view text) noexcept {
  if (static_cast<std::size_t>(end - at) < text.size()) return nullptr;
  return std::memcmp(at, text.data(), text.size()) == 0 ? at + text.size() : nullptr;
}

inline const char* read_char(const char* at, const char* end, char c) noexcept {
  return at != end && *at == c ? at + 1 : nullptr;
}

/// Digits only: `1.0` and `1e3` are no integers. Out of range is not what stands there.
template <std::integral T>
const char* read_integer(const char* at, const char* end, T& out) noexcept {
  const bool negative = std::is_signed_v<T> && at != end && *at == '-';
  at += negative ? 1 : 0;
  const char* const begin = at;
  std::uint64_t value = 0;
  for (; at != end && is_digit(*at); ++at) value = value * 10 + static_cast<unsigned>(*at - '0');
  const auto digits = at - begin;
  if (digits == 0 || (*begin == '0' && digits > 1)) return nullptr;
  // 2^64 has twenty digits, the first of which is 1; what overflows it wraps to less than 10^19.
  if (digits > 19 && (digits > 20 || *begin != '1' || value < 10'000'000'000'000'000'000u))
    return nullptr;
  const auto most = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
  if (value > most + (negative ? 1 : 0)) return nullptr;
  out = static_cast<T>(negative ? 0 - value : value);
  return at;
}

/// The end of a number as JSON spells it, which is less than `from_chars` accepts.
inline const char* skip_number(const char* at, const char* end) noexcept {
  const auto digits = [&] {
    const char* const begin = at;
    while (at != end && is_digit(*at)) ++at;
    return at != begin;
  };
  if (at != end && *at == '-') ++at;
  const char* const whole = at;
  if (!digits() || (*whole == '0' && at - whole > 1)) return nullptr;
  if (at != end && *at == '.') {
    ++at;
    if (!digits()) return nullptr;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    if (!digits()) return nullptr;
  }
  return at;
}

/// The nearest value; what is too large for the type, or so small that only zero is near, is
/// refused. `from_chars` and not simdjson, whose 3.0.1 is wrong for `0.` and twenty or more digits.
template <std::floating_point T>
const char* read_floating(const char* at, const char* end, T& out) noexcept {
  const char* const token_end = skip_number(at, end);
  if (token_end == nullptr) return nullptr;
  const auto [read, failed] = std::from_chars(at, token_end, out);
  return failed == std::errc{} && read == token_end ? token_end : nullptr;
}

/// Four hexadecimal digits, or negative.
inline int read_unit(const char* at, const char* end) noexcept {
  unsigned unit = 0;
  if (end - at < 4) return -1;
  const auto [read, failed] = std::from_chars(at, at + 4, unit, 16);
  return failed == std::errc{} && read == at + 4 ? static_cast<int>(unit) : -1;
}

inline void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  const auto continuation = [](std::uint32_t value) {
    return static_cast<char>(0x80 | (value & 0x3F));
  };
  if (code < 0x80) {
    out += byte(code);
  } else if (code < 0x800) {
    out += {byte(0xC0 | code >> 6), continuation(code)};
  } else if (code < 0x10000) {
    out += {byte(0xE0 | code >> 12), continuation(code >> 6), continuation(code)};
  } else {
    out += {byte(0xF0 | code >> 18), continuation(code >> 12), continuation(code >> 6),
            continuation(code)};
  }
}

/// What stands behind a backslash. A lone surrogate is refused: it has no UTF-8.
inline const char* read_escape(const char* at, const char* end, std::string& out) {
  if (at == end) return nullptr;
  switch (*at) {
  case '"':
  case '\\':
  case '/': out += *at; return at + 1;
  case 'b': out += '\b'; return at + 1;
  case 'f': out += '\f'; return at + 1;
  case 'n': out += '\n'; return at + 1;
  case 'r': out += '\r'; return at + 1;
  case 't': out += '\t'; return at + 1;
  case 'u': break;
  default: return nullptr;
  }
  const int first = read_unit(at + 1, end);
  if (first < 0 || (first >= 0xDC00 && first <= 0xDFFF)) return nullptr;
  at += 5;
  if (first < 0xD800 || first > 0xDBFF) {
    append_utf8(out, static_cast<std::uint32_t>(first));
    return at;
  }
  if (read_literal(at, end, "\\u") == nullptr) return nullptr;
  const int second = read_unit(at + 2, end);
  if (second < 0xDC00 || second > 0xDFFF) return nullptr;
  append_utf8(out, 0x10000 + (static_cast<std::uint32_t>(first - 0xD800) << 10) +
                       static_cast<std::uint32_t>(second - 0xDC00));
  return at + 6;
}

/// The first quote, backslash or control character; adds to `foreign` if there is more than ASCII
/// on the way.
inline const char* find_special(const char* at, const char* end, bool& foreign) noexcept {
  while (at != end) {
    const auto left = static_cast<std::size_t>(end - at);
    const std::size_t width = std::min(left, block::size);
    const block bytes = left >= block::size ? block::load(at) : block::load(at, left);
    const std::uint32_t special = bytes.special() & ((1u << width) - 1);
    const auto clean = special == 0 ? width : static_cast<std::size_t>(std::countr_zero(special));
    foreign = foreign || (bytes.foreign() & ((1u << clean) - 1)) != 0;
    at += clean;
    if (special != 0) break;
  }
  return at;
}

/// The rest of a string with escapes: `out` already holds what stood before the first of them.
inline const char* read_escaped(const char* at, const char* end, std::string& out, bool foreign) {
  while (at != end && *at == '\\') {
    at = read_escape(at + 1, end, out);
    if (at == nullptr) return nullptr;
    const char* const special = find_special(at, end, foreign);
    out.append(at, special);
    at = special;
  }
  if (at == end || *at != '"' || (foreign && !evstore::detail::is_utf8(out))) return nullptr;
  return at + 1;
}

/// A string with its quotes. `text` views the input where it has no escapes, else `storage`.
inline const char* read_view(const char* at, const char* end, std::string_view& text,
                             std::string& storage) {
  if (at == end || *at != '"') return nullptr;
  const char* const begin = ++at;
  bool foreign = false;
  at = find_special(begin, end, foreign);
  if (at != end && *at == '"') {
    text = {begin, static_cast<std::size_t>(at - begin)};
    return !foreign || evstore::detail::is_utf8(text) ? at + 1 : nullptr;
  }
  storage.assign(begin, at);
  at = read_escaped(at, end, storage, foreign);
  text = storage;
  return at;
}

inline const char* read_text(const char* at, const char* end, std::string& out) {
  std::string_view text;
  at = read_view(at, end, text, out);
  if (at != nullptr && text.data() != out.data()) out.assign(text);
  return at;
}

template <class E>
const char* read_enumerator(const char* at, const char* end, E& out) {
  std::string_view name;
  std::string storage;
  at = read_view(at, end, name, storage);
  if (at == nullptr) return nullptr;
  const std::optional<E> value = parse_enum<E>(name);
  if (value) out = *value;
  return value ? at : nullptr;
}

template <class Duration>
const char* read_time(const char* at, const char* end, std::chrono::sys_time<Duration>& out) {
  std::string_view text;
  std::string storage;
  at = read_view(at, end, text, storage);
  if (at == nullptr) return nullptr;
  const auto time = parse_time<Duration>(text);
  if (time) out = *time;
  return time ? at : nullptr;
}

/// Any value, byte for byte, but checked: what a reader skips nobody else looks at.
inline const char* read_json(const char* at, const char* end, raw_json& out) {
  if (at == end || *at == ' ' || *at == '\t' || *at == '\n' || *at == '\r') return nullptr;
  evstore::detail::json_scanner scanner{{at, static_cast<std::size_t>(end - at)}};
  if (scanner.scan_value()) return nullptr;
  const std::string_view text{at, scanner.at()};
  if (!evstore::detail::is_utf8(text)) return nullptr;
  const bool one_line = text.find_first_of("\n\r") == text.npos;
  out = one_line ? raw_json::trusted(text) : raw_json{std::string{text}};
  return at + text.size();
}

/// Kinds that are one token, or bytes that nobody looks into.
constexpr bool is_scalar(value_kind kind) noexcept {
  switch (kind) {
  case value_kind::nothing:
  case value_kind::boolean:
  case value_kind::integer:
  case value_kind::floating:
  case value_kind::text:
  case value_kind::time:
  case value_kind::json:
  case value_kind::enumeration: return true;
  default: return false;
  }
}

template <class T>
const char* read_scalar(const char* at, const char* end, T& out) {
  constexpr value_kind kind = kind_of<T>();
  if constexpr (kind == value_kind::boolean) {
    const char* const yes = read_literal(at, end, "true");
    out = yes != nullptr;
    return out ? yes : read_literal(at, end, "false");
  } else if constexpr (kind == value_kind::nothing) {
    return read_literal(at, end, "null");
  } else if constexpr (kind == value_kind::integer) {
    return read_integer(at, end, out);
  } else if constexpr (kind == value_kind::floating) {
    return read_floating(at, end, out);
  } else if constexpr (kind == value_kind::text) {
    return read_text(at, end, out);
  } else if constexpr (kind == value_kind::enumeration) {
    return read_enumerator(at, end, out);
  } else if constexpr (kind == value_kind::time) {
    return read_time(at, end, out);
  } else {
    return read_json(at, end, out);
  }
}

} // namespace evstore::json::detail
