#pragma once

#include <evstore/event_record.hpp>
#include <evstore/jsonl/index_search.hpp>
#include <evstore/jsonl/index_segment.hpp>
#include <evstore/jsonl/index_tail.hpp>
#include <evstore/query.hpp>
#include <evstore/stream_facts.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace evstore::jsonl {

/// Where everything in a log is. Made of parts, each for a run of the log: older ones in files of
/// their own beside it, which opening reads next to nothing of, and the newest in memory.
///
/// Positions are kept in 32 bits: `max_events` is the most that a log can hold. Any number of
/// threads may ask while nobody adds. A damaged file shows as `pages_damaged`, wherever it is
/// touched.
template <file_calls Files>
class log_index {
public:
  static constexpr std::uint64_t max_events = UINT32_MAX - 1;
  using segment = index_segment<Files>;

  log_index() = default;
  /// Goes on behind these parts, which are in order and without a gap.
  explicit log_index(std::vector<std::shared_ptr<const segment>> older)
      : older_{std::move(older)}, tail_{older_.empty() ? 0 : older_.back()->last()} {}

  [[nodiscard]] std::uint64_t head() const noexcept { return tail_.last(); }
  [[nodiscard]] const std::vector<std::shared_ptr<const segment>>& older() const noexcept {
    return older_;
  }
  [[nodiscard]] const index_tail& tail() const noexcept { return tail_; }

  [[nodiscard]] stream_state state_of(const hashed_text& stream) const {
    stream_state state;
    if (const auto known = find_stream(stream)) state.version = stream_version{known->version};
    if (const auto fact = fact_of(stream.text, head())) {
      state.first = stream_version{fact->first};
      state.tombstoned = fact->tombstone != 0;
    }
    return state;
  }

  /// So many streams will be asked for soon.
  template <class NameOf>
  void expect_streams(std::size_t count, NameOf name_of) const noexcept {
    tail_.expect_streams(count, name_of);
  }

  /// The version that the next event of the stream has.
  [[nodiscard]] std::uint64_t due(std::string_view stream) const {
    const auto known = find_stream(stream);
    return known ? known->version + std::uint64_t{1} : 1;
  }

  /// Adds the next event, which stands at `offset`. It is in order: `head() + 1`, and of the version
  /// that is due in its stream.
  void add(const event_view& event, std::uint64_t offset) {
    add(event, enter_stream(event.stream), offset);
  }
  /// The same for who adds several events of a stream: `number` is what `enter_stream` says.
  void add(const event_view& event, std::uint32_t number, std::uint64_t offset) {
    if (!is_reserved(event.type)) return tail_.add(event, number, offset);
    const stream_state after = state_of(event.stream).after(event.type, event.data);
    tail_.add(event, number, offset);
    std::uint32_t shown_from = tail_.stream(number).last;
    if (after.first < after.version)
      positions_of(event.stream, after.first.value(), after.first.value(), &shown_from);
    tail_.add_fact(number, {tail_.stream(number).last, shown_from, after.first.value(),
                            after.tombstoned ? 1U : 0U});
  }
  std::uint32_t enter_stream(const hashed_text& name) {
    if (const auto number = tail_.find_stream(name)) return *number;
    const auto known = find_stream(name);
    return tail_.enter_stream(name, known ? known->last : 0, known ? known->version : 0);
  }

  [[nodiscard]] std::uint64_t offset_of(std::uint64_t position) const {
    return in_part(position, [&](const auto& part) { return part.offset_of(position); });
  }

  /// Where the events of a stream of versions `first` to `last` stand, which it has had. Constant
  /// time for each, and for the 256 versions behind them.
  void positions_of(std::string_view stream, std::uint64_t first, std::uint64_t last,
                    std::vector<std::uint32_t>& out) const {
    out.clear();
    if (first > last) return;
    out.resize(last - first + 1);
    positions_of(stream, first, last, out.data());
  }

  /// Calls `is_it(position)` for each place where the id may stand until it says true.
  template <class Predicate>
  bool find_id(std::string_view stream, const event_id& id, Predicate is_it) const {
    const std::uint64_t key = id_table::key(stream, id);
    if (tail_.find_id(key, is_it)) return true;
    for (auto part = older_.rbegin(); part != older_.rend(); ++part)
      if ((*part)->find_id(key, is_it)) return true;
    return false;
  }

  /// Whether anything of the log is hidden from somebody.
  [[nodiscard]] bool hides_any() const noexcept {
    return tail_.has_facts() || std::any_of(older_.begin(), older_.end(),
                                            [](const auto& part) { return part->has_facts(); });
  }
  /// Whether a reader who sees the log up to `head` sees the event at `position`.
  [[nodiscard]] bool shows(std::uint64_t position, std::uint64_t head) const {
    if (!hides_any()) return true;
    const std::string_view stream = in_part(
        position, [&](const auto& part) { return part.stream_name(part.stream_at(position)); });
    const auto fact = fact_of(stream, head);
    return !fact || position >= fact->shown_from;
  }

  /// The matching events of [first, last] that a reader of the log up to `head` sees, ascending
  /// from `first` or descending from `last`; at most `limit`.
  void matches(const query& which, std::uint64_t first, std::uint64_t last, bool descending,
               std::uint64_t head, std::size_t limit, std::vector<std::uint32_t>& out) const {
    out.clear();
    const auto take = [&](std::uint64_t position) {
      if (shows(position, head)) out.push_back(static_cast<std::uint32_t>(position));
      return out.size() < limit;
    };
    const auto in = [&](const auto& part) {
      return search(part, which, std::max(first, part.first()), std::min(last, part.last()),
                    descending, take);
    };
    if (descending) {
      if (!in(tail_)) return;
      for (auto part = older_.rbegin(); part != older_.rend(); ++part)
        if (!in(**part)) return;
    } else {
      for (const auto& part : older_)
        if (!in(*part)) return;
      in(tail_);
    }
  }

  [[nodiscard]] std::optional<std::uint64_t> first_match(const query& which,
                                                         std::uint64_t after) const {
    std::vector<std::uint32_t> found;
    matches(which, after + 1, head(), false, head(), 1, found);
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
  template <class Ask>
  auto in_part(std::uint64_t position, Ask ask) const {
    if (position >= tail_.first()) return ask(tail_);
    const auto part = std::lower_bound(
        older_.begin(), older_.end(), position,
        [](const auto& candidate, std::uint64_t wanted) { return candidate->last() < wanted; });
    return ask(**part);
  }

  void positions_of(std::string_view stream, std::uint64_t first, std::uint64_t last,
                    std::uint32_t* out) const {
    const auto take = [&](const auto& part) {
      const auto number = part.find_stream(stream);
      if (!number) return false;
      const index_stream known = part.stream(*number);
      const std::uint64_t from = std::max(first, known.version_before + std::uint64_t{1});
      const std::uint64_t to = std::min<std::uint64_t>(last, known.version);
      if (from <= to) part.positions_of(*number, from, to, out + (from - first));
      return from == first; // what comes before is of no interest
    };
    if (take(tail_)) return;
    for (auto part = older_.rbegin(); part != older_.rend(); ++part)
      if (take(**part)) return;
  }

  [[nodiscard]] std::optional<index_stream> find_stream(const hashed_text& name) const {
    if (const auto number = tail_.find_stream(name)) return tail_.stream(*number);
    for (auto part = older_.rbegin(); part != older_.rend(); ++part)
      if (const auto number = (*part)->find_stream(name.text)) return (*part)->stream(*number);
    return std::nullopt;
  }

  [[nodiscard]] std::optional<index_fact> fact_of(std::string_view stream,
                                                  std::uint64_t head) const {
    const auto in = [&](const auto& part) -> std::optional<index_fact> {
      if (!part.has_facts()) return std::nullopt;
      const auto number = part.find_stream(stream);
      return number ? part.fact(*number, head) : std::nullopt;
    };
    auto found = in(tail_);
    for (auto part = older_.rbegin(); !found && part != older_.rend(); ++part) found = in(**part);
    return found;
  }

  std::vector<std::shared_ptr<const segment>> older_;
  index_tail tail_;
  std::unordered_map<std::uint64_t, std::uint64_t> unsaid_versions_;
};

} // namespace evstore::jsonl
