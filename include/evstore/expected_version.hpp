#pragma once

#include <evstore/position.hpp>

#include <cstdint>
#include <string>

namespace evstore {

/// What an append expects of a stream: optimistic concurrency control. Never defaulted, because
/// "whatever is there" is a decision that the caller has to make.
class expected_version {
public:
  enum class kind : std::uint8_t { any, no_stream, stream_exists, exactly };

  constexpr explicit expected_version(kind what) noexcept : kind_{what} {}
  constexpr explicit expected_version(stream_version version) noexcept
      : kind_{kind::exactly}, version_{version} {}

  [[nodiscard]] constexpr kind what() const noexcept { return kind_; }
  /// The version asked for by `exactly(n)`; version 0 otherwise.
  [[nodiscard]] constexpr stream_version version() const noexcept { return version_; }

  /// Whether a stream of `actual` version meets the expectation.
  [[nodiscard]] constexpr bool met_by(stream_version actual) const noexcept {
    switch (kind_) {
    case kind::any: return true;
    case kind::no_stream: return actual == stream_version{};
    case kind::stream_exists: return actual != stream_version{};
    case kind::exactly: return actual == version_;
    }
    return false;
  }

  [[nodiscard]] std::string to_string() const {
    switch (kind_) {
    case kind::any: return "any";
    case kind::no_stream: return "no_stream";
    case kind::stream_exists: return "stream_exists";
    case kind::exactly: break;
    }
    return "exactly(" + std::to_string(version_.value()) + ")";
  }

  friend constexpr bool operator==(expected_version, expected_version) = default;

private:
  kind kind_;
  stream_version version_;
};

/// The stream may be in any state. Gives up the protection against concurrent writers.
inline constexpr expected_version any{expected_version::kind::any};
/// The stream must never have had an event.
inline constexpr expected_version no_stream{expected_version::kind::no_stream};
/// The stream must have had at least one event.
inline constexpr expected_version stream_exists{expected_version::kind::stream_exists};

/// The stream must have had exactly `version` events.
constexpr expected_version exactly(stream_version version) noexcept {
  return expected_version{version};
}
constexpr expected_version exactly(std::uint64_t version) noexcept {
  return expected_version{stream_version{version}};
}

} // namespace evstore
