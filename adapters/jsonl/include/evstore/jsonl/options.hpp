#pragma once

#include <evstore/adapter.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace evstore::jsonl {

/// When an acknowledged commit survives what.
class durability {
public:
  enum class kind : std::uint8_t { sync, batched, none, buffered };

  /// Power loss: each commit is synced before it is acknowledged; concurrent ones share a sync.
  static constexpr durability sync() noexcept { return durability{kind::sync}; }
  /// The end of the process, and power loss `interval` later: a thread syncs that often. At least a
  /// millisecond, at most a year.
  static constexpr durability batched(std::chrono::milliseconds interval) noexcept {
    return durability{kind::batched, interval};
  }
  /// The end of the process. Synced when the handle is closed.
  static constexpr durability none() noexcept { return durability{kind::none}; }
  /// Nothing at first; the end of the process once it is written, and that is with other commits,
  /// 64 KiB at a time, and sooner if somebody reads or waits through this handle or its copies, for
  /// `sync`, for closing, and `interval` later at the latest (at least a millisecond, at most a year).
  /// Not synced before the handle is closed. What cannot be written then is lost without a word, so
  /// a program that must know calls `sync` first.
  static constexpr durability buffered(std::chrono::milliseconds interval) noexcept {
    return durability{kind::buffered, interval};
  }

  [[nodiscard]] constexpr kind what() const noexcept { return kind_; }
  /// Whether a log is synced while it is open, without being asked.
  [[nodiscard]] constexpr bool syncs() const noexcept {
    return kind_ == kind::sync || kind_ == kind::batched;
  }
  [[nodiscard]] constexpr std::chrono::milliseconds interval() const noexcept { return interval_; }

private:
  static constexpr std::chrono::milliseconds shortest{1};

  constexpr explicit durability(kind what) noexcept : kind_{what}, interval_{} {}
  constexpr durability(kind what, std::chrono::milliseconds interval) noexcept
      : kind_{what}, interval_{std::max(bounded_patience(interval), shortest)} {}

  kind kind_;
  std::chrono::milliseconds interval_;
};

/// What reading checks. Opening always checks what it reads.
enum class checksums : std::uint8_t {
  verified, ///< every record's, whenever it is read
  ignored,  ///< faster replay of a log whose disk is trusted
};

struct options {
  jsonl::durability durability = jsonl::durability::sync();
  jsonl::checksums checksums = jsonl::checksums::verified;
  /// How many commits `append_async` begins before one is acknowledged; then it waits. At least 1.
  /// For `durability::sync`: with any other a commit is acknowledged when the call returns.
  std::size_t most_in_flight = 1024;
  /// How many bytes are written ahead of the log's end each time that it reaches the end of the
  /// file; 0: none. A sync of bytes that are there already need not wait for the file system's own
  /// books: about 1.5 × as many durable commits of one event. Meanwhile the file ends in blanks,
  /// which are cut off when the log is closed, or by the next to open it. Where there is no room for
  /// them the log grows without. Not used with `durability::none` and `buffered`.
  std::uint64_t preallocation_size = 0;
  bool create = true; ///< false: a log that is not there is `errc::not_found`
};

struct read_options {
  jsonl::checksums checksums = jsonl::checksums::verified;
};

/// What a crash left unfinished at the end of the log, so cut off: never acknowledged, unless the log
/// was `buffered`.
struct torn_tail {
  std::uint64_t offset = 0;   ///< where the log ends now
  std::uint64_t bytes = 0;    ///< how many were cut off; of a log opened for reading, passed over
  std::uint64_t position = 0; ///< of the first record that is not there
  std::string what{};         ///< what is wrong with it
  std::string kept_in{};      ///< the file that has the bytes now; empty if they are still in place
};

/// What opening found that somebody may want to know. All of it is harmless.
struct open_report {
  std::optional<torn_tail> torn{};
  std::uint64_t without_checksum = 0; ///< records, the first of the log: written by another program
  std::vector<std::string> warnings{}; ///< everything, a sentence each, in words
};

} // namespace evstore::jsonl
