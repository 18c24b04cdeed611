#pragma once

#include <evstore/jsonl/id_table.hpp>
#include <evstore/jsonl/index_pages.hpp>
#include <evstore/jsonl/index_tail.hpp>
#include <evstore/jsonl/name_table.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::jsonl {

namespace detail {

/// A place in a hash table; `number` counts from 1, 0 is a free place.
struct index_slot {
  std::uint32_t hash = 0;
  std::uint32_t number = 0;
};
struct stream_entry {
  paged_text name;
  index_stream known;
  std::uint32_t first_place = 0; ///< where the positions of its events are, of this part
  std::uint32_t first_fact = 0;
  std::uint32_t fact_count = 0;
};
struct type_entry {
  paged_text name;
  std::uint32_t last = 0;
  std::uint32_t unused = 0;
};
struct tag_entry {
  paged_text name;
  std::uint32_t first_bearer = 0;
  std::uint32_t bearer_count = 0;
};

/// The first page: what stands where. All numbers in the byte order of the machines that the
/// adapter runs on, little-endian.
struct segment_header {
  static constexpr std::array<char, 16> right_magic{'e', 'v', 's', 't', 'o', 'r', 'e', ' ',
                                                    'i', 'n', 'd', 'e', 'x', ' ', '2', '\n'};
  std::array<char, 16> magic = right_magic;
  std::uint64_t first = 0; ///< position
  std::uint64_t last = 0;
  paged_array<std::uint64_t> offsets;
  paged_array<std::uint32_t> places; ///< positions, those of a stream one behind the other
  paged_array<std::uint32_t> streams;
  paged_array<std::uint32_t> types;
  paged_array<index_slot> stream_slots;
  paged_array<stream_entry> stream_entries;
  paged_array<index_fact> facts;
  paged_array<type_entry> type_entries;
  paged_array<index_slot> tag_slots;
  paged_array<tag_entry> tag_entries;
  paged_array<std::uint32_t> bearers;
  paged_array<index_slot> ids;
};

/// A table of `count` numbers by their hashes, at most half full.
template <class HashOf>
std::vector<index_slot> make_slots(std::size_t count, HashOf hash_of) {
  std::size_t size = 16;
  while (size < 2 * count) size *= 2;
  std::vector<index_slot> slots(size);
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = static_cast<std::uint32_t>(i);
    const std::uint32_t hash = hash_of(number);
    std::size_t at = hash & (size - 1);
    while (slots[at].number != 0) at = (at + 1) & (size - 1);
    slots[at] = {hash, number + 1};
  }
  return slots;
}

inline std::uint32_t name_hash(std::string_view name) noexcept {
  return static_cast<std::uint32_t>(hash_bytes(name));
}

} // namespace detail

/// An older part of the log's index, in a file that never changes: the same answers as
/// `index_tail`, read from pages when they are asked for. Throws `pages_damaged`.
template <file_calls Files>
class index_segment {
public:
  explicit index_segment(file<Files> in) : pages_{std::move(in)} {
    header_ = pages_.template header<detail::segment_header>();
    if (header_.magic != detail::segment_header::right_magic) throw pages_damaged{};
    for (std::uint64_t i = 0; i < header_.type_entries.count; ++i)
      types_.push_back(pages_.get(header_.type_entries, i));
  }

  /// Writes what the tail knows.
  static void write(const file<Files>& out, const index_tail& tail) {
    page_writer<Files> pages{out};
    detail::segment_header header;
    header.first = tail.first();
    header.last = tail.last();
    const std::uint64_t events = tail.last() - tail.first() + 1;
    header.offsets = pages.template write_array<std::uint64_t>(
        events, [&](std::uint64_t i) { return tail.offset_of(tail.first() + i); });
    header.streams = pages.template write_array<std::uint32_t>(
        events, [&](std::uint64_t i) { return tail.stream_at(tail.first() + i); });
    header.types = pages.template write_array<std::uint32_t>(
        events, [&](std::uint64_t i) { return tail.type_at(tail.first() + i); });
    write_streams(pages, tail, header);
    write_types_and_tags(pages, tail, header);
    header.ids = write_slots(pages, [&] {
      std::vector<detail::index_slot> slots;
      for (const auto& taken : tail.ids().entries()) slots.push_back({taken.check, taken.position});
      return slots;
    }());
    pages.finish(header);
  }

  [[nodiscard]] std::uint64_t first() const noexcept { return header_.first; }
  [[nodiscard]] std::uint64_t last() const noexcept { return header_.last; }

  [[nodiscard]] std::optional<std::uint32_t> find_stream(std::string_view name) const {
    return find(header_.stream_slots, header_.stream_entries, name);
  }
  [[nodiscard]] index_stream stream(std::uint32_t number) const {
    return pages_.get(header_.stream_entries, number).known;
  }
  [[nodiscard]] std::string_view stream_name(std::uint32_t number) const {
    return pages_.get(pages_.get(header_.stream_entries, number).name);
  }
  /// Puts out where the versions `first` to `last` of a stream stand, which are of this part.
  void positions_of(std::uint32_t number, std::uint64_t first, std::uint64_t last,
                    std::uint32_t* out) const {
    const detail::stream_entry entry = pages_.get(header_.stream_entries, number);
    const std::uint64_t before = entry.first_place - std::uint64_t{1} - entry.known.version_before;
    for (std::uint64_t version = first; version <= last; ++version)
      *out++ = pages_.get(header_.places, before + version);
  }

  [[nodiscard]] bool has_facts() const noexcept { return header_.facts.count != 0; }
  /// The newest fact about the stream that is not behind `head`. Logarithmic in how many there are.
  [[nodiscard]] std::optional<index_fact> fact(std::uint32_t number, std::uint64_t head) const {
    const detail::stream_entry entry = pages_.get(header_.stream_entries, number);
    std::optional<index_fact> newest;
    for (std::uint32_t begin = 0, end = entry.fact_count; begin != end;) {
      const std::uint32_t middle = begin + (end - begin) / 2;
      const index_fact one = pages_.get(header_.facts, entry.first_fact + middle);
      if (one.position <= head) {
        newest = one;
        begin = middle + 1;
      } else {
        end = middle;
      }
    }
    return newest;
  }

  [[nodiscard]] std::uint64_t offset_of(std::uint64_t position) const {
    return pages_.get(header_.offsets, position - first());
  }
  [[nodiscard]] std::uint32_t stream_at(std::uint64_t position) const {
    return pages_.get(header_.streams, position - first());
  }
  [[nodiscard]] std::uint32_t type_at(std::uint64_t position) const {
    return pages_.get(header_.types, position - first());
  }

  [[nodiscard]] std::optional<std::uint32_t> find_type(std::string_view type) const {
    for (std::size_t i = 0; i < types_.size(); ++i)
      if (pages_.get(types_[i].name) == type) return static_cast<std::uint32_t>(i);
    return std::nullopt;
  }
  [[nodiscard]] std::uint32_t last_of_type(std::uint32_t number) const noexcept {
    return types_[number].last;
  }

  [[nodiscard]] std::optional<std::uint32_t> find_tag(std::string_view tag) const {
    return find(header_.tag_slots, header_.tag_entries, tag);
  }
  [[nodiscard]] std::uint64_t bearer_count(std::uint32_t tag) const {
    return pages_.get(header_.tag_entries, tag).bearer_count;
  }
  [[nodiscard]] std::uint32_t bearer(std::uint32_t tag, std::uint64_t i) const {
    return pages_.get(header_.bearers, pages_.get(header_.tag_entries, tag).first_bearer + i);
  }

  template <class Predicate>
  bool find_id(std::uint64_t key, Predicate is_it) const {
    const std::uint64_t size = header_.ids.count;
    if (size == 0) return false;
    const auto check = static_cast<std::uint32_t>(key >> 32);
    for (std::uint64_t at = check & (size - 1), left = size; left != 0; --left) {
      const detail::index_slot slot = pages_.get(header_.ids, at);
      if (slot.number == 0) return false;
      if (slot.hash == check && is_it(slot.number)) return true;
      at = (at + 1) & (size - 1);
    }
    return false;
  }

private:
  static paged_array<detail::index_slot> write_slots(page_writer<Files>& pages,
                                                     const std::vector<detail::index_slot>& slots) {
    return pages.template write_array<detail::index_slot>(
        slots.size(), [&](std::uint64_t i) { return slots[i]; });
  }

  static void write_streams(page_writer<Files>& pages, const index_tail& tail,
                            detail::segment_header& header) {
    std::vector<detail::stream_entry> entries(tail.stream_count());
    std::vector<index_fact> facts;
    std::uint32_t first_place = 0;
    pages.next_page();
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
      detail::stream_entry& entry = entries[i];
      entry.name = pages.write_text(tail.stream_name(i));
      entry.known = tail.stream(i);
      entry.first_place = first_place;
      first_place += entry.known.version - entry.known.version_before;
      entry.first_fact = static_cast<std::uint32_t>(facts.size());
      if (const auto* found = tail.facts(i))
        facts.insert(facts.end(), found->begin(), found->end());
      entry.fact_count = static_cast<std::uint32_t>(facts.size()) - entry.first_fact;
    }
    header.stream_entries = pages.template write_array<detail::stream_entry>(
        entries.size(), [&](std::uint64_t i) { return entries[i]; });
    const std::vector<std::uint32_t> places = places_of(tail, entries);
    header.places = pages.template write_array<std::uint32_t>(
        places.size(), [&](std::uint64_t i) { return places[i]; });
    header.facts = pages.template write_array<index_fact>(
        facts.size(), [&](std::uint64_t i) { return facts[i]; });
    header.stream_slots =
        write_slots(pages, detail::make_slots(entries.size(), [&](std::uint32_t i) {
                      return detail::name_hash(tail.stream_name(i));
                    }));
  }

  /// The positions of all events, ascending in each stream.
  static std::vector<std::uint32_t> places_of(const index_tail& tail,
                                              const std::vector<detail::stream_entry>& entries) {
    std::vector<std::uint32_t> next;
    next.reserve(entries.size());
    for (const detail::stream_entry& entry : entries) next.push_back(entry.first_place);
    std::vector<std::uint32_t> places(tail.last() - tail.first() + 1);
    for (std::uint64_t position = tail.first(); position <= tail.last(); ++position)
      places[next[tail.stream_at(position)]++] = static_cast<std::uint32_t>(position);
    return places;
  }

  static void write_types_and_tags(page_writer<Files>& pages, const index_tail& tail,
                                   detail::segment_header& header) {
    std::vector<detail::type_entry> types(tail.type_count());
    std::vector<detail::tag_entry> tags(tail.tag_count());
    pages.next_page();
    for (std::uint32_t i = 0; i < types.size(); ++i)
      types[i] = {pages.write_text(tail.type_name(i)), tail.last_of_type(i)};
    std::uint64_t bearers = 0;
    for (std::uint32_t i = 0; i < tags.size(); ++i) {
      tags[i] = {pages.write_text(tail.tag_name(i)), static_cast<std::uint32_t>(bearers),
                 static_cast<std::uint32_t>(tail.bearer_count(i))};
      bearers += tail.bearer_count(i);
    }
    header.type_entries = pages.template write_array<detail::type_entry>(
        types.size(), [&](std::uint64_t i) { return types[i]; });
    header.tag_entries = pages.template write_array<detail::tag_entry>(
        tags.size(), [&](std::uint64_t i) { return tags[i]; });
    std::uint32_t tag = 0;
    std::uint64_t place = 0;
    header.bearers = pages.template write_array<std::uint32_t>(bearers, [&](std::uint64_t) {
      while (place == tail.bearer_count(tag)) {
        ++tag;
        place = 0;
      }
      return tail.bearer(tag, place++);
    });
    header.tag_slots = write_slots(pages, detail::make_slots(tags.size(), [&](std::uint32_t i) {
                                     return detail::name_hash(tail.tag_name(i));
                                   }));
  }

  template <class Entry>
  std::optional<std::uint32_t> find(const paged_array<detail::index_slot>& slots,
                                    const paged_array<Entry>& entries,
                                    std::string_view name) const {
    const std::uint32_t hash = detail::name_hash(name);
    for (std::uint64_t at = hash & (slots.count - 1), left = slots.count; left != 0; --left) {
      const detail::index_slot slot = pages_.get(slots, at);
      if (slot.number == 0) return std::nullopt;
      if (slot.hash == hash && pages_.get(pages_.get(entries, slot.number - 1).name) == name)
        return slot.number - 1;
      at = (at + 1) & (slots.count - 1);
    }
    throw pages_damaged{}; // a table is never full
  }

  page_reader<Files> pages_;
  detail::segment_header header_;
  std::vector<detail::type_entry> types_;
};

} // namespace evstore::jsonl
