#pragma once

#include <evstore/commit.hpp>
#include <evstore/event_record.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The rules of append in one place: whether a commit is well-formed, and whether a store in a given
/// state takes it. Adapters that keep their own index (memory, JSONL) ask `admit`, and so agree.

namespace evstore {

namespace detail {

inline void require_valid(const new_event& event, std::string_view stream, bool last_of_write) {
  error_place place;
  place.stream = stream;
  place.type = event.type;
  const auto refuse = [&](errc code, std::string_view why) { throw error{code, why, place}; };

  if (const auto defect = name_defect(event.type); !defect.empty())
    refuse(errc::invalid_argument, std::string{"the event type name "}.append(defect));
  if (event.schema == 0) refuse(errc::invalid_argument, "schema versions begin at 1");
  if (!event.data.is_object()) refuse(errc::invalid_payload, "data must be a JSON object");
  if (!event.metadata.empty() && !event.metadata.is_object())
    refuse(errc::invalid_payload, "metadata must be a JSON object");
  if (event.time && !is_writable(*event.time))
    refuse(errc::invalid_argument, "the recorded time lies outside the years 0000 to 9999");
  for (std::size_t i = 0; i < event.tags.size(); ++i) {
    if (const auto defect = name_defect(event.tags[i]); !defect.empty())
      refuse(errc::invalid_argument, std::string{"a tag "}.append(defect));
    if (std::find(event.tags.begin(), event.tags.begin() + static_cast<std::ptrdiff_t>(i),
                  event.tags[i]) != event.tags.begin() + static_cast<std::ptrdiff_t>(i))
      refuse(errc::invalid_argument, "an event bears the same tag twice");
  }
  if (!is_reserved(event.type)) return;
  const bool truncation = event.type == fact::truncated && parse_truncated(event.data.text());
  const bool tombstone = event.type == fact::tombstoned && event.data.text() == "{}";
  if (!truncation && !tombstone)
    refuse(errc::invalid_argument, "event types that begin with $ are reserved for stream facts");
  if (tombstone && !last_of_write)
    refuse(errc::invalid_argument, "a tombstone is the last event of its stream");
}

/// Calls `see(event, write, index_in_write)` for every event of the commit, in order.
template <class Visitor>
void for_each_event(const commit_view& commit, Visitor&& see) {
  for (std::size_t w = 0; w < commit.writes.size(); ++w)
    for (std::size_t e = 0; e < commit.writes[w].events.size(); ++e)
      see(commit.writes[w].events[e], w, e);
}

} // namespace detail

/// Throws `errc::invalid_argument` or `errc::invalid_payload` for a commit that no store could ever
/// take: bad names, a stream named twice, an id used twice, data that is not an object, nothing at
/// all. Linear in the commit; quadratic only in the number of streams and ids of one commit.
inline void require_valid(const commit_view& commit) {
  if (commit.writes.empty() && commit.conditions.empty())
    throw error{errc::invalid_argument, "a commit names at least one stream or condition"};
  for (std::size_t w = 0; w < commit.writes.size(); ++w) {
    const stream_write& write = commit.writes[w];
    require_name(write.stream, "stream");
    for (std::size_t earlier = 0; earlier < w; ++earlier)
      if (commit.writes[earlier].stream == write.stream)
        throw error{errc::invalid_argument,
                    "a commit names each stream once: " + std::string{write.stream}};
    for (std::size_t e = 0; e < write.events.size(); ++e) {
      const new_event& event = write.events[e];
      detail::require_valid(event, write.stream, e + 1 == write.events.size());
      for (std::size_t earlier = 0; event.id && earlier < e; ++earlier)
        if (write.events[earlier].id == event.id)
          throw error{errc::invalid_argument,
                      "a commit uses each event id once: " + event.id->to_string()};
    }
  }
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

/// Whether every event that has an id is stored already. Throws nothing; looks each id up once.
template <commit_index Index>
std::vector<std::optional<event_record>> find_events(const Index& index,
                                                     const commit_view& commit) {
  std::vector<std::optional<event_record>> found;
  for_each_event(commit, [&](const new_event& event, std::size_t w, std::size_t) {
    if (event.id)
      found.push_back(index.find_event(commit.writes[w].stream, *event.id));
    else
      found.emplace_back();
  });
  return found;
}

/// Whether the stored events are this very commit: same order, same payloads, one unit.
inline bool is_same_commit(const commit_view& commit,
                           const std::vector<std::optional<event_record>>& stored) {
  std::size_t i = 0;
  bool same = true;
  for_each_event(commit, [&](const new_event& event, std::size_t, std::size_t) {
    const std::optional<event_record>& old = stored[i];
    same = same && old && old->type == event.type && old->schema == event.schema &&
           old->data == event.data.text() && old->commit.index == i + 1 &&
           old->commit.count == stored.size() &&
           (i == 0 || old->position > stored[i - 1]->position);
    ++i;
  });
  // Two commits may look alike, so the parts must also be neighbours: index 1 to count of one unit
  // stand behind each other, with no other event between them.
  return same && stored.back()->position.value() - stored.front()->position.value() + 1 ==
                     stored.size();
}

inline append_conflict conflict_of(append_conflict::kind reason, std::string_view stream,
                                   const stream_state& state, expected_version expected) {
  return {reason, std::string{stream}, expected, state.version, std::nullopt};
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
  const std::size_t count = commit.event_count();
  append_receipt receipt;

  bool any_id = false;
  bool all_ids = count != 0;
  detail::for_each_event(commit, [&](const new_event& event, std::size_t, std::size_t) {
    any_id = any_id || event.id;
    all_ids = all_ids && event.id;
  });
  if (any_id) {
    const auto stored = detail::find_events(index, commit);
    const auto known = [](const auto& event) { return event.has_value(); };
    if (std::any_of(stored.begin(), stored.end(), known)) {
      if (!all_ids || !detail::is_same_commit(commit, stored)) {
        std::size_t i = 0;
        std::string_view stream;
        detail::for_each_event(commit, [&](const new_event&, std::size_t w, std::size_t) {
          if (stored[i++] && stream.empty()) stream = commit.writes[w].stream;
        });
        return failure{detail::conflict_of(append_conflict::kind::event_id, stream,
                                           index.state_of(stream), any)};
      }
      receipt.replayed = true;
      receipt.first = stored.front()->position;
      receipt.last = stored.back()->position;
      std::size_t end = 0;
      for (const stream_write& write : commit.writes) {
        end += write.events.size();
        receipt.versions.push_back(write.events.empty() ? index.state_of(write.stream).version
                                                        : stored[end - 1]->version);
      }
      return receipt;
    }
  }

  receipt.versions.reserve(commit.writes.size());
  for (const stream_write& write : commit.writes) {
    const stream_state state = index.state_of(write.stream);
    if (state.tombstoned && !write.events.empty())
      return failure{detail::conflict_of(append_conflict::kind::tombstoned, write.stream, state,
                                         write.expected)};
    if (!write.expected.met_by(state.version))
      return failure{detail::conflict_of(append_conflict::kind::version, write.stream, state,
                                         write.expected)};
    receipt.versions.push_back(stream_version{state.version.value() + write.events.size()});
  }

  const global_position head = index.head();
  for (const append_condition& condition : commit.conditions) {
    if (condition.after > head)
      throw error{errc::invalid_argument,
                  "an append condition looks after position " +
                      std::to_string(condition.after.value()) + ", beyond the head " +
                      std::to_string(head.value())};
    if (const auto at = index.first_match(condition.matching, condition.after))
      return failure{append_conflict{append_conflict::kind::condition,
                                     condition.matching.to_string(), any, stream_version{}, at}};
  }
  receipt.first = count == 0 ? head : head.next();
  receipt.last = global_position{head.value() + count};
  return receipt;
}

} // namespace evstore
