#pragma once

#include <evstore/commit.hpp>
#include <evstore/event_record.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The rules of append in one place: whether a commit is well-formed, and whether a store in a
/// given state takes it. Adapters that keep their own index (memory, JSONL) ask `admit`, and so
/// agree.

namespace evstore {

namespace detail {

inline bool has_duplicate(std::vector<std::string_view> names) {
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

/// The id as a text to compare; borrowed.
inline std::string_view bytes_of(const event_id& id) noexcept {
  return {reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()};
}

inline void require_valid(const new_event& event, std::string_view stream, bool last_of_write) {
  const auto refuse = [&](errc code, std::string_view why) {
    error_place place;
    place.stream = stream;
    place.type = event.type;
    throw error{code, why, std::move(place)};
  };

  if (const auto defect = name_defect(event.type); !defect.empty())
    refuse(errc::invalid_argument, std::string{"the event type name "}.append(defect));
  if (event.schema == 0) refuse(errc::invalid_argument, "schema versions begin at 1");
  if (!event.data.is_object()) refuse(errc::invalid_payload, "data must be a JSON object");
  if (!event.metadata.empty() && !event.metadata.is_object())
    refuse(errc::invalid_payload, "metadata must be a JSON object");
  if (event.time && !is_writable(*event.time))
    refuse(errc::invalid_argument, "the recorded time lies outside the years 0000 to 9999");
  for (std::string_view tag : event.tags)
    if (const auto defect = name_defect(tag); !defect.empty())
      refuse(errc::invalid_argument, std::string{"a tag "}.append(defect));
  if (event.tags.size() > 1 && has_duplicate({event.tags.begin(), event.tags.end()}))
    refuse(errc::invalid_argument, "an event bears the same tag twice");
  if (!is_reserved(event.type)) return;
  const bool truncation = event.type == fact::truncated && parse_truncated(event.data.text());
  const bool tombstone = event.type == fact::tombstoned && event.data.text() == "{}";
  if (!truncation && !tombstone)
    refuse(errc::invalid_argument, "event types that begin with $ are reserved for stream facts");
  if (tombstone && !last_of_write)
    refuse(errc::invalid_argument, "a tombstone is the last event of its stream");
}

/// Calls `see(event, stream)` for every event of the commit, in order.
template <class Visitor>
void for_each_event(const commit_view& commit, Visitor see) {
  for (const stream_write& write : commit.writes)
    for (const new_event& event : write.events) see(event, write.stream);
}

} // namespace detail

/// Throws `errc::invalid_argument` or `errc::invalid_payload` for a commit that no store could ever
/// take: bad names, also those of the library, a stream named twice, an id used twice in a stream, data that is not an object,
/// nothing at all. Linear in the commit, but for the sorting of its streams and of a write's ids.
inline void require_valid(const commit_view& commit) {
  if (commit.writes.empty() && commit.conditions.empty())
    throw error{errc::invalid_argument, "a commit names at least one stream or condition"};
  for (const stream_write& write : commit.writes) {
    require_name(write.stream, "stream");
    if (is_reserved(write.stream))
      detail::refuse_name(write.stream, "stream name", "begins with $, which is the library's");
    for (std::size_t e = 0; e < write.events.size(); ++e)
      detail::require_valid(write.events[e], write.stream, e + 1 == write.events.size());
    std::vector<std::string_view> ids;
    for (const new_event& event : write.events)
      if (event.id && write.events.size() > 1) ids.push_back(detail::bytes_of(*event.id));
    if (detail::has_duplicate(std::move(ids))) {
      error_place place;
      place.stream = write.stream;
      throw error{errc::invalid_argument, "a commit uses an event id once in a stream", place};
    }
  }
  if (commit.writes.size() < 2) return;
  std::vector<std::string_view> streams;
  streams.reserve(commit.writes.size());
  for (const stream_write& write : commit.writes) streams.push_back(write.stream);
  if (detail::has_duplicate(std::move(streams)))
    throw error{errc::invalid_argument, "a commit names each stream once"};
}

/// What an adapter must know about its store to judge a commit.
template <class I>
concept commit_index = requires(const I& index, std::string_view stream, const event_id& id,
                                const query& which, global_position after) {
  { index.head() } -> std::same_as<global_position>;
  { index.state_of(stream) } -> std::same_as<stream_state>;
  /// The event of that stream with that id, also if it is no longer shown.
  { index.find_event(stream, id) } -> std::same_as<std::optional<event_record>>;
  /// The first shown event after a position that the query matches.
  { index.first_match(which, after) } -> std::same_as<std::optional<global_position>>;
};

namespace detail {

/// Whether the stored event is what the new one would have become. Metadata and recorded time do
/// not count: they speak of the attempt, and a retry is another one.
inline bool is_same_event(const new_event& event, const event_record& stored) noexcept {
  return stored.type == event.type && stored.schema == event.schema &&
         stored.data == event.data.text() &&
         std::equal(stored.tags.begin(), stored.tags.end(), event.tags.begin(), event.tags.end());
}

/// What the ids alone decide: the original receipt if the commit is stored, a conflict if anything
/// else is stored under one of its ids, and nothing if its ids are new.
template <commit_index Index>
std::optional<append_result> recognise(const Index& index, const commit_view& commit) {
  const std::size_t count = commit.event_count();
  std::vector<std::optional<event_record>> stored; // by place in the commit; filled if there is one
  std::size_t i = 0;
  for_each_event(commit, [&](const new_event& event, std::string_view stream) {
    std::optional<event_record> found;
    if (event.id) found = index.find_event(stream, *event.id);
    if (found) {
      stored.resize(count);
      stored[i] = std::move(found);
    }
    ++i;
  });
  if (stored.empty()) return std::nullopt;

  const event_record* other = nullptr; // the first that is not the part of this commit it should be
  bool complete = true;
  i = 0;
  for_each_event(commit, [&](const new_event& event, std::string_view) {
    const std::optional<event_record>& old = stored[i++];
    complete = complete && old;
    if (!old || other != nullptr) return;
    const bool in_place = old->commit.index == i && old->commit.count == count && stored.front() &&
                          old->position.value() + 1 == stored.front()->position.value() + i;
    if (!in_place || !is_same_event(event, *old)) other = &*old;
  });
  if (!complete || other != nullptr) {
    const auto known = [](const auto& event) { return event.has_value(); };
    if (other == nullptr) other = &**std::find_if(stored.begin(), stored.end(), known);
    return append_result{
        failure{append_conflict{append_conflict::kind::event_id, other->stream, any,
                                index.state_of(other->stream).version, other->position}}};
  }

  append_receipt receipt{stored.front()->position, stored.back()->position, {}, true};
  receipt.versions.reserve(commit.writes.size());
  std::size_t end = 0;
  for (const stream_write& write : commit.writes) {
    end += write.events.size();
    receipt.versions.push_back(write.events.empty() ? index.state_of(write.stream).version
                                                    : stored[end - 1]->version);
  }
  return append_result{std::move(receipt)};
}

[[noreturn]] inline void refuse_beyond(const append_condition& condition, global_position head) {
  throw error{errc::invalid_argument, "an append condition looks after position " +
                                          std::to_string(condition.after.value()) +
                                          ", beyond the head " + std::to_string(head.value())};
}

inline append_conflict conflict_of(append_conflict::kind reason, const stream_write& write,
                                   const stream_state& state) {
  return {reason, std::string{write.stream}, write.expected, state.version, std::nullopt};
}

} // namespace detail

/// Judges a commit that `require_valid` has passed against a store:
///
/// 1. Idempotency comes first: if every event has an id and all are stored as this commit, the
///    original receipt, `replayed`. If any id is stored otherwise, an `event_id` conflict.
/// 2. Then each stream's tombstone and expected version, in the commit's order.
/// 3. Then each append condition, in the commit's order. One whose `after` lies beyond the head is
///    refused with `errc::invalid_argument`: its reader cannot have seen this store.
///
/// An admitted commit gets the receipt that it will have once it is written; positions are dense.
template <commit_index Index>
append_result admit(const Index& index, const commit_view& commit) {
  if (auto decided = detail::recognise(index, commit)) return *std::move(decided);

  const global_position head = index.head();
  const std::size_t count = commit.event_count();
  append_receipt receipt{count == 0 ? head : head.next(), global_position{head.value() + count}};
  receipt.versions.reserve(commit.writes.size());
  for (const stream_write& write : commit.writes) {
    const stream_state state = index.state_of(write.stream);
    if (state.tombstoned && !write.events.empty())
      return failure{detail::conflict_of(append_conflict::kind::tombstoned, write, state)};
    if (!write.expected.met_by(state.version))
      return failure{detail::conflict_of(append_conflict::kind::version, write, state)};
    receipt.versions.push_back(stream_version{state.version.value() + write.events.size()});
  }
  for (const append_condition& condition : commit.conditions) {
    if (condition.after > head) detail::refuse_beyond(condition, head);
    if (const auto at = index.first_match(condition.matching, condition.after))
      return failure{append_conflict{append_conflict::kind::condition,
                                     condition.matching.to_string(), any, stream_version{}, at}};
  }
  return receipt;
}

} // namespace evstore
