#pragma once

#include <evstore/event_record.hpp>
#include <evstore/jsonl/id_table.hpp>
#include <evstore/jsonl/name_table.hpp>
#include <evstore/stream_facts.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace evstore::jsonl {

/// A deletion that a part of the log records: who sees the log up to `position` or further sees of
/// the stream only what stands at `shown_from` or behind it.
struct index_fact {
  std::uint32_t position = 0;
  std::uint32_t shown_from = 0;
  std::uint64_t first = 1; ///< the version at `shown_from`
  std::uint32_t tombstone = 0;
  std::uint32_t unused = 0;
};

/// What a part of the log knows of a stream.
struct index_stream {
  std::uint32_t last = 0;           ///< position of its last event
  std::uint32_t version = 0;        ///< of that event
  std::uint32_t version_before = 0; ///< before the part
};

/// The places of every 256th version of a stream: 256, 512, … So a reader need not walk a stream
/// from its end.
inline constexpr std::uint64_t waypoint_stride = 256;

/// The newest part of the log's index, in memory: for each event its place in the file, its stream,
/// its type and the event of its stream before it; for each stream its state; for each tag the
/// events that bear it. 20 bytes an event, 4 for each tag on it, 10 to 21 for an id, and for each
/// name about 40 bytes and the name. Numbers of streams, types and tags are its own.
class index_tail {
public:
  /// For the events behind `before`.
  explicit index_tail(std::uint64_t before = 0) : before_first_{before} {}

  [[nodiscard]] std::uint64_t first() const noexcept { return before_first_ + 1; }
  [[nodiscard]] std::uint64_t last() const noexcept { return before_first_ + count_; }

  // ---- streams

  [[nodiscard]] std::optional<std::uint32_t> find_stream(const hashed_text& name) const noexcept {
    return streams_.find(name);
  }
  /// See `name_table::expect`.
  template <class NameOf>
  void expect_streams(std::size_t count, NameOf name_of) const noexcept {
    streams_.expect(count, name_of);
  }
  [[nodiscard]] const index_stream& stream(std::uint32_t number) const noexcept {
    return states_[number];
  }
  [[nodiscard]] std::string_view stream_name(std::uint32_t number) const noexcept {
    return streams_[number];
  }
  [[nodiscard]] std::size_t stream_count() const noexcept { return states_.size(); }
  /// Enters a stream that has had `version` events before this part, the last of them at `last`.
  std::uint32_t enter_stream(const hashed_text& name, std::uint32_t last, std::uint32_t version) {
    const std::uint32_t number = streams_.number_of(name);
    states_.push_back({last, version, version});
    return number;
  }
  /// Puts out where the versions `first` to `last` of a stream stand, which are of this part.
  /// Constant time for each, and for the 256 versions behind them.
  void positions_of(std::uint32_t number, std::uint64_t first, std::uint64_t last,
                    std::uint32_t* out) const noexcept {
    auto [position, version] = nearest(number, last);
    for (; version > last; --version) position = before(position);
    for (std::uint64_t i = last - first + 1; i-- > 0;) {
      out[i] = position;
      if (i != 0) position = before(position);
    }
  }

  // ---- deletions

  [[nodiscard]] bool has_facts() const noexcept { return !facts_.empty(); }
  /// The newest fact about the stream that is not behind `head`.
  [[nodiscard]] std::optional<index_fact> fact(std::uint32_t number,
                                               std::uint64_t head) const noexcept {
    const auto found = facts_.find(number);
    if (found == facts_.end()) return std::nullopt;
    const auto behind = std::upper_bound(
        found->second.begin(), found->second.end(), head,
        [](std::uint64_t last, const index_fact& one) { return last < one.position; });
    if (behind == found->second.begin()) return std::nullopt;
    return *std::prev(behind);
  }
  [[nodiscard]] const std::vector<index_fact>* facts(std::uint32_t number) const noexcept {
    const auto found = facts_.find(number);
    return found == facts_.end() ? nullptr : &found->second;
  }
  void add_fact(std::uint32_t number, const index_fact& fact) { facts_[number].push_back(fact); }

  // ---- events

  /// Adds the next event, which stands at `offset` and is of the stream of that number.
  void add(const event_view& event, std::uint32_t stream, std::uint64_t offset) {
    const std::uint32_t type = types_.number_of(event.type);
    if (type == last_of_type_.size()) last_of_type_.push_back(0);
    const auto position = static_cast<std::uint32_t>(last() + 1);
    if (count_ % block_size == 0) blocks_.push_back(std::make_unique_for_overwrite<block>());
    block& in = *blocks_.back();
    const std::size_t slot = count_ % block_size;
    index_stream& known = states_[stream];
    in.offsets[slot] = offset;
    in.before[slot] = known.last;
    in.streams[slot] = stream;
    in.types[slot] = type;
    ++count_;

    known.last = position;
    ++known.version;
    last_of_type_[type] = position;
    if (known.version % waypoint_stride == 0) waypoints_[stream].push_back(position);
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
  [[nodiscard]] std::uint32_t stream_at(std::uint64_t position) const noexcept {
    return at(position).streams[slot_of(position)];
  }
  [[nodiscard]] std::uint32_t type_at(std::uint64_t position) const noexcept {
    return at(position).types[slot_of(position)];
  }

  // ---- types, tags and ids

  [[nodiscard]] std::optional<std::uint32_t> find_type(std::string_view type) const noexcept {
    return types_.find(type);
  }
  [[nodiscard]] std::size_t type_count() const noexcept { return last_of_type_.size(); }
  [[nodiscard]] std::string_view type_name(std::uint32_t number) const noexcept {
    return types_[number];
  }
  [[nodiscard]] std::uint32_t last_of_type(std::uint32_t number) const noexcept {
    return last_of_type_[number];
  }

  [[nodiscard]] std::optional<std::uint32_t> find_tag(std::string_view tag) const noexcept {
    return tags_.find(tag);
  }
  [[nodiscard]] std::size_t tag_count() const noexcept { return bearers_.size(); }
  [[nodiscard]] std::string_view tag_name(std::uint32_t number) const noexcept {
    return tags_[number];
  }
  /// How many events bear the tag, and where the i-th stands; ascending.
  [[nodiscard]] std::uint64_t bearer_count(std::uint32_t tag) const noexcept {
    return bearers_[tag].size();
  }
  [[nodiscard]] std::uint32_t bearer(std::uint32_t tag, std::uint64_t i) const noexcept {
    return bearers_[tag][i];
  }

  template <class Predicate>
  bool find_id(std::uint64_t key, Predicate is_it) const {
    return ids_.find(key, is_it);
  }
  [[nodiscard]] const id_table& ids() const noexcept { return ids_; }

private:
  static constexpr std::size_t block_size = 4096;

  /// Columns, so that a search for a type touches types only.
  struct block {
    std::uint64_t offsets[block_size];
    std::uint32_t before[block_size];
    std::uint32_t streams[block_size];
    std::uint32_t types[block_size];
  };

  [[nodiscard]] std::size_t slot_of(std::uint64_t position) const noexcept {
    return (position - first()) % block_size;
  }
  [[nodiscard]] const block& at(std::uint64_t position) const noexcept {
    return *blocks_[(position - first()) / block_size];
  }

  [[nodiscard]] std::uint32_t before(std::uint64_t position) const noexcept {
    return at(position).before[slot_of(position)];
  }

  /// A place in the stream at `version` or as little behind it as is known at once.
  [[nodiscard]] std::pair<std::uint32_t, std::uint64_t> nearest(
      std::uint32_t number, std::uint64_t version) const noexcept {
    const index_stream& known = states_[number];
    const std::uint64_t wanted = (version + waypoint_stride - 1) / waypoint_stride;
    const std::uint64_t skipped = known.version_before / waypoint_stride + 1;
    const auto found = waypoints_.find(number);
    if (found == waypoints_.end() || wanted < skipped || wanted - skipped >= found->second.size())
      return {known.last, known.version};
    return {found->second[wanted - skipped], wanted * waypoint_stride};
  }

  std::uint64_t before_first_;
  std::uint64_t count_ = 0;
  std::vector<std::unique_ptr<block>> blocks_;
  name_table streams_;
  name_table types_;
  name_table tags_;
  std::vector<index_stream> states_;                // by number of the stream
  std::vector<std::uint32_t> last_of_type_;         // by number of the type
  std::vector<std::vector<std::uint32_t>> bearers_; // by number of the tag
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> waypoints_;
  std::unordered_map<std::uint32_t, std::vector<index_fact>> facts_;
  id_table ids_;
};

} // namespace evstore::jsonl
