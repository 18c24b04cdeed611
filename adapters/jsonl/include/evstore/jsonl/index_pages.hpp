#pragma once

#include <evstore/jsonl/crc32c.hpp>
#include <evstore/jsonl/file.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

/// A file of 4096-byte pages, each with its number and its checksum at the end: written once from
/// front to back, then read a page at a time when somebody needs it, and checked then. So opening
/// one costs the same however large it is.

namespace evstore::jsonl {

inline constexpr std::size_t page_size = 4096;
inline constexpr std::size_t page_payload = page_size - 2 * sizeof(std::uint32_t);

/// An array that stands on pages of its own. Elements do not cross pages.
template <class T>
  requires std::is_trivially_copyable_v<T>
struct paged_array {
  static constexpr std::size_t per_page = page_payload / sizeof(T);
  std::uint64_t first_page = 0;
  std::uint64_t count = 0;
};

/// Where a text stands; texts do not cross pages either.
struct paged_text {
  std::uint64_t at = 0; ///< in the file
  std::uint32_t size = 0;
  std::uint32_t unused = 0;
};

/// Thrown when a page is not what it should be. Never leaves the adapter: what is kept in pages can
/// be made again.
struct pages_damaged {};

namespace detail {

using page = std::array<char, page_size>;

inline std::uint32_t checksum(const page& content) noexcept {
  return crc32c(0, {content.data(), page_size - sizeof(std::uint32_t)});
}

inline void seal(page& content, std::uint64_t number) noexcept {
  const auto low = static_cast<std::uint32_t>(number);
  std::memcpy(content.data() + page_payload, &low, sizeof low);
  const std::uint32_t crc = checksum(content);
  std::memcpy(content.data() + page_payload + sizeof low, &crc, sizeof crc);
}

inline bool is_intact(const page& content, std::uint64_t number) noexcept {
  std::uint32_t stored[2];
  std::memcpy(stored, content.data() + page_payload, sizeof stored);
  return (stored[0] == static_cast<std::uint32_t>(number) && stored[1] == checksum(content)) ||
         broken_rule == rule::indexes_are_checked;
}

} // namespace detail

/// Writes such a file. The first page is left free for `finish`.
template <file_calls Files>
class page_writer {
public:
  explicit page_writer(const file<Files>& out) : out_{out} {}

  /// `element(i)` for each i below `count`.
  template <class T, class Element>
  paged_array<T> write_array(std::uint64_t count, Element&& element) {
    next_page();
    const paged_array<T> placed{page_number_, count};
    for (std::uint64_t i = 0; i < count; ++i) {
      if (used_ + sizeof(T) > page_payload) next_page();
      const T value = element(i);
      std::memcpy(content_.data() + used_, &value, sizeof value);
      used_ += sizeof value;
    }
    return placed;
  }

  paged_text write_text(std::string_view text) {
    if (used_ + text.size() > page_payload) next_page();
    const paged_text placed{page_number_ * page_size + used_,
                            static_cast<std::uint32_t>(text.size())};
    std::memcpy(content_.data() + used_, text.data(), text.size());
    used_ += text.size();
    return placed;
  }

  /// Begins a page of its own for what comes next.
  void next_page() {
    flush();
    ++page_number_;
  }

  template <class Header>
  void finish(const Header& header) {
    static_assert(sizeof(Header) <= page_payload);
    flush();
    page_number_ = 0;
    std::memcpy(content_.data(), &header, sizeof header);
    used_ = sizeof header;
    flush();
    put();
  }

private:
  /// Pages go out in larger pieces.
  void flush() {
    if (used_ == 0) return;
    detail::seal(content_, page_number_);
    if (page_number_ != pending_first_ + pending_.size() / page_size || pending_.size() > 1 << 20)
      put();
    if (pending_.empty()) pending_first_ = page_number_;
    pending_.append(content_.data(), content_.size());
    content_.fill('\0');
    used_ = 0;
  }
  void put() {
    if (!pending_.empty()) out_.write_or_throw(pending_, pending_first_ * page_size);
    pending_.clear();
  }

  const file<Files>& out_;
  detail::page content_{};
  std::size_t used_ = 0;
  std::uint64_t page_number_ = 0;
  std::string pending_;
  std::uint64_t pending_first_ = 0;
};

/// Reads such a file. What was read stays in memory. Any number of threads.
template <file_calls Files>
class page_reader {
public:
  explicit page_reader(file<Files> in)
      : in_{std::move(in)}, count_{in_.size() / page_size},
        pages_{std::make_unique<std::atomic<detail::page*>[]>(count_)} {}
  ~page_reader() {
    for (std::uint64_t i = 0; pages_ && i < count_; ++i) delete pages_[i].load();
  }
  page_reader(const page_reader&) = delete;
  page_reader& operator=(const page_reader&) = delete;

  template <class Header>
  [[nodiscard]] Header header() const {
    Header read;
    std::memcpy(&read, page(0), sizeof read);
    return read;
  }

  template <class T>
  [[nodiscard]] T get(const paged_array<T>& in, std::uint64_t i) const {
    if (i >= in.count) throw pages_damaged{};
    T value;
    const char* const begin = page(in.first_page + i / paged_array<T>::per_page);
    std::memcpy(&value, begin + i % paged_array<T>::per_page * sizeof value, sizeof value);
    return value;
  }

  [[nodiscard]] std::string_view get(const paged_text& text) const {
    if (text.at % page_size + text.size > page_payload) throw pages_damaged{};
    return {page(text.at / page_size) + text.at % page_size, text.size};
  }

private:
  const char* page(std::uint64_t number) const {
    if (number >= count_) throw pages_damaged{};
    if (const detail::page* known = pages_[number].load(std::memory_order_acquire))
      return known->data();
    auto read = std::make_unique<detail::page>();
    try {
      if (in_.read(read->data(), page_size, number * page_size) != page_size ||
          !detail::is_intact(*read, number))
        throw pages_damaged{};
    } catch (const error&) {
      throw pages_damaged{}; // what cannot be read is made again like what is wrong
    }
    detail::page* other = nullptr;
    if (pages_[number].compare_exchange_strong(other, read.get(), std::memory_order_acq_rel))
      return read.release()->data();
    return other->data(); // another thread was faster
  }

  file<Files> in_;
  std::uint64_t count_;
  std::unique_ptr<std::atomic<detail::page*>[]> pages_;
};

} // namespace evstore::jsonl
