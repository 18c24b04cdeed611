#pragma once

#include <evstore/jsonl/file.hpp>
#include <evstore/jsonl/process_mark.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

namespace evstore::jsonl {

/// A run of bytes in a file.
struct file_piece {
  std::uint64_t at;
  std::size_t size;
};

/// A way for bytes out of memory that may be there no longer: the kernel takes them from where they
/// are into a pipe, and out of it again. What is wrong with the memory (the file that is mapped there
/// was cut, the disk cannot be read) is an error to the kernel's own reading, where it would be a
/// signal to ours. One thread at a time, and none of a forked child, whose pipe is the same one.
class safe_passage {
public:
  static constexpr std::size_t most_bytes = std::size_t{1} << 18;

  safe_passage() noexcept {
    if (::pipe2(ends_, O_CLOEXEC | O_NONBLOCK) != 0) return;
    constexpr int wanted = 2 * static_cast<int>(most_bytes); // it counts pages that are half full
    if (::fcntl(ends_[1], F_SETPIPE_SZ, wanted) < wanted) close();
  }
  safe_passage(const safe_passage&) = delete;
  safe_passage& operator=(const safe_passage&) = delete;
  ~safe_passage() { close(); }

  [[nodiscard]] bool is_open() const noexcept { return ends_[0] >= 0 && process_.is_ours(); }

  /// Brings `size` bytes, which are all that `parts` have, and not more than `most_bytes`. False, and
  /// `out` holds anything, if something cannot be read.
  [[nodiscard]] bool bring(std::span<const iovec> parts, char* out, std::size_t size) noexcept {
    const ssize_t put = ::writev(ends_[1], parts.data(), static_cast<int>(parts.size()));
    auto left = static_cast<std::size_t>(std::max<ssize_t>(put, 0));
    const bool all = left == size;
    while (left != 0) { // also of a part of it: the next one must find the pipe empty
      const ssize_t got = ::read(ends_[0], out, left);
      if (got <= 0) {
        close();
        return false;
      }
      out += got;
      left -= static_cast<std::size_t>(got);
    }
    return all;
  }

private:
  void close() noexcept {
    for (int& end : ends_)
      if (end >= 0) ::close(std::exchange(end, -1));
  }

  int ends_[2] = {-1, -1};
  process_mark process_;
};

/// Copies pieces that lie far apart out of a file, all at once: a third of what a `pread` for each of
/// them takes, half of which is the kernel's search for the page, and most of the rest waiting for
/// memory. The file is mapped, so that the processor can be told early what will be wanted, but never
/// read there; see `safe_passage`.
///
/// A page that is mapped stays in the page cache even if somebody drops it. So only what is on the disk
/// for good may be asked for. Any number of threads; each that copies at a time takes two descriptors,
/// which are kept for the next.
template <file_calls Files>
class scattered_copy {
public:
  /// How many pieces are worth it.
  static constexpr std::size_t least_pieces = 4;
  static constexpr std::size_t most_pieces = 128;

  scattered_copy() = default;
  scattered_copy(const scattered_copy&) = delete;
  scattered_copy& operator=(const scattered_copy&) = delete;

  /// Copies the pieces, which ascend, one behind the other. False, and `out` holds anything, if that
  /// cannot be done: a `pread` of each of them says why. What it copies is to be checked: a page that
  /// the file ends in has zeros behind the end.
  bool copy(const file<Files>& from, std::span<const file_piece> pieces, char* out) {
    if (pieces.size() < least_pieces || pieces.size() > most_pieces) return false;
    std::array<iovec, most_pieces> parts;
    std::size_t size = 0;
    for (const file_piece& piece : pieces) size += piece.size;
    if (size > safe_passage::most_bytes) return false;
    const std::shared_ptr<const mapping> mapped = map(from, pieces.back());
    if (!mapped) return false;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      char* const begin = mapped->begin() + pieces[i].at;
      for (std::size_t at = 0; at < pieces[i].size; at += 64) __builtin_prefetch(begin + at, 0, 2);
      parts[i] = {begin, pieces[i].size};
    }
    std::unique_ptr<safe_passage> passage = take_passage();
    if (!passage) return false;
    const bool done = passage->bring({parts.data(), pieces.size()}, out, size);
    give_back(std::move(passage));
    return done;
  }

private:
  class mapping {
  public:
    mapping(const file<Files>& from, std::size_t size) noexcept
        : files_{from.calls()}, begin_{files_.map(from.descriptor(), size, 0, mapped_for::jumping)},
          size_{size} {}
    mapping(const mapping&) = delete;
    mapping& operator=(const mapping&) = delete;
    ~mapping() {
      if (begin_ != nullptr) files_.unmap(begin_, size_);
    }

    /// To take addresses from. (An `iovec` has no pointer to what is const.)
    [[nodiscard]] char* begin() const noexcept {
      return const_cast<char*>(static_cast<const char*>(begin_));
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    Files files_;
    const void* begin_;
    std::size_t size_;
  };

  /// The mapping, up to the end of `last`. It is made twice as large as is asked for, and may so reach
  /// beyond the end of the file, which grows into it.
  std::shared_ptr<const mapping> map(const file<Files>& from, const file_piece& last) {
    constexpr std::uint64_t least = std::uint64_t{1} << 26;
    const std::uint64_t end = last.at + last.size;
    const std::lock_guard lock{mutex_};
    if (mapped_ && mapped_->size() >= end) return mapped_;
    if (end > refused_from_) return nullptr;
    auto larger =
        std::make_shared<const mapping>(from, static_cast<std::size_t>(std::max(2 * end, least)));
    if (larger->begin() == nullptr) {
      refused_from_ = end - 1;
      return nullptr;
    }
    return mapped_ = std::move(larger);
  }

  std::unique_ptr<safe_passage> take_passage() {
    std::unique_ptr<safe_passage> found;
    const std::lock_guard lock{mutex_};
    if (!free_.empty()) {
      found = std::move(free_.back());
      free_.pop_back();
    }
    if (!found || !found->is_open()) found = std::make_unique<safe_passage>();
    if (found->is_open()) return found;
    mapped_.reset(); // not tried again
    refused_from_ = 0;
    return nullptr;
  }
  void give_back(std::unique_ptr<safe_passage> passage) {
    if (!passage->is_open()) return;
    const std::lock_guard lock{mutex_};
    free_.push_back(std::move(passage));
  }

  std::mutex mutex_;
  std::shared_ptr<const mapping> mapped_;
  std::vector<std::unique_ptr<safe_passage>> free_;
  std::uint64_t refused_from_ = UINT64_MAX;
};

} // namespace evstore::jsonl
