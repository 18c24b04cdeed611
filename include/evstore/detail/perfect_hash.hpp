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

/// Looks at both ends and the length only: names of one program rarely agree in all three.
constexpr std::uint64_t hash_ends(std::string_view text) noexcept {
  const std::size_t size = text.size();
  const std::uint64_t first = first_bytes(text.data(), size);
  const std::uint64_t last = size <= 8 ? first : first_bytes(text.data() + size - 8, 8);
  return mix(first ^ mix(last + size));
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
    std::array<std::uint64_t, Count> hashes{};
    for (std::size_t i = 0; i < Count; ++i) hashes[i] = hash_ends(names[i]);
    if (!all_differ(hashes)) {
      whole_ = true;
      for (std::size_t i = 0; i < Count; ++i) hashes[i] = hash_all(names[i]);
    }
    slots_.fill(free_slot);
    place(hashes);
  }

  /// The index of a name, or `Count`.
  [[nodiscard]] constexpr std::size_t find(std::string_view name) const noexcept {
    const std::uint64_t hash = whole_ ? hash_all(name) : hash_ends(name);
    const std::uint16_t at = slots_[slot(hash, displacements_[bucket(hash)])];
    return at != free_slot && names_[at] == name ? at : Count;
  }

private:
  static_assert(Count < 0xFFFF);
  static constexpr std::uint16_t free_slot = 0xFFFF;
  static constexpr std::size_t bucket_count = std::bit_ceil(Count / 2 + 1);
  static constexpr std::size_t slot_count = std::bit_ceil(2 * Count + 2);

  static constexpr std::size_t bucket(std::uint64_t hash) noexcept { return hash % bucket_count; }
  static constexpr std::size_t slot(std::uint64_t hash, std::uint16_t displacement) noexcept {
    return (mix(hash + displacement) >> 32) % slot_count;
  }

  static consteval bool all_differ(std::array<std::uint64_t, Count> hashes) {
    std::sort(hashes.begin(), hashes.end());
    return std::adjacent_find(hashes.begin(), hashes.end()) == hashes.end();
  }

  consteval void place(const std::array<std::uint64_t, Count>& hashes) {
    std::array<std::uint16_t, bucket_count> sizes{};
    for (const std::uint64_t hash : hashes) ++sizes[bucket(hash)];
    std::array<std::uint16_t, Count> order{}; // names by bucket, the fullest buckets first
    for (std::size_t i = 0; i < Count; ++i) order[i] = static_cast<std::uint16_t>(i);
    std::sort(order.begin(), order.end(), [&](std::uint16_t a, std::uint16_t b) {
      const std::size_t left = bucket(hashes[a]);
      const std::size_t right = bucket(hashes[b]);
      return sizes[left] != sizes[right] ? sizes[left] > sizes[right] : left < right;
    });
    for (std::size_t begin = 0; begin < Count;) {
      const std::size_t end = begin + sizes[bucket(hashes[order[begin]])];
      displace(hashes, order, begin, end);
      begin = end;
    }
  }

  /// Gives the names `order[begin, end)`, which are one bucket, free slots.
  consteval void displace(const std::array<std::uint64_t, Count>& hashes,
                          const std::array<std::uint16_t, Count>& order, std::size_t begin,
                          std::size_t end) {
    for (std::uint16_t displacement = 0;; ++displacement) {
      std::size_t placed = begin;
      for (; placed < end; ++placed) {
        std::uint16_t& taken = slots_[slot(hashes[order[placed]], displacement)];
        if (taken != free_slot) break;
        taken = order[placed];
      }
      if (placed == end) {
        displacements_[bucket(hashes[order[begin]])] = displacement;
        return;
      }
      for (std::size_t i = begin; i < placed; ++i)
        slots_[slot(hashes[order[i]], displacement)] = free_slot;
    }
  }

  std::array<std::string_view, Count> names_;
  std::array<std::uint16_t, bucket_count> displacements_{};
  std::array<std::uint16_t, slot_count> slots_{};
  bool whole_ = false;
};

} // namespace evstore::detail
