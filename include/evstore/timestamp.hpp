#pragma once

#include <evstore/config.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace evstore {

/// When an event was recorded: UTC, microseconds since 1970. Order follows position, never time.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

namespace detail {

constexpr char* write_digits(char* out, std::uint64_t value, std::size_t width) noexcept {
  for (std::size_t i = width; i-- > 0; value /= 10) out[i] = static_cast<char>('0' + value % 10);
  return out + width;
}

/// `width` decimal digits at `at`, or nothing.
constexpr std::optional<unsigned> read_digits(std::string_view text, std::size_t at,
                                              std::size_t width) noexcept {
  unsigned value = 0;
  if (at + width > text.size()) return std::nullopt;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
  return value;
}

} // namespace detail

/// `2026-11-20T21:20:00.123456Z`: RFC 3339 in UTC, always six digits of fraction, and so always
/// `timestamp_text_size` characters for the years 0000–9999.
inline constexpr std::size_t timestamp_text_size = 27;

/// True for what the text form can say. The library's own clock never leaves it.
constexpr bool is_writable(timestamp time) noexcept {
  using namespace std::chrono;
  constexpr timestamp first = sys_days{year{0} / 1 / 1};
  constexpr timestamp end = sys_days{year{10000} / 1 / 1};
  return first <= time && time < end;
}

/// Writes `timestamp_text_size` characters at `out` and returns the end. `is_writable(time)`.
constexpr char* write_timestamp(char* out, timestamp time) noexcept {
  using namespace std::chrono;
  const sys_days day = floor<days>(time);
  const year_month_day date{day};
  const auto micros = static_cast<std::uint64_t>((time - timestamp{day}).count()); // of the day
  out = detail::write_digits(out, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
  *out++ = '-';
  out = detail::write_digits(out, static_cast<unsigned>(date.month()), 2);
  *out++ = '-';
  out = detail::write_digits(out, static_cast<unsigned>(date.day()), 2);
  *out++ = 'T';
  out = detail::write_digits(out, micros / 3'600'000'000, 2);
  *out++ = ':';
  out = detail::write_digits(out, micros / 60'000'000 % 60, 2);
  *out++ = ':';
  out = detail::write_digits(out, micros / 1'000'000 % 60, 2);
  *out++ = '.';
  out = detail::write_digits(out, micros % 1'000'000, 6);
  *out++ = 'Z';
  return out;
}

inline std::string to_string(timestamp time) {
  std::string text(timestamp_text_size, '\0');
  write_timestamp(text.data(), time);
  return text;
}

/// Reads RFC 3339 in UTC (`Z`) with 0 to 6 digits of fraction; dates that do not exist are refused.
constexpr std::optional<timestamp> parse_timestamp(std::string_view text) noexcept {
  using namespace std::chrono;
  constexpr std::size_t whole_seconds = 19;
  if (text.size() < whole_seconds + 1 || text.size() > timestamp_text_size) return std::nullopt;
  const bool punctuated = text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' &&
                          text[16] == ':' && text.back() == 'Z';
  if (!punctuated) return std::nullopt;
  const auto years = detail::read_digits(text, 0, 4);
  const auto months = detail::read_digits(text, 5, 2);
  const auto month_days = detail::read_digits(text, 8, 2);
  const auto hour = detail::read_digits(text, 11, 2);
  const auto minute = detail::read_digits(text, 14, 2);
  const auto second = detail::read_digits(text, 17, 2);
  if (!years || !months || !month_days || !hour || !minute || !second) return std::nullopt;
  const year_month_day date{year{static_cast<int>(*years)}, month{*months}, day{*month_days}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;

  unsigned fraction = 0;
  if (text.size() > whole_seconds + 1) {
    const std::size_t digits = text.size() - whole_seconds - 2;
    if (text[whole_seconds] != '.' || digits == 0) return std::nullopt;
    const auto read = detail::read_digits(text, whole_seconds + 1, digits);
    if (!read) return std::nullopt;
    fraction = *read;
    for (std::size_t i = digits; i < 6; ++i) fraction *= 10;
  }
  const std::int64_t in_day = (*hour * 60 + *minute) * 60 + *second;
  return timestamp{sys_days{date}} + microseconds{in_day * 1'000'000 + fraction};
}

} // namespace evstore
