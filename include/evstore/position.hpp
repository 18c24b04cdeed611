#pragma once

#include <evstore/config.hpp>

#include <compare>
#include <cstdint>

namespace evstore {

/// How many events a stream has had, and so the number of its last event: the first event of a
/// stream has version 1, a stream that never had one has version 0. Never mixes with a
/// `global_position`: the two count different things.
class stream_version {
public:
  constexpr stream_version() noexcept = default;
  constexpr explicit stream_version(std::uint64_t value) noexcept : value_{value} {}

  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }
  [[nodiscard]] constexpr stream_version next() const noexcept {
    return stream_version{value_ + 1};
  }

  friend constexpr auto operator<=>(stream_version, stream_version) = default;

private:
  std::uint64_t value_ = 0;
};

/// The place of an event in the whole store: 1 for the first event, strictly increasing, never
/// reused. Gapless in memory and JSONL. A default-constructed position is the origin, which lies
/// before every event: the head of an empty store, and where a reader of everything starts after.
class global_position {
public:
  constexpr global_position() noexcept = default;
  constexpr explicit global_position(std::uint64_t value) noexcept : value_{value} {}

  [[nodiscard]] static constexpr global_position origin() noexcept { return {}; }

  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }
  [[nodiscard]] constexpr global_position next() const noexcept {
    return global_position{value_ + 1};
  }

  friend constexpr auto operator<=>(global_position, global_position) = default;

private:
  std::uint64_t value_ = 0;
};

} // namespace evstore
