#pragma once

#include <evstore/error.hpp>
#include <evstore/event_id.hpp>
#include <evstore/event_record.hpp>
#include <evstore/expected_version.hpp>
#include <evstore/position.hpp>
#include <evstore/query.hpp>
#include <evstore/raw_json.hpp>
#include <evstore/result.hpp>
#include <evstore/stream_facts.hpp>
#include <evstore/stream_name.hpp>
#include <evstore/timestamp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace evstore {

/// An event on its way to the store. Everything is borrowed for the length of the append call.
struct new_event {
  std::string_view type;
  json_view data; ///< a JSON object
  std::uint32_t schema = 1;
  std::optional<event_id> id{};
  std::span<const std::string_view> tags{};
  json_view metadata{};            ///< a JSON object, or absent
  std::optional<timestamp> time{}; ///< when it was recorded elsewhere; absent: now, by the adapter
};

/// The event as a store shows it from now on, borrowed from what was given. For adapters: the last step
/// of an append.
inline event_view placed(const new_event& event, global_position position, std::string_view stream,
                         stream_version version, commit_part part, timestamp now) noexcept {
  return {position,
          stream,
          version,
          event.type,
          event.schema,
          event.id,
          event.time.value_or(now),
          part,
          event.tags,
          event.data.text(),
          event.metadata.text()};
}

/// Events for one stream, and what is expected of it. Without events it is a guard.
struct stream_write {
  std::string_view stream;
  expected_version expected;
  std::span<const new_event> events{};
};

/// Fails the commit if an event that `matching` matches exists after `after`: the head that the
/// reader saw when it decided. The commit's own events never count.
struct append_condition {
  query matching;
  global_position after{};
};

/// The unit of append: all of it or none of it, in the order of the writes.
struct commit_view {
  std::span<const stream_write> writes{};
  std::span<const append_condition> conditions{};

  [[nodiscard]] std::size_t event_count() const noexcept {
    std::size_t count = 0;
    for (const stream_write& write : writes) count += write.events.size();
    return count;
  }
};

/// What a successful append reports.
struct append_receipt {
  global_position first; ///< of the commit's first event; of the head if it had none
  global_position last;  ///< of the commit's last event; of the head if it had none
  /// Of each written or guarded stream after the commit, in the commit's order. Of a guarded stream
  /// no commit keeps a record, so in a replayed receipt it is the present version.
  std::vector<stream_version> versions{};
  bool replayed = false; ///< true: this very commit was stored before, nothing was written now

  /// The version of the first stream of the commit.
  [[nodiscard]] stream_version version() const noexcept {
    return versions.empty() ? stream_version{} : versions.front();
  }

  friend bool operator==(const append_receipt&, const append_receipt&) = default;
};

/// Why a commit was refused. Nothing of it was written.
struct append_conflict {
  enum class kind : std::uint8_t {
    version,    ///< the stream `what` is not of the `expected` version
    condition,  ///< an event matching the query `what` stands at `at`
    event_id,   ///< the stream `what` has another event under one of the ids, `at`
    tombstoned, ///< the stream `what` takes no more events
  };

  kind reason;
  std::string what; ///< the stream's name; for a condition the query in words
  expected_version expected = any;
  stream_version actual{};
  std::optional<global_position> at{};

  [[nodiscard]] std::string to_string() const {
    switch (reason) {
    case kind::version:
      return "stream " + what + " was expected to be " + expected.to_string() +
             " and has version " + std::to_string(actual.value());
    case kind::condition:
      return "an event that matches " + what + " was appended at position " +
             std::to_string(at ? at->value() : 0);
    case kind::event_id:
      return "stream " + what + " has another event under an id of this commit, at position " +
             std::to_string(at ? at->value() : 0);
    case kind::tombstoned: return "stream " + what + " is tombstoned and takes no more events";
    }
    return "append conflict";
  }

  friend bool operator==(const append_conflict&, const append_conflict&) = default;
};

[[noreturn]] inline void throw_refusal(const append_conflict& conflict) {
  error_place place;
  if (conflict.reason != append_conflict::kind::condition) place.stream = conflict.what;
  if (conflict.at) place.position = conflict.at->value();
  throw error{errc::conflict, conflict.to_string(), place};
}

using append_result = result<append_receipt, append_conflict>;

} // namespace evstore
