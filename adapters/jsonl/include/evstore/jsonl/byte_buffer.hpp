#pragma once

#include <evstore/config.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

namespace evstore::jsonl {

/// Bytes that grow at the end without being zeroed first, and of which `padding` more may always be
/// read (not trusted): scanners compare and load whole words without looking for the end. They begin
/// where a line of the cache does, because a load that spans two of them takes two.
class byte_buffer {
public:
  static constexpr std::size_t padding = 128;
  static constexpr std::align_val_t alignment{64};

  byte_buffer() = default;
  byte_buffer(byte_buffer&& other) noexcept
      : bytes_{std::move(other.bytes_)}, size_{std::exchange(other.size_, 0)},
        capacity_{std::exchange(other.capacity_, 0)} {}
  byte_buffer& operator=(byte_buffer&& other) noexcept {
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  [[nodiscard]] char* data() noexcept { return bytes_.get(); }
  [[nodiscard]] const char* data() const noexcept { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.get(), size_}; }

  void clear() noexcept { size_ = 0; }
  /// Keeps the first `size` bytes.
  void cut(std::size_t size) noexcept { size_ = size; }

  /// Room for `more` bytes at the end, to be written there and then taken with `grow_by`.
  char* room_for(std::size_t more) {
    if (size_ + more > capacity_) grow(std::max(size_ + more, capacity_ + capacity_ / 2));
    return bytes_.get() + size_;
  }
  void grow_by(std::size_t written) noexcept { size_ += written; }

  /// Forgets the first `count` bytes; the others move to the front.
  void drop_front(std::size_t count) noexcept {
    if (count == 0) return;
    size_ -= count;
    std::memmove(bytes_.get(), bytes_.get() + count, size_);
  }

private:
  struct deleter {
    void operator()(char* bytes) const noexcept { ::operator delete(bytes, alignment); }
  };
  using memory = std::unique_ptr<char[], deleter>;

  void grow(std::size_t capacity) {
    memory larger{static_cast<char*>(::operator new(capacity + padding, alignment))};
    if (size_ != 0) std::memcpy(larger.get(), bytes_.get(), size_);
    std::memset(larger.get() + capacity, 0, padding);
    bytes_ = std::move(larger);
    capacity_ = capacity;
  }

  memory bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

} // namespace evstore::jsonl
