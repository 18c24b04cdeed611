#pragma once

#include <evstore/jsonl/commit_scan.hpp>
#include <evstore/jsonl/file.hpp>
#include <evstore/jsonl/log_index.hpp>
#include <evstore/jsonl/options.hpp>
#include <evstore/jsonl/scattered_copy.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

namespace evstore::jsonl {

/// Where a committed record stands.
struct located {
  std::uint64_t position;
  std::uint64_t begin;   ///< in the file
  std::uint64_t end;     ///< behind its line end
  std::uint64_t version; ///< of a record that does not say it; else 0
  bool sealed;           ///< it was found with a checksum, and must still have one
};

/// The log as readers of this process see it: what is committed, and where it stands. Shared by a
/// handle and its cursors.
template <file_calls Files>
class shared_log {
public:
  explicit shared_log(file<Files> opened) : log{std::move(opened)} {}

  file<Files> log;
  jsonl::checksums checksums = jsonl::checksums::verified;

  /// How many bytes of the file are known to be on the disk for good. Less than there are is no harm.
  std::atomic<std::uint64_t> durable_bytes{0};
  mutable jsonl::scattered_copy<Files> scattered_copy;

  /// Whether what stands before `behind` may be mapped. Not what a failed sync may have left in the page
  /// cache alone: opening must be able to drop it, and what is mapped stays. The kernel maps up to 64 KiB
  /// around what is touched.
  [[nodiscard]] bool may_map(std::uint64_t behind) const noexcept {
    constexpr std::uint64_t around = std::uint64_t{1} << 16;
    const std::uint64_t durable = durable_bytes.load(std::memory_order_relaxed);
    return durable > around && behind <= page_begin(durable - around);
  }

  mutable std::shared_mutex mutex; ///< guards what follows
  mutable std::condition_variable_any grown;
  mutable log_index<Files> index; ///< mutable: it may be made again, with the same answers
  log_end end;                    ///< what lies beyond is not committed, and not in the index

  /// Asks the index a question, under the mutex. If a part of the index that is kept beside the log
  /// turns out to be damaged, all of it is made again from the log, and the question is repeated.
  template <class Question>
  auto ask(Question question) const {
    try {
      const std::shared_lock lock{mutex};
      return question();
    } catch (const pages_damaged&) {
      rebuild_index();
    }
    const std::shared_lock lock{mutex};
    return question();
  }

  /// Linear in the log.
  void rebuild_index() const {
    const std::lock_guard lock{mutex};
    rebuild_index_locked();
  }
  void rebuild_index_locked() const {
    log_index<Files> fresh;
    log_end reached;
    reached.offset = first_offset(log);
    const auto found = commit_scan<Files>{log, reached, end.offset, fresh}.run();
    if (found || reached.position != end.position)
      throw data_error(errc::corrupt, found ? found->what : "records are missing", log.path(),
                       found ? found->offset : reached.offset, reached.position + 1);
    index = std::move(fresh);
  }

  /// Where a record stands that the log has. Under the mutex.
  [[nodiscard]] located locate(std::uint64_t position) const {
    return {position, index.offset_of(position), offset_behind(position),
            index.noted_version(position), position > end.unsealed};
  }
  [[nodiscard]] std::uint64_t offset_behind(std::uint64_t position) const {
    return position < end.position ? index.offset_of(position + 1) : end.offset;
  }

  /// A checksum of the log up to and with the record at `position`, which it has: the record's own,
  /// or that of its line if it has none. Says whether two logs are one up to there.
  [[nodiscard]] std::uint32_t crc_at(std::uint64_t position) const {
    if (position == 0) return 0;
    const located at = ask([&] { return locate(position); });
    std::string line(static_cast<std::size_t>(at.end - at.begin), '\0');
    line.resize(log.read(line.data(), line.size(), at.begin));
    if (line.ends_with('\n')) line.pop_back();
    const std::string_view record = trimmed(line);
    return is_sealed(record) ? crc_after(record) : crc32c(0, record);
  }
};

} // namespace evstore::jsonl
