#pragma once

#include <evstore/config.hpp>
#include <evstore/detail/hot.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

/// Literals compared and decimal digits read a word at a time: what most of the reading of an
/// envelope is. All of it may read 8 bytes from where it stands.

namespace evstore::jsonl {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "written for little-endian machines");

namespace detail {

inline std::uint64_t load_word(const char* bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// Eight digit values, the first in the low byte, as one number.
inline std::uint64_t join_digits(std::uint64_t values) noexcept {
  values = values * 10 + (values >> 8); // pairs, in every other byte
  constexpr std::uint64_t pairs = 0x0000'00FF'0000'00FF;
  constexpr std::uint64_t odd = 100 + (std::uint64_t{1'000'000} << 32);
  constexpr std::uint64_t even = 1 + (std::uint64_t{10'000} << 32);
  return ((values & pairs) * odd + ((values >> 16) & pairs) * even) >> 32;
}

} // namespace detail

/// Whether the text begins with a literal of N - 1 characters.
template <std::size_t N>
EVSTORE_DETAIL_HOT inline bool begins_with(const char* text, const char (&literal)[N]) noexcept {
  constexpr std::size_t size = N - 1;
  if constexpr (size < 8) {
    return std::memcmp(text, literal, size) == 0;
  } else {
    std::uint64_t differs = 0;
    for (std::size_t i = 0; i + 8 <= size; i += 8)
      differs |= detail::load_word(text + i) ^ detail::load_word(literal + i);
    constexpr std::size_t last = size - 8; // overlaps what was compared already
    return (differs | (detail::load_word(text + last) ^ detail::load_word(literal + last))) == 0;
  }
}

namespace detail {

/// A number of more than seven digits: the place behind it, or null.
[[gnu::noinline]] inline const char* read_long_number(const char* at, std::uint64_t& out) noexcept {
  const char* const begin = at;
  out = 0;
  for (unsigned digit = 0; (digit = static_cast<unsigned>(*at - '0')) <= 9; ++at)
    out = out * 10 + digit;
  constexpr std::ptrdiff_t never_overflows = 19;
  return at - begin <= never_overflows && *begin != '0' ? at : nullptr;
}

} // namespace detail

/// Reads a number without a sign and without leading zeros, at most 19 digits long, and moves `at`
/// behind it. Something that is no digit stands behind it.
EVSTORE_DETAIL_HOT inline bool take_number(const char*& at, std::uint64_t& out) noexcept {
  const std::uint64_t values = detail::load_word(at) ^ 0x3030'3030'3030'3030;
  // The first byte that is no digit is found exactly: no carry comes out of digits.
  const std::uint64_t others = ((values + 0x7676'7676'7676'7676) | values) & 0x8080'8080'8080'8080;
  if (others != 0) [[likely]] {
    const auto bits = static_cast<unsigned>(__builtin_ctzll(others)) & ~7U;
    if (bits == 0 || ((values & 0xFF) == 0 && bits != 8)) return false;
    out = detail::join_digits(values << (64 - bits));
    at += bits / 8;
    return true;
  }
  const char* const behind = detail::read_long_number(at, out);
  if (behind != nullptr) at = behind;
  return behind != nullptr;
}

/// Reads the `ss.ffffff` of a time as microseconds: nine digits' worth, with the point checked.
EVSTORE_DETAIL_HOT inline bool read_seconds(const char* text,
                                            std::uint64_t& microseconds) noexcept {
  // All but the tens of seconds in one word, with a zero in the place of the point.
  const std::uint64_t word = detail::load_word(text + 1);
  constexpr std::uint64_t point = std::uint64_t{0xFF} << 8;
  const std::uint64_t values = ((word & ~point) | std::uint64_t{'0'} << 8) ^ 0x3030'3030'3030'3030;
  const auto tens = static_cast<unsigned>(text[0] - '0');
  const bool valid = tens <= 5 && (word & point) == std::uint64_t{'.'} << 8 &&
                     (((values + 0x7676'7676'7676'7676) | values) & 0x8080'8080'8080'8080) == 0;
  // s0ffffff, where the second is worth a million and not ten.
  const std::uint64_t seconds = values & 15;
  microseconds =
      detail::join_digits(values) - seconds * 9'000'000 + tens * std::uint64_t{10'000'000};
  return valid;
}

} // namespace evstore::jsonl
