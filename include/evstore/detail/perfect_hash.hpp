#pragma once

#include <evstore/detail/first_bytes.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace evstore::detail {

constexpr std::uint64_t mix(std::uint64_t value) noexcept {
  value *= 0x9E3779B97F4A7C15u; // 2^64 / golden ratio
  return value ^ (value >> 29);
}

/// Both ends of a text as words, which overlap where it is short: with its length they are all of a
/// text of up to 16 bytes.
struct text_ends {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  constexpr text_ends() = default;
  constexpr explicit text_ends(std::string_view text) noexcept {
    const std::size_t size = text.size();
    const char* const at = text.data();
    if (size < 4) {
      first = last = first_bytes(at, size);
    } else { // no branch on whether it is shorter than a word
      const std::size_t second = size < 8 ? size - 4 : 4;
      const std::size_t third = size < 8 ? 0 : size - 8;
      first = first_bytes(at, 4) | first_bytes(at + second, 4) << 32;
      last = first_bytes(at + third, 4) | first_bytes(at + size - 4, 4) << 32;
    }
  }

  friend constexpr bool operator==(const text_ends&, const text_ends&) = default;
};

/// Looks at both ends and the length only: names of one program rarely agree in all three.
constexpr std::uint64_t hash_ends(const text_ends& ends, std::size_t size) noexcept {
  return mix(ends.first ^ mix(ends.last + size));
}
constexpr std::uint64_t hash_text_ends(std::string_view text) noexcept {
  return hash_ends(text_ends{text}, text.size());
}

constexpr std::uint64_t hash_all(std::string_view text) noexcept {
  std::uint64_t hash = text.size();
  for (std::size_t i = 0; i < text.size(); i += 8)
    hash = mix(hash ^ first_bytes(text.data() + i, text.size() - i));
  return hash;
}

/// Finds the index of a name in a list that is known at compile time: one hash, two loads, one
/// comparison, whatever the number of names. Hash and displace: the names of a bucket share a
/// displacement that was found, at compile time, to send them all to free slots.
template <std::size_t Count>
class perfect_hash {
public:
  consteval explicit perfect_hash(const std::array<std::string_view, Count>& names)
      : names_{names} {
    slots_.fill(free_slot);
    for (std::size_t i = 0; i < Count; ++i) ends_[i] = text_ends{names[i]};
    builder build{*this};
    if (build.fill(&hash_text_ends) || (whole_ = true, build.fill(&hash_all))) build.place();
  }

  /// The index of a name, or `Count`.
  [[nodiscard]] constexpr std::size_t find(std::string_view name) const noexcept {
    const text_ends ends{name};
    const std::uint64_t hash = whole_ ? hash_all(name) : hash_ends(ends, name.size());
    const std::uint16_t at = slots_[slot(hash, displacements_[bucket(hash)])];
    if (at == free_slot || names_[at].size() != name.size() || ends_[at] != ends) return Count;
    return name.size() <= 16 || names_[at] == name ? at : Count;
  }

  /// The indices of two equal names, among which nothing can be found; twice the same if all
  /// differ.
  [[nodiscard]] constexpr std::array<std::size_t, 2> repeated() const noexcept { return repeated_; }

private:
  static_assert(Count < 0xFFFF);
  static constexpr std::uint16_t free_slot = 0xFFFF;
  static constexpr std::size_t bucket_count = std::bit_ceil(Count / 2 + 1);
  static constexpr std::size_t slot_count = std::bit_ceil(2 * Count + 2);

  static constexpr std::size_t bucket(std::uint64_t hash) noexcept { return hash % bucket_count; }
  static constexpr std::size_t slot(std::uint64_t hash, std::uint16_t displacement) noexcept {
    return (mix(hash + displacement) >> 32) % slot_count;
  }

  /// What is needed only while the table is made. Written for the compiler's interpreter, which
  /// takes a microsecond for every few steps: no sorting.
  struct builder {
    perfect_hash& table;
    std::array<std::uint64_t, Count> hashes{};
    std::array<std::uint16_t, Count> next{}; ///< in the same bucket
    std::array<std::uint16_t, bucket_count> first{};
    std::array<std::uint16_t, bucket_count> sizes{};

    /// Sorts the names into buckets; false if two of them have one hash.
    consteval bool fill(std::uint64_t (*hash)(std::string_view)) {
      first.fill(free_slot);
      sizes.fill(0);
      for (std::size_t i = 0; i < Count; ++i) {
        hashes[i] = hash(table.names_[i]);
        const std::size_t in = bucket(hashes[i]);
        for (std::uint16_t at = first[in]; at != free_slot; at = next[at]) {
          if (hashes[at] != hashes[i]) continue;
          if (table.names_[at] == table.names_[i]) table.repeated_ = {at, i};
          return false;
        }
        next[i] = first[in];
        first[in] = static_cast<std::uint16_t>(i);
        ++sizes[in];
      }
      return true;
    }

    /// The fullest buckets first, while there is most room.
    consteval void place() {
      for (std::uint16_t size = *std::max_element(sizes.begin(), sizes.end()); size != 0; --size)
        for (std::size_t in = 0; in < bucket_count; ++in)
          if (sizes[in] == size) displace(in);
    }

    consteval void displace(std::size_t in) {
      for (std::uint16_t& displacement = table.displacements_[in];; ++displacement) {
        std::uint16_t at = first[in];
        while (at != free_slot) {
          std::uint16_t& taken = table.slots_[slot(hashes[at], displacement)];
          if (taken != free_slot) break;
          taken = at;
          at = next[at];
        }
        if (at == free_slot) return;
        for (std::uint16_t back = first[in]; back != at; back = next[back])
          table.slots_[slot(hashes[back], displacement)] = free_slot;
      }
    }
  };

  std::array<std::string_view, Count> names_;
  std::array<text_ends, Count> ends_{};
  std::array<std::uint16_t, bucket_count> displacements_{};
  std::array<std::uint16_t, slot_count> slots_{};
  std::array<std::size_t, 2> repeated_{};
  bool whole_ = false;
};

} // namespace evstore::detail
