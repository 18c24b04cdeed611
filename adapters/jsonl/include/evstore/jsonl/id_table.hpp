#pragma once

#include <evstore/event_id.hpp>
#include <evstore/jsonl/name_table.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace evstore::jsonl {

/// Where an event id of a stream may stand: positions under a 64-bit hash of both, of which half is
/// kept. The record at a candidate says whether it is the one. 10 to 21 bytes an id.
class id_table {
public:
  struct entry {
    std::uint32_t check;
    std::uint32_t position; // 0: free
  };
  /// The table itself: a power of two of places, found by the check, or none.
  [[nodiscard]] const std::vector<entry>& entries() const noexcept { return slots_; }

  static std::uint64_t key(std::string_view stream, const event_id& id) noexcept {
    return detail::hash_bytes({reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()},
                              detail::hash_bytes(stream));
  }

  void add(std::uint64_t key, std::uint32_t position) {
    if ((count_ + 1) * 4 > slots_.size() * 3) grow();
    put(slots_, {check_of(key), position});
    ++count_;
  }

  /// Calls `is_it(position)` for each candidate until it says true, and returns whether it did.
  template <class Predicate>
  bool find(std::uint64_t key, Predicate is_it) const {
    if (slots_.empty()) return false;
    const std::uint32_t check = check_of(key);
    for (std::size_t slot = check & (slots_.size() - 1); slots_[slot].position != 0;
         slot = (slot + 1) & (slots_.size() - 1))
      if (slots_[slot].check == check && is_it(slots_[slot].position)) return true;
    return false;
  }

private:
  static std::uint32_t check_of(std::uint64_t key) noexcept {
    return static_cast<std::uint32_t>(key >> 32);
  }
  static void put(std::vector<entry>& slots, entry taken) noexcept {
    std::size_t at = taken.check & (slots.size() - 1);
    while (slots[at].position != 0) at = (at + 1) & (slots.size() - 1);
    slots[at] = taken;
  }
  void grow() {
    constexpr std::size_t least = 64;
    std::vector<entry> larger(slots_.empty() ? least : slots_.size() * 2);
    for (const entry& taken : slots_)
      if (taken.position != 0) put(larger, taken);
    slots_ = std::move(larger);
  }

  std::vector<entry> slots_;
  std::size_t count_ = 0;
};

} // namespace evstore::jsonl
