#pragma once

#include <evstore/testing/plain_commit.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evstore::tests {

/// The contract of append and of reading once more, for a model to compare with: one list of events,
/// everything found by looking at all of them, and nothing taken from `admission.hpp` or
/// `stream_state::after`, so that a mistake there is not made here too. Slow on purpose.
class naive_store {
public:
  [[nodiscard]] global_position head() const { return global_position{log_.size()}; }

  [[nodiscard]] stream_state state_of(std::string_view stream) const {
    return state(stream, head());
  }

  /// Throws `errc::invalid_argument` for a condition beyond the head. Every event has a time, and
  /// nothing else about the commit is wrong.
  append_result append(const testing::plain_commit& commit) {
    if (auto known = recognised(commit)) return *std::move(known);
    append_receipt receipt;
    for (const testing::plain_write& write : commit.writes) {
      const stream_state now = state_of(write.stream);
      const bool closed = now.tombstoned && !write.events.empty();
      if (closed || !holds(write.expected, now.version.value()))
        return failure{append_conflict{
            closed ? append_conflict::kind::tombstoned : append_conflict::kind::version,
            write.stream, write.expected, now.version}};
      receipt.versions.emplace_back(now.version.value() + write.events.size());
    }
    for (const append_condition& condition : commit.conditions) {
      if (condition.after > head()) throw error{errc::invalid_argument, "beyond the head"};
      for (const event_record& event : read_all(condition.matching, {}))
        if (event.position > condition.after)
          return failure{append_conflict{append_conflict::kind::condition,
                                         condition.matching.to_string(),
                                         any,
                                         {},
                                         event.position}};
    }

    std::uint32_t count = 0;
    for (const testing::plain_write& write : commit.writes)
      count += static_cast<std::uint32_t>(write.events.size());
    receipt.first = receipt.last = head();
    if (count != 0) receipt.first = head().next();
    std::uint32_t index = 0;
    for (const testing::plain_write& write : commit.writes)
      for (const testing::plain_event& event : write.events) {
        event_record record;
        record.position = receipt.last = head().next();
        record.stream = write.stream;
        record.version = state_of(write.stream).version.next();
        record.type = event.type;
        record.schema = event.schema;
        record.id = event.id;
        record.time = event.time.value();
        record.commit = {++index, count};
        record.tags = event.tags;
        record.data = event.data;
        record.metadata = event.metadata;
        log_.push_back(record);
      }
    return receipt;
  }

  [[nodiscard]] std::vector<event_record> read_stream(std::string_view stream,
                                                      const stream_range& range) const {
    std::vector<event_record> shown;
    for (const event_record& event : log_)
      if (event.stream == stream && event.version >= state_of(stream).first) shown.push_back(event);
    return cut(std::move(shown), range, [](const event_record& event) { return event.version; });
  }

  [[nodiscard]] std::vector<event_record> read_all(const query& which,
                                                   const store_range& range) const {
    std::vector<event_record> shown;
    for (const event_record& event : log_)
      if (event.version >= state_of(event.stream).first && matches(which, event))
        shown.push_back(event);
    return cut(std::move(shown), range, [](const event_record& event) { return event.position; });
  }

private:
  [[nodiscard]] static bool holds(expected_version expected, std::uint64_t version) {
    if (expected == any) return true;
    if (expected == no_stream) return version == 0;
    if (expected == stream_exists) return version > 0;
    return expected.version().value() == version;
  }

  [[nodiscard]] static bool matches(const query& which, const event_record& event) {
    const auto has = [](const auto& list, const std::string& text) {
      return std::count(list.begin(), list.end(), text) != 0;
    };
    if (which.is_all()) return true;
    for (const query_item& item : which.items()) {
      bool good = item.types.empty() || has(item.types, event.type);
      for (const std::string& tag : item.tags) good = good && has(event.tags, tag);
      if (good) return true;
    }
    return false;
  }

  template <class Range, class NumberOf>
  [[nodiscard]] static std::vector<event_record> cut(std::vector<event_record> events,
                                                     const Range& range, NumberOf number_of) {
    const bool reversed = range.order == direction::backwards;
    if (reversed) std::reverse(events.begin(), events.end());
    if (range.from)
      std::erase_if(events, [&](const event_record& event) {
        return reversed ? number_of(event) > *range.from : number_of(event) < *range.from;
      });
    if (range.limit && *range.limit < events.size()) events.resize(*range.limit);
    return events;
  }

  [[nodiscard]] stream_state state(std::string_view stream, global_position head) const {
    std::uint64_t version = 0;
    std::uint64_t first = 1;
    bool tombstoned = false;
    for (const event_record& event : log_) {
      if (event.stream != stream || event.position > head) continue;
      ++version;
      if (event.type == "$tombstoned") {
        tombstoned = true;
        first = version;
      }
      if (event.type == "$truncated") {
        const auto before = std::stoull(event.data.substr(event.data.find(':') + 1));
        first = std::max(first, std::min<std::uint64_t>(before, version));
      }
    }
    return {stream_version{version}, stream_version{first}, tombstoned};
  }

  [[nodiscard]] const event_record* find(std::string_view stream, const event_id& id) const {
    for (const event_record& event : log_)
      if (event.stream == stream && event.id == id) return &event;
    return nullptr;
  }

  /// What the ids of the commit decide, if anything.
  [[nodiscard]] std::optional<append_result> recognised(const testing::plain_commit& commit) const {
    std::vector<const event_record*> stored;
    std::vector<const testing::plain_event*> given;
    append_receipt receipt;
    for (const testing::plain_write& write : commit.writes) {
      for (const testing::plain_event& event : write.events) {
        given.push_back(&event);
        stored.push_back(event.id ? find(write.stream, *event.id) : nullptr);
      }
      receipt.versions.push_back(write.events.empty() ? state_of(write.stream).version
                                 : stored.back()      ? stored.back()->version
                                                      : stream_version{});
    }
    const event_record* any_stored = nullptr;
    const event_record* misplaced = nullptr;
    bool complete = true;
    for (std::size_t i = 0; i < stored.size(); ++i) {
      complete = complete && stored[i] != nullptr;
      if (stored[i] == nullptr) continue;
      if (any_stored == nullptr) any_stored = stored[i];
      const bool in_place =
          stored[0] != nullptr && stored[i] == stored[0] + i &&
          stored[i]->commit == commit_part{static_cast<std::uint32_t>(i + 1),
                                           static_cast<std::uint32_t>(stored.size())};
      const bool same = stored[i]->type == given[i]->type && stored[i]->data == given[i]->data &&
                        stored[i]->schema == given[i]->schema && stored[i]->tags == given[i]->tags;
      if (misplaced == nullptr && !(in_place && same)) misplaced = stored[i];
    }
    if (any_stored == nullptr) return std::nullopt;
    if (!complete || misplaced != nullptr) {
      const event_record& way = misplaced != nullptr ? *misplaced : *any_stored;
      return append_result{failure{append_conflict{append_conflict::kind::event_id, way.stream, any,
                                                   state_of(way.stream).version, way.position}}};
    }
    receipt.first = stored.front()->position;
    receipt.last = stored.back()->position;
    receipt.replayed = true;
    return append_result{receipt};
  }

  std::vector<event_record> log_;
};

} // namespace evstore::tests
