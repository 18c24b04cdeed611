#pragma once

#include <evstore/event_record.hpp>
#include <evstore/jsonl/id_table.hpp>
#include <evstore/jsonl/name_table.hpp>
#include <evstore/query.hpp>
#include <evstore/stream_facts.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace evstore::jsonl {

/// Where everything is: for each event its place in the file, its stream, its type and the event of
/// its stream before it; for each stream its state; for each tag the events that bear it. 20 bytes
/// an event, 4 for each tag on it, 10 to 21 for an id; and for each name 24 bytes and the name.
///
/// Positions are kept in 32 bits: `max_events` is the most that a log can hold. Not synchronised.
class log_index {
public:
  static constexpr std::uint64_t max_events = UINT32_MAX - 1;

  [[nodiscard]] std::uint64_t head() const noexcept { return count_; }

  [[nodiscard]] stream_state state_of(std::string_view stream) const noexcept {
    const auto number = streams_.find(stream);
    return number ? state_of(*number) : stream_state{};
  }

  /// Adds the next event, which stands at `offset`. It is in order: `head() + 1`, and of the next
  /// version of its stream.
  void add(const event_view& event, std::uint64_t offset) {
    const std::uint32_t stream = streams_.number_of(event.stream);
    const std::uint32_t type = types_.number_of(event.type);
    if (stream == states_.size()) states_.emplace_back();
    if (type == last_of_type_.size()) last_of_type_.push_back(0);
    const auto position = static_cast<std::uint32_t>(count_ + 1);

    if (count_ % block_size == 0) blocks_.push_back(std::make_unique_for_overwrite<block>());
    block& in = *blocks_.back();
    const std::size_t slot = count_ % block_size;
    known_stream& known = states_[stream];
    in.offsets[slot] = offset;
    in.before[slot] = known.last;
    in.streams[slot] = stream;
    in.types[slot] = type;
    ++count_;

    known.last = position;
    ++known.version;
    last_of_type_[type] = position;
    if (known.version % stride == 0) waypoints_[stream].push_back(position);
    if (is_reserved(event.type)) add_fact(stream, event);
    if (event.id) ids_.add(id_table::key(event.stream, *event.id), position);
    for (std::string_view tag : event.tags) {
      const std::uint32_t number = tags_.number_of(tag);
      if (number == bearers_.size()) bearers_.emplace_back();
      bearers_[number].push_back(position);
    }
  }

  [[nodiscard]] std::uint64_t offset_of(std::uint64_t position) const noexcept {
    return at(position).offsets[slot_of(position)];
  }

  /// Where the events of a stream of versions `first` to `last` stand, which it has had. Constant
  /// time for each, and for up to 256 versions between `last` and the stream's end.
  void positions_of(std::string_view stream, std::uint64_t first, std::uint64_t last,
                    std::vector<std::uint32_t>& out) const {
    out.clear();
    const auto number = streams_.find(stream);
    if (!number || first > last) return;
    std::uint32_t position = states_[*number].last;
    std::uint64_t version = states_[*number].version;
    const std::uint64_t waypoint = (last + stride - 1) / stride; // the first one at or behind last
    if (waypoint * stride <= version) {
      position = waypoints_.find(*number)->second[waypoint - 1];
      version = waypoint * stride;
    }
    for (; version > last; --version) position = before(position);
    out.resize(last - first + 1);
    for (std::size_t i = out.size(); i-- > 0; position = before(position)) out[i] = position;
  }

  /// Calls `is_it(position)` for each place where the id may stand until it says true.
  template <class Predicate>
  bool find_id(std::string_view stream, const event_id& id, Predicate is_it) const {
    return ids_.find(id_table::key(stream, id), is_it);
  }

  /// Whether a reader who sees the log up to `head` sees the event at `position`.
  [[nodiscard]] bool shows(std::uint64_t position, std::uint64_t head) const noexcept {
    if (facts_.empty()) return true;
    const auto facts = facts_.find(at(position).streams[slot_of(position)]);
    if (facts == facts_.end()) return true;
    std::uint64_t shown_from = 0;
    for (const known_fact& fact : facts->second)
      if (fact.position <= head) shown_from = fact.shown_from;
    return position >= shown_from;
  }
  /// Whether any event of the log is hidden from somebody.
  [[nodiscard]] bool hides_any() const noexcept { return !facts_.empty(); }

  /// The matching events of [first, last] that a reader of the log up to `head` sees, ascending
  /// from `first` or descending from `last`; at most `limit`.
  void matches(const query& which, std::uint64_t first, std::uint64_t last, bool descending,
               std::uint64_t head, std::size_t limit, std::vector<std::uint32_t>& out) const;

  [[nodiscard]] std::optional<std::uint64_t> first_match(const query& which,
                                                         std::uint64_t after) const {
    std::vector<std::uint32_t> found;
    matches(which, after + 1, count_, false, count_, 1, found);
    if (found.empty()) return std::nullopt;
    return found.front();
  }

  /// For records of another program that do not say their version.
  void note_version(std::uint64_t position, std::uint64_t version) {
    unsaid_versions_.emplace(position, version);
  }
  [[nodiscard]] std::uint64_t noted_version(std::uint64_t position) const {
    const auto found = unsaid_versions_.find(position);
    return found == unsaid_versions_.end() ? 0 : found->second;
  }

private:
  static constexpr std::size_t block_size = 4096;
  static constexpr std::size_t stride = 256;

  /// Columns, so that a search for a type touches types only.
  struct block {
    std::uint64_t offsets[block_size];
    std::uint32_t before[block_size];
    std::uint32_t streams[block_size];
    std::uint32_t types[block_size];
  };
  struct known_stream {
    std::uint32_t last = 0; // position
    std::uint32_t version = 0;
  };
  struct known_fact {
    std::uint32_t position;
    std::uint32_t shown_from; // position
    std::uint64_t first;      // version
    bool tombstone;
  };
  class item_search;

  static std::size_t slot_of(std::uint64_t position) noexcept {
    return (position - 1) % block_size;
  }
  [[nodiscard]] const block& at(std::uint64_t position) const noexcept {
    return *blocks_[(position - 1) / block_size];
  }
  [[nodiscard]] std::uint32_t before(std::uint32_t position) const noexcept {
    return position == 0 ? 0 : at(position).before[slot_of(position)];
  }
  [[nodiscard]] std::uint32_t type_at(std::uint64_t position) const noexcept {
    return at(position).types[slot_of(position)];
  }

  [[nodiscard]] stream_state state_of(std::uint32_t number) const noexcept {
    stream_state state{stream_version{states_[number].version}};
    if (facts_.empty()) return state;
    if (const auto facts = facts_.find(number); facts != facts_.end()) {
      state.first = stream_version{facts->second.back().first};
      state.tombstoned = facts->second.back().tombstone;
    }
    return state;
  }

  /// The fact is the stream's last event already.
  void add_fact(std::uint32_t stream, const event_view& event) {
    const stream_state now = state_of(stream);
    stream_state before = now;
    before.version = stream_version{now.version.value() - 1};
    const stream_state after = before.after(event.type, event.data);
    std::uint32_t shown_from = states_[stream].last;
    for (std::uint64_t version = now.version.value(); version > after.first.value(); --version)
      shown_from = this->before(shown_from);
    facts_[stream].push_back(
        {states_[stream].last, shown_from, after.first.value(), after.tombstoned});
  }

  std::uint64_t count_ = 0;
  std::vector<std::unique_ptr<block>> blocks_;
  name_table streams_;
  name_table types_;
  name_table tags_;
  std::vector<known_stream> states_;                // by number of the stream
  std::vector<std::uint32_t> last_of_type_;         // by number of the type
  std::vector<std::vector<std::uint32_t>> bearers_; // by number of the tag
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> waypoints_; // versions 256, 512, …
  std::unordered_map<std::uint32_t, std::vector<known_fact>> facts_;
  std::unordered_map<std::uint64_t, std::uint64_t> unsaid_versions_;
  id_table ids_;
};

/// The matches of one item, in either direction.
class log_index::item_search {
public:
  item_search(const log_index& index, const query_item& item) : index_{index} {
    for (const std::string& type : item.types)
      if (const auto number = index.types_.find(type)) types_.push_back(*number);
    possible_ = item.types.empty() || !types_.empty();
    any_type_ = item.types.empty();
    for (const std::string& tag : item.tags) {
      const auto number = index.tags_.find(tag);
      possible_ = possible_ && number;
      if (possible_) bearers_.push_back(&index.bearers_[*number]);
    }
    // The rarest tag leads, the others are asked.
    std::sort(bearers_.begin(), bearers_.end(),
              [](const auto* a, const auto* b) { return a->size() < b->size(); });
  }

  /// The first match in [first, last], or the last one; 0 if there is none.
  [[nodiscard]] std::uint64_t next(std::uint64_t first, std::uint64_t last, bool descending) const {
    if (!possible_ || first > last) return 0;
    return bearers_.empty() ? by_type(first, last, descending) : by_tag(first, last, descending);
  }

private:
  [[nodiscard]] bool has_type(std::uint64_t position) const noexcept {
    return any_type_ ||
           std::find(types_.begin(), types_.end(), index_.type_at(position)) != types_.end();
  }
  [[nodiscard]] bool has_tags(std::uint32_t position) const noexcept {
    return std::all_of(bearers_.begin() + 1, bearers_.end(), [&](const auto* bearers) {
      return std::binary_search(bearers->begin(), bearers->end(), position);
    });
  }

  [[nodiscard]] std::uint64_t by_type(std::uint64_t first, std::uint64_t last,
                                      bool descending) const noexcept {
    const auto is_late = [&](std::uint32_t type) { return index_.last_of_type_[type] >= first; };
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
                                     bool descending) const noexcept {
    const auto& rarest = *bearers_.front();
    auto begin = std::lower_bound(rarest.begin(), rarest.end(), first);
    auto end = std::upper_bound(begin, rarest.end(), last);
    const auto fits = [&](std::uint32_t p) { return has_type(p) && has_tags(p); };
    if (descending) {
      while (end != begin)
        if (fits(*--end)) return *end;
    } else {
      for (; begin != end; ++begin)
        if (fits(*begin)) return *begin;
    }
    return 0;
  }

  const log_index& index_;
  std::vector<std::uint32_t> types_;
  std::vector<const std::vector<std::uint32_t>*> bearers_;
  bool any_type_ = true;
  bool possible_ = true;
};

inline void log_index::matches(const query& which, std::uint64_t first, std::uint64_t last,
                               bool descending, std::uint64_t head, std::size_t limit,
                               std::vector<std::uint32_t>& out) const {
  out.clear();
  std::vector<item_search> items;
  std::vector<std::uint64_t> ahead; // the next match of each item; 0: none is left
  for (const query_item& item : which.items()) {
    items.emplace_back(*this, item);
    ahead.push_back(items.back().next(first, last, descending));
  }
  while (out.size() < limit && first <= last) {
    std::uint64_t found = 0;
    if (which.is_all()) {
      found = descending ? last : first;
    } else {
      for (const std::uint64_t candidate : ahead)
        if (candidate != 0 && (found == 0 || (descending ? candidate > found : candidate < found)))
          found = candidate;
      if (found == 0) return;
    }
    (descending ? last : first) = descending ? found - 1 : found + 1;
    for (std::size_t i = 0; i < items.size(); ++i)
      if (ahead[i] == found) ahead[i] = items[i].next(first, last, descending);
    if (shows(found, head)) out.push_back(static_cast<std::uint32_t>(found));
  }
}

} // namespace evstore::jsonl
