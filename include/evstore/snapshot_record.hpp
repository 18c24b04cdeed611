#pragma once

#include <evstore/position.hpp>
#include <evstore/stream_name.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace evstore {

/// Throws `errc::invalid_argument` for what no snapshot is kept under. A key is 1–512 bytes of
/// well-formed UTF-8 without control characters: room for a stream's name and the state's. Nothing
/// else is special about it, in no adapter: `../x`, `CON` and `a/b` are keys like any other.
inline void require_snapshot_key(std::string_view key) {
  constexpr std::size_t most = 512;
  const std::string_view defect =
      key.size() > most ? "is longer than 512 bytes" : detail::text_defect(key);
  if (!defect.empty()) detail::refuse_name(key, "snapshot key", defect);
}

/// A state at a point of the log, ready to be stored. Borrowed for the length of the call.
struct snapshot_view {
  stream_version version{};      ///< of the stream, when the state was folded; 0 if of no stream
  global_position position{};    ///< the last event that the state has seen
  std::uint64_t fingerprint = 0; ///< of the state type's shape
  std::string_view state{};      ///< JSON on one line
};

/// A stored snapshot that owns its bytes.
struct snapshot_record {
  stream_version version;
  global_position position;
  std::uint64_t fingerprint = 0;
  std::string state;

  friend bool operator==(const snapshot_record&, const snapshot_record&) = default;
};

/// What an adapter found under a key: a snapshot that belongs to this log, or why there is none.
/// Snapshots are derived data: one that is damaged, from the future or from another log is reported
/// in `ignored` and never an error.
struct snapshot_lookup {
  std::optional<snapshot_record> snapshot{};
  std::string ignored{}; ///< one sentence; empty when nothing was there to ignore
};

} // namespace evstore
