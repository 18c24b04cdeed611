#pragma once

#include <evstore/query.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace evstore::jsonl {

/// The events that one item of a query matches in one part of the index, in either direction. Types
/// are looked for along the part's column of types, tags in the list of the rarest one's bearers.
template <class Part>
class item_search {
public:
  item_search(const Part& part, const query_item& item)
      : part_{&part}, any_type_{item.types.empty()} {
    for (const std::string& type : item.types)
      if (const auto number = part.find_type(type)) types_.push_back(*number);
    possible_ = any_type_ || !types_.empty();
    for (const std::string& tag : item.tags) {
      const auto number = part.find_tag(tag);
      possible_ = possible_ && number;
      if (number) tags_.push_back(*number);
    }
    // The rarest tag leads, the others are asked.
    std::sort(tags_.begin(), tags_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return part.bearer_count(a) < part.bearer_count(b);
    });
  }

  /// The first match in [first, last], or the last one; 0 if there is none.
  [[nodiscard]] std::uint64_t next(std::uint64_t first, std::uint64_t last, bool descending) const {
    if (!possible_ || first > last) return 0;
    return tags_.empty() ? by_type(first, last, descending) : by_tag(first, last, descending);
  }

private:
  [[nodiscard]] bool has_type(std::uint64_t position) const {
    return any_type_ ||
           std::find(types_.begin(), types_.end(), part_->type_at(position)) != types_.end();
  }
  [[nodiscard]] bool has_other_tags(std::uint64_t position) const {
    return std::all_of(tags_.begin() + 1, tags_.end(), [&](std::uint32_t tag) {
      const std::uint64_t place = first_bearer(tag, position);
      return place < part_->bearer_count(tag) && part_->bearer(tag, place) == position;
    });
  }
  /// The place in a tag's list of the first bearer that is not before `position`.
  [[nodiscard]] std::uint64_t first_bearer(std::uint32_t tag, std::uint64_t position) const {
    std::uint64_t begin = 0;
    for (std::uint64_t end = part_->bearer_count(tag); begin < end;) {
      const std::uint64_t middle = begin + (end - begin) / 2;
      if (part_->bearer(tag, middle) < position)
        begin = middle + 1;
      else
        end = middle;
    }
    return begin;
  }

  [[nodiscard]] std::uint64_t by_type(std::uint64_t first, std::uint64_t last,
                                      bool descending) const {
    const auto is_late = [&](std::uint32_t type) { return part_->last_of_type(type) >= first; };
    if (std::none_of(types_.begin(), types_.end(), is_late)) return 0;
    if (descending) {
      for (std::uint64_t p = last; p >= first; --p)
        if (has_type(p)) return p;
    } else {
      for (std::uint64_t p = first; p <= last; ++p)
        if (has_type(p)) return p;
    }
    return 0;
  }

  [[nodiscard]] std::uint64_t by_tag(std::uint64_t first, std::uint64_t last,
                                     bool descending) const {
    const std::uint32_t rarest = tags_.front();
    std::uint64_t begin = first_bearer(rarest, first);
    std::uint64_t end = first_bearer(rarest, last + 1);
    while (begin < end) {
      const std::uint64_t position =
          descending ? part_->bearer(rarest, --end) : part_->bearer(rarest, begin++);
      if (has_type(position) && has_other_tags(position)) return position;
    }
    return 0;
  }

  const Part* part_;
  std::vector<std::uint32_t> types_;
  std::vector<std::uint32_t> tags_;
  bool any_type_;
  bool possible_ = true;
};

/// Puts out the positions in [first, last] of a part that match any of the items, from `first` on
/// or, descending, from `last` on, until `take(position)` says that it has enough.
template <class Part, class Take>
bool search(const Part& part, const query& which, std::uint64_t first, std::uint64_t last,
            bool descending, Take take) {
  if (first > last) return true;
  std::vector<item_search<Part>> items;
  std::vector<std::uint64_t> ahead; // the next match of each item; 0: none is left
  for (const query_item& item : which.items()) {
    items.emplace_back(part, item);
    ahead.push_back(items.back().next(first, last, descending));
  }
  while (first <= last) {
    std::uint64_t found = 0;
    if (which.is_all()) {
      found = descending ? last : first;
    } else {
      for (const std::uint64_t candidate : ahead)
        if (candidate != 0 && (found == 0 || (descending ? candidate > found : candidate < found)))
          found = candidate;
      if (found == 0) return true;
    }
    (descending ? last : first) = descending ? found - 1 : found + 1;
    for (std::size_t i = 0; i < items.size(); ++i)
      if (ahead[i] == found) ahead[i] = items[i].next(first, last, descending);
    if (!take(found)) return false;
  }
  return true;
}

} // namespace evstore::jsonl
