#pragma once

#include <evstore/detail/hot.hpp>
#include <evstore/jsonl/file.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace evstore::jsonl {

/// Runs ahead of a reader that copies a file from its front to its back, and has the processor fetch
/// what will be copied next while there are records to be decoded: half of the time of a copy out of
/// the page cache is waiting for memory.
///
/// It knows where the pages are because it maps them, and never reads the mapping: to prefetch what is
/// not there, or is there no more, does nothing. Where a file cannot be mapped it does nothing, too.
template <file_calls Files>
class copy_lead {
public:
  /// Behind `end` nothing will be copied. The file must outlive the lead.
  copy_lead(const file<Files>& source, std::uint64_t end) noexcept : source_{&source}, end_{end} {}
  copy_lead(const copy_lead&) = delete;
  copy_lead& operator=(const copy_lead&) = delete;
  ~copy_lead() { unmap(); }

  /// The reader is at a record of `size` bytes that stands at `offset`.
  EVSTORE_DETAIL_HOT void follow(std::uint64_t offset, std::size_t size) noexcept {
    const std::uint64_t ahead = offset + distance;
    if (ahead + size > mapped_to_ && !advance(ahead, size)) return;
    // Four lines of the cache at once, because a branch on how many a record has would cost more.
    const std::uintptr_t begin = address_ + static_cast<std::uintptr_t>(ahead);
    std::size_t done = 0;
    // Numbers, because what is prefetched may lie outside of the mapping, where no pointer may point.
    // NOLINTBEGIN(performance-no-int-to-ptr)
    do {
      for (std::size_t i = 0; i < 4; ++i, done += 64)
        __builtin_prefetch(reinterpret_cast<const void*>(begin + done), 0, 2);
    } while (done < size);
    // NOLINTEND(performance-no-int-to-ptr)
  }

private:
  /// Far enough that a chunk is there when it is copied, and near enough that it is still there: a
  /// part of a second-level cache.
  static constexpr std::uint64_t distance = std::uint64_t{1} << 17;
  static constexpr std::uint64_t most_mapped = std::uint64_t{1} << 21;
  /// A multiple of the size of a page, on any machine.
  static constexpr std::uint64_t pages = std::uint64_t{1} << 16;

  /// Maps what stands from `ahead` on. False near the end, and where nothing can be mapped.
  [[gnu::noinline]] bool advance(std::uint64_t ahead, std::size_t size) noexcept {
    if (size > most_mapped - pages || ahead + size > end_) return false;
    unmap();
    const std::uint64_t from = ahead / pages * pages;
    size_ = static_cast<std::size_t>(std::min(most_mapped, end_ - from));
    mapping_ = source_->calls().map(source_->descriptor(), size_, static_cast<off_t>(from),
                                    mapped_for::reading_on);
    if (mapping_ == nullptr) {
      end_ = 0; // not tried again
      return false;
    }
    mapped_to_ = from + size_;
    address_ = reinterpret_cast<std::uintptr_t>(mapping_) - static_cast<std::uintptr_t>(from);
    return true;
  }

  void unmap() noexcept {
    if (mapping_ != nullptr) source_->calls().unmap(mapping_, size_);
    mapping_ = nullptr;
    mapped_to_ = 0;
  }

  const file<Files>* source_;
  std::uint64_t end_;
  std::uint64_t mapped_to_ = 0; // of the file
  std::uintptr_t address_ = 0;  // where the file's first byte would be
  const void* mapping_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace evstore::jsonl
