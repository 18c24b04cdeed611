#pragma once

#include <evstore/jsonl/commit_scan.hpp>
#include <evstore/jsonl/file.hpp>
#include <evstore/jsonl/log_index.hpp>
#include <evstore/jsonl/options.hpp>

#include <condition_variable>
#include <cstdint>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

namespace evstore::jsonl {

/// The log as readers of this process see it: what is committed, and where it stands. Shared by a
/// handle and its cursors.
template <file_calls Files>
struct shared_log {
  explicit shared_log(file<Files> opened) : log{std::move(opened)} {}

  file<Files> log;
  jsonl::checksums checksums = jsonl::checksums::verified;

  mutable std::shared_mutex mutex; ///< guards what follows
  mutable std::condition_variable_any grown;
  log_index index;
  log_end end; ///< what lies beyond is not committed, and not in the index

  /// Where the record behind `position` begins. Under the mutex.
  [[nodiscard]] std::uint64_t offset_behind(std::uint64_t position) const noexcept {
    return position < end.position ? index.offset_of(position + 1) : end.offset;
  }

  /// A checksum of the log up to and with the record at `position`, which it has: the record's own,
  /// or that of its line if it has none. Says whether two logs are one up to there.
  [[nodiscard]] std::uint32_t crc_at(std::uint64_t position) const {
    if (position == 0) return 0;
    std::shared_lock lock{mutex};
    const std::uint64_t begin = index.offset_of(position);
    const std::uint64_t behind = offset_behind(position);
    lock.unlock();
    std::string line(static_cast<std::size_t>(behind - begin), '\0');
    line.resize(log.read(line.data(), line.size(), begin));
    if (line.ends_with('\n')) line.pop_back();
    const std::string_view record = trimmed(line);
    return is_sealed(record) ? crc_after(record) : crc32c(0, record);
  }
};

} // namespace evstore::jsonl
