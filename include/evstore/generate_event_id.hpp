#pragma once

#include <evstore/error.hpp>
#include <evstore/event_id.hpp>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include <sys/random.h>

namespace evstore {

namespace detail {

/// From the operating system, without a buffer that a forked child would share.
inline std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  if (::getentropy(&bits, sizeof bits) != 0)
    throw error{errc::io_failed, "no randomness: " + std::generic_category().message(errno)};
  return bits;
}

} // namespace detail

/// A fresh id: UUID version 7 (RFC 9562, section 5.7). 48 bits of Unix milliseconds, 12 bits of the
/// fraction of the millisecond (section 6.2, method 3), 62 bits from the operating system's source
/// of randomness. Ids of one machine sort by time, to a quarter of a microsecond; two are equal by
/// chance only. Thread-safe, also while a thread or the program ends, and safe across `fork`. Reads the clock: never called while replaying.
[[nodiscard]] inline event_id generate_event_id() {
  using namespace std::chrono;
  const auto now = duration_cast<nanoseconds>(system_clock::now().time_since_epoch());
  const auto whole = duration_cast<milliseconds>(now);
  const auto time = static_cast<std::uint64_t>(whole.count());
  // 0 to 999,999 ns in 12 bits
  const auto fraction = static_cast<std::uint64_t>((now - whole).count()) * 4096 / 1'000'000;
  const std::uint64_t random = detail::random_bits();

  constexpr std::uint64_t version = 7;
  constexpr std::uint64_t variant = 0b10;
  const std::uint64_t halves[] = {time << 16 | version << 12 | fraction,
                                  variant << 62 | random >> 2};
  event_id::bytes_type bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(halves[i / 8] >> (56 - i % 8 * 8));
  return event_id{bytes};
}

} // namespace evstore
