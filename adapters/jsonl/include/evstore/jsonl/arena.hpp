#pragma once

#include <evstore/config.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace evstore::jsonl {

/// Hands out arrays that stay where they are until `clear`, which keeps the memory for the next
/// round: what a batch of event views needs beside the bytes of the log.
template <class T>
class arena {
public:
  std::span<T> take(std::size_t count) {
    if (count == 0) return {}; // there may be no block yet
    if (used_ + count > room_) next_block(count);
    const std::span<T> taken{blocks_[block_].items.get() + used_, count};
    used_ += count;
    return taken;
  }

  void clear() noexcept {
    block_ = 0;
    used_ = 0;
    room_ = blocks_.empty() ? 0 : blocks_.front().size;
  }

private:
  struct block {
    std::unique_ptr<T[]> items;
    std::size_t size;
  };

  void next_block(std::size_t count) {
    constexpr std::size_t least = 512;
    if (!blocks_.empty()) ++block_;
    if (block_ == blocks_.size() || blocks_[block_].size < count) {
      const std::size_t size = std::max(count, least);
      blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(block_),
                     block{std::make_unique_for_overwrite<T[]>(size), size});
    }
    used_ = 0;
    room_ = blocks_[block_].size;
  }

  std::vector<block> blocks_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
  std::size_t room_ = 0;
};

} // namespace evstore::jsonl
