#pragma once

#include <evstore/position.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace evstore {

/// Deletion is a recorded fact: an event in the very stream that it speaks of, with a version and a
/// position like any other, so that every adapter stores, copies and replays it with no extra
/// mechanism. The facts' types begin with `$`, which no event of an application may.
///
/// - `$truncated`, data `{"before":N}`: the events before version N are no longer shown. A fact
///   speaks of what stood before it, so it is shown itself however large N is.
/// - `$tombstoned`, data `{}`: nothing before it is shown, and the stream takes no more events.
///
/// Versions and positions are never reused: the stream's version goes on counting. What was hidden
/// stays hidden: a later fact with a smaller N changes nothing.
namespace fact {
inline constexpr std::string_view truncated = "$truncated";
inline constexpr std::string_view tombstoned = "$tombstoned";
} // namespace fact

/// True for names that belong to the library: typed readers pass them over.
constexpr bool is_reserved(std::string_view type) noexcept { return type.starts_with('$'); }

inline std::string truncated_data(stream_version before) {
  return "{\"before\":" + std::to_string(before.value()) + "}";
}

/// Reads the data of a `$truncated` fact; only the library's own form is one.
inline std::optional<stream_version> parse_truncated(std::string_view data) noexcept {
  constexpr std::string_view head = "{\"before\":";
  if (!data.starts_with(head) || !data.ends_with('}')) return std::nullopt;
  data.remove_prefix(head.size());
  data.remove_suffix(1);
  if (data.size() > 1 && data.front() == '0') return std::nullopt;
  std::uint64_t before = 0;
  const auto [end, failed] = std::from_chars(data.data(), data.data() + data.size(), before);
  if (failed != std::errc{} || end != data.data() + data.size()) return std::nullopt;
  return stream_version{before};
}

/// What is known of a stream without reading its events.
struct stream_state {
  stream_version version;  ///< of the last event; 0 if the stream never had one
  stream_version first{1}; ///< the first version that is still shown
  bool tombstoned = false;

  /// The state after one more event. Adapters call it for each event, in order, and so agree.
  [[nodiscard]] stream_state after(std::string_view type, std::string_view data) const noexcept {
    stream_state next{version.next(), first, tombstoned};
    if (type == fact::tombstoned) {
      next.first = next.version;
      next.tombstoned = true;
    } else if (type == fact::truncated) {
      if (const auto before = parse_truncated(data))
        next.first = std::max(first, std::min(*before, next.version));
    }
    return next;
  }

  friend constexpr bool operator==(stream_state, stream_state) = default;
};

} // namespace evstore
