#pragma once

#include <evstore/config.hpp>
#include <evstore/detail/first_bytes.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace evstore::jsonl {

namespace detail {

/// A mixing hash of bytes; the same in every process and on every machine of one byte order.
inline std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed = 0) noexcept {
  __extension__ using wide = unsigned __int128;
  constexpr std::uint64_t odd = 0x9E37'79B9'7F4A'7C15; // 2^64 / the golden ratio
  const auto mix = [](std::uint64_t a, std::uint64_t b) {
    const wide product = static_cast<wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  std::uint64_t hash = seed ^ (bytes.size() * odd);
  std::size_t left = bytes.size();
  const char* at = bytes.data();
  std::uint64_t word = 0;
  for (; left >= sizeof word; at += sizeof word, left -= sizeof word) {
    std::memcpy(&word, at, sizeof word);
    hash = mix(hash ^ word, odd);
  }
  if (left != 0) {
    hash = mix(hash ^ evstore::detail::first_bytes(at, left), odd);
  }
  return mix(hash ^ odd, odd);
}

} // namespace detail

/// A text with what tables look for it by, for who asks several of them.
struct hashed_text {
  std::string_view text;
  std::uint32_t hash;

  template <std::convertible_to<std::string_view> Text>
  hashed_text(const Text& what) noexcept
      : text{what}, hash{static_cast<std::uint32_t>(detail::hash_bytes(text))} {}
};

/// Texts and their numbers, 0, 1, 2 … in the order of arrival. Texts stay where they are. Constant
/// time; about 24 bytes a name and the name.
class name_table {
public:
  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }
  [[nodiscard]] std::string_view operator[](std::uint32_t number) const noexcept {
    return {names_[number].text, names_[number].size};
  }

  /// Forgets all texts and keeps the memory. Linear in how many there were.
  void clear() noexcept {
    const std::size_t mask = slots_.size() - 1;
    if (names_.size() * 8 > slots_.size()) {
      std::fill(slots_.begin(), slots_.end(), 0U);
    } else {
      for (std::uint32_t i = 0; i < names_.size(); ++i) {
        std::size_t slot = names_[i].hash & mask;
        while (slots_[slot] != i + 1) slot = (slot + 1) & mask;
        slots_[slot] = 0;
      }
    }
    names_.clear();
    if (blocks_.size() > 1) blocks_.erase(blocks_.begin(), blocks_.end() - 1);
    used_ = 0;
  }

  /// Has the processor fetch what `find` will touch for each of so many texts: the places are far from
  /// each other, and to wait for memory three times is better than three times for each.
  template <class TextOf>
  void expect(std::size_t count, TextOf text_of) const noexcept {
    if (names_.empty()) return;
    constexpr std::size_t most = 32; // at once
    std::array<std::size_t, most> slots;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t done = 0; done < count; done += most) {
      const std::size_t some = std::min(most, count - done);
      for (std::size_t i = 0; i < some; ++i) {
        slots[i] = hashed_text{text_of(done + i)}.hash & mask;
        __builtin_prefetch(&slots_[slots[i]]);
      }
      for (std::size_t i = 0; i < some; ++i)
        if (const std::uint32_t found = slots_[slots[i]]) __builtin_prefetch(&names_[found - 1]);
      for (std::size_t i = 0; i < some; ++i)
        if (const std::uint32_t found = slots_[slots[i]])
          __builtin_prefetch(names_[found - 1].text);
    }
  }

  [[nodiscard]] std::optional<std::uint32_t> find(const hashed_text& wanted) const noexcept {
    if (names_.empty()) return std::nullopt;
    const std::uint32_t found = slots_[slot_of(wanted)];
    if (found == 0) return std::nullopt;
    return found - 1;
  }

  /// The number of the text, a new one if it has none.
  std::uint32_t number_of(const hashed_text& wanted) {
    if ((names_.size() + 1) * 4 > slots_.size() * 3) grow();
    std::uint32_t& slot = slots_[slot_of(wanted)];
    if (slot == 0) {
      const std::string_view text = wanted.text;
      names_.push_back({keep(text), static_cast<std::uint32_t>(text.size()), wanted.hash});
      slot = static_cast<std::uint32_t>(names_.size());
    }
    return slot - 1;
  }

private:
  struct name {
    const char* text;
    std::uint32_t size;
    std::uint32_t hash;
  };

  /// The slot that has the text, or the free one where it belongs.
  [[nodiscard]] std::size_t slot_of(const hashed_text& wanted) const noexcept {
    const auto& [text, hash] = wanted;
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash & mask;
    while (slots_[slot] != 0) {
      const name& candidate = names_[slots_[slot] - 1];
      if (candidate.hash == hash && candidate.size == text.size() &&
          std::memcmp(candidate.text, text.data(), text.size()) == 0)
        break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  void grow() {
    constexpr std::size_t least = 64;
    std::vector<std::uint32_t> larger(slots_.empty() ? least : slots_.size() * 2);
    const std::size_t mask = larger.size() - 1;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      std::size_t slot = names_[i].hash & mask;
      while (larger[slot] != 0) slot = (slot + 1) & mask;
      larger[slot] = static_cast<std::uint32_t>(i + 1);
    }
    slots_ = std::move(larger);
  }

  const char* keep(std::string_view text) {
    constexpr std::size_t usual_size = 1 << 16;
    if (blocks_.empty() || text.size() > block_size_ - used_) {
      block_size_ = std::max(usual_size, text.size());
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_size_));
      used_ = 0;
    }
    char* const kept = blocks_.back().get() + used_;
    std::memcpy(kept, text.data(), text.size());
    used_ += text.size();
    return kept;
  }

  std::vector<name> names_;
  std::vector<std::uint32_t> slots_; // 1 + the number of the name; 0: free
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_size_ = 0; // of the last one
  std::size_t used_ = 0;       // of it
};

} // namespace evstore::jsonl
