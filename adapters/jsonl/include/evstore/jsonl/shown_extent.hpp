#pragma once

#include <evstore/error.hpp>
#include <evstore/jsonl/file.hpp>
#include <evstore/jsonl/lock_note.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

namespace evstore::jsonl {

/// How much of a log a handle that only reads may show: while somebody writes to it, what the writer
/// has acknowledged, and otherwise everything. Not synchronised.
template <file_calls Files>
class shown_extent {
public:
  shown_extent(const Files& files, const std::string& log_path)
      : files_{files}, path_{log_path + ".lock"} {}

  /// The end of what may be shown of a log that had `size` bytes a moment ago. (Asked for before, not
  /// after: what somebody has written who came since is not to be taken for what nobody writes.)
  std::uint64_t within(std::uint64_t size) {
    if (!lock_.is_open() && !open()) return size;
    if (!lock_.calls().is_locked(lock_.descriptor())) return size;
    return std::min(size, lock_note::read_shown(lock_).value_or(size));
  }

private:
  bool open() {
    try {
      lock_ = file<Files>{files_, path_, O_RDONLY};
    } catch (const error& why) {
      // Nobody has opened the log for writing, or we may not see the lock.
      if (why.code() != errc::not_found && why.code() != errc::read_only) throw;
    }
    return lock_.is_open();
  }

  Files files_;
  std::string path_;
  file<Files> lock_;
};

} // namespace evstore::jsonl
