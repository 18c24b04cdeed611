#pragma once

#include <evstore/json/detail/output.hpp>
#include <evstore/timestamp.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <ratio>
#include <string_view>

/// Points in time as RFC 3339 text. The words of the library count microseconds; a member may count
/// anything from seconds to nanoseconds, and nothing is ever rounded.

namespace evstore::json::detail {

template <class Duration>
inline constexpr bool finer_than_microseconds =
    std::ratio_less_v<typename Duration::period, std::micro>;

inline constexpr std::size_t time_text_size = timestamp_text_size + 3; // with nanoseconds

template <class Duration>
void write_time(output& out, std::chrono::sys_time<Duration> time) {
  using namespace std::chrono;
  constexpr sys_days begin{year{0} / 1 / 1};
  constexpr sys_days end{year{10000} / 1 / 1};
  // Compared in whole days, which every unit can say and none overflows.
  const auto day = floor<days>(time);
  if (day < begin || day >= end) out.fail("the time lies outside the years 0000 to 9999");
  const auto whole = floor<microseconds>(time);
  char* at = out.room(time_text_size + 2);
  *at++ = '"';
  at = write_timestamp(at, time_point_cast<microseconds>(whole));
  if constexpr (finer_than_microseconds<Duration>) {
    // Not time - whole: the microsecond that holds the first nanoseconds begins before them.
    const auto rest = duration_cast<nanoseconds>(time.time_since_epoch()).count() % 1000;
    at = evstore::detail::write_digits(
        at - 1, static_cast<std::uint64_t>(rest < 0 ? rest + 1000 : rest), 3);
    *at++ = 'Z';
  }
  *at++ = '"';
  out.used(at);
}

/// Nothing if the text is no time, or one that the unit cannot say.
template <class Duration>
std::optional<std::chrono::sys_time<Duration>> parse_time(std::string_view text) {
  using namespace std::chrono;
  unsigned rest = 0;
  std::optional<timestamp> whole;
  if (finer_than_microseconds<Duration> && text.size() > timestamp_text_size &&
      text.size() <= time_text_size && text.back() == 'Z') {
    char shorter[timestamp_text_size];
    text.copy(shorter, timestamp_text_size - 1);
    shorter[timestamp_text_size - 1] = 'Z';
    const std::size_t digits = text.size() - timestamp_text_size;
    const auto read = evstore::detail::read_digits(text, timestamp_text_size - 1, digits);
    if (!read) return std::nullopt;
    rest = digits == 1 ? *read * 100 : digits == 2 ? *read * 10 : *read;
    whole = parse_timestamp({shorter, timestamp_text_size});
  } else {
    whole = parse_timestamp(text);
  }
  if (!whole) return std::nullopt;
  if constexpr (finer_than_microseconds<Duration>) {
    // Nanoseconds reach from 1677 to 2262 only. Before 1970 the fraction is counted back from the
    // next microsecond, so that the first of them can be said too.
    std::int64_t count = whole->time_since_epoch().count();
    std::int64_t fraction = rest;
    if (count < 0) {
      ++count;
      fraction -= 1000;
    }
    if (__builtin_mul_overflow(count, std::int64_t{1000}, &count) ||
        __builtin_add_overflow(count, fraction, &count))
      return std::nullopt;
    return sys_time<Duration>{Duration{count}};
  } else {
    const auto time = floor<Duration>(*whole);
    if (time != *whole) return std::nullopt;
    return time_point_cast<Duration>(time);
  }
}

} // namespace evstore::json::detail
