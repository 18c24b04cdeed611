#pragma once

#include <evstore/detail/hot.hpp>

#include <array>
#include <bit>
#include <cfloat>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <system_error>
#include <type_traits>

/// JSON numbers, exactly: see literal.hpp for what the functions return.

namespace evstore::json::detail {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Decimal digits and how many they are; `value` wraps beyond nineteen of them.
struct digits {
  std::uint64_t value = 0;
  std::ptrdiff_t count = 0;
};

/// Up to seven digits, or none if there are more or the text ends before eight bytes. No branch
/// depends on how many they are, which no processor could predict: eight bytes are looked at
/// together, in three multiplications (after D. Lemire).
EVSTORE_DETAIL_HOT inline digits read_few_digits(const char* at, const char* end) noexcept {
  if (std::endian::native != std::endian::little || end - at < 8) return {};
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  word ^= 0x3030303030303030u; // digits become 0 to 9, and all else more
  const std::uint64_t other = (word | (word + 0x7676767676767676u)) & 0x8080808080808080u;
  if (other == 0) return {};
  const auto bits = static_cast<unsigned>(std::countr_zero(other)) & ~7u;
  word = word << (56 - bits) << 8; // leading zeros, of which there may be 64
  word = word * 10 + (word >> 8);  // pairs, in every other byte
  constexpr std::uint64_t pairs = 0x000000FF000000FFu;
  constexpr std::uint64_t odd = 100 + (std::uint64_t{1'000'000} << 32);
  constexpr std::uint64_t even = 1 + (std::uint64_t{10'000} << 32);
  word = ((word & pairs) * odd + ((word >> 16) & pairs) * even) >> 32;
  return {word, static_cast<std::ptrdiff_t>(bits / 8)};
}

EVSTORE_DETAIL_HOT inline digits read_digits(const char* at, const char* end) noexcept {
  digits read = read_few_digits(at, end);
  if (read.count != 0) [[likely]]
    return read;
  for (; at != end && is_digit(*at); ++at, ++read.count)
    read.value = read.value * 10 + static_cast<unsigned>(*at - '0');
  return read;
}

/// The digits behind a sign, if there is one. Out of range is not what stands there.
template <std::integral T>
EVSTORE_DETAIL_HOT inline const char* take_digits(const char* at, bool negative, digits read,
                                                  T& out) noexcept {
  if (read.count == 0 || (*at == '0' && read.count > 1)) return nullptr;
  const auto most = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
  if (read.value > most + (negative ? 1 : 0)) return nullptr;
  // 2^64 has twenty digits, the first of which is 1; what overflows it wraps to less than 10^19.
  if (read.count > 19 &&
      (read.count > 20 || *at != '1' || read.value < 10'000'000'000'000'000'000u))
    return nullptr;
  out = static_cast<T>(negative ? 0 - read.value : read.value);
  return at + read.count;
}

template <std::integral T>
[[gnu::noinline]] const char* read_any_integer(const char* at, const char* end, T& out) noexcept {
  const bool negative = std::is_signed_v<T> && at != end && *at == '-';
  at += negative ? 1 : 0;
  return take_digits(at, negative, read_digits(at, end), out);
}

/// Digits only: `1.0` and `1e3` are no integers.
template <std::integral T>
EVSTORE_DETAIL_HOT inline const char* read_integer(const char* at, const char* end,
                                                   T& out) noexcept {
  const digits few = read_few_digits(at, end);
  if (few.count == 0) return read_any_integer(at, end, out);
  if (few.count > 7 || few.value > 9'999'999) __builtin_unreachable();
  return take_digits(at, false, few, out);
}

inline constexpr auto powers_of_ten = [] {
  std::array<std::uint64_t, 20> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

/// Exact, if the digits and the power of ten are: then the one division is rounded exactly
/// (W. Clinger: How to read floating point numbers accurately, 1990).
template <std::floating_point T>
EVSTORE_DETAIL_HOT inline T exact_decimal(bool negative, std::uint64_t whole,
                                          digits fraction) noexcept {
  const std::uint64_t power = powers_of_ten[static_cast<std::size_t>(fraction.count)];
  const auto count = static_cast<std::int64_t>(whole * power + fraction.value);
  const T magnitude = static_cast<T>(count) / static_cast<T>(static_cast<std::int64_t>(power));
  return negative ? -magnitude : magnitude;
}

template <std::floating_point T>
inline constexpr std::ptrdiff_t exact_digits =
    FLT_EVAL_METHOD == 0 ? std::numeric_limits<T>::digits10 : 0;

/// Any number. What is too long to be exact is for `from_chars`, and not for simdjson, whose 3.0.1 is
/// wrong about `0.` and twenty or more digits.
template <std::floating_point T>
[[gnu::noinline]] const char* read_any_floating(const char* at, const char* end, T& out) noexcept {
  const char* const begin = at;
  const bool negative = at != end && *at == '-';
  at += negative ? 1 : 0;
  const digits whole = read_digits(at, end);
  if (whole.count == 0 || (*at == '0' && whole.count > 1)) return nullptr;
  at += whole.count;
  digits fraction;
  if (at != end && *at == '.') {
    fraction = read_digits(++at, end);
    if (fraction.count == 0) return nullptr;
    at += fraction.count;
  }
  const bool has_exponent = at != end && (*at == 'e' || *at == 'E');
  if (!has_exponent && whole.count + fraction.count <= exact_digits<T>) {
    out = exact_decimal<T>(negative, whole.value, fraction);
    return at;
  }
  if (has_exponent) { // from_chars is less strict than JSON
    ++at;
    at += at != end && (*at == '+' || *at == '-') ? 1 : 0;
    const digits exponent = read_digits(at, end);
    if (exponent.count == 0) return nullptr;
    at += exponent.count;
  }
  const auto [read, failed] = std::from_chars(begin, at, out);
  return failed == std::errc{} && read == at ? at : nullptr;
}

/// The nearest value; what is too large for the type, or so small that only zero is near, is refused.
/// A short number takes no branch on whether it has a fraction, as about half of all have.
template <std::floating_point T>
const char* read_floating(const char* at, const char* end, T& out) noexcept {
  const char* const begin = at;
  const bool negative = at != end && *at == '-';
  at += negative ? 1 : 0;
  const digits whole = read_few_digits(at, end);
  const bool leading_zero = whole.count != 0 && *at == '0' && whole.count > 1;
  const char* const point = at + whole.count; // which is no end, if any digit was read
  if (whole.count == 0 || leading_zero || end - point < 9)
    return read_any_floating(begin, end, out);
  const auto has_fraction = static_cast<unsigned>(*point == '.');
  digits fraction = read_few_digits(point + 1, end);
  const bool unfinished = has_fraction != 0 && fraction.count == 0; // or longer than a word
  fraction.value *= has_fraction;
  fraction.count *= has_fraction;
  const char* const behind = point + fraction.count + has_fraction;
  if (unfinished || (*behind | 0x20) == 'e' || whole.count + fraction.count > exact_digits<T>)
    return read_any_floating(begin, end, out);
  out = exact_decimal<T>(negative, whole.value, fraction);
  return behind;
}

} // namespace evstore::json::detail
