#pragma once

#include <evstore/error.hpp>
#include <evstore/event_record.hpp>
#include <evstore/event_set.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace evstore {

/// What becomes of a stored event whose type the event set does not name.
enum class unknown_events : std::uint8_t {
  error,    ///< `errc::unknown_event`, naming stream, version, position and type
  skip,     ///< passed over
  preserve, ///< not decoded, and handed on: in `folded::preserved`, or as a typed event of its own
};

/// Declared here, defined by <evstore/json/read.hpp>, which is the only header that costs simdjson:
/// who only appends does not pay for it, and who forgets it reads its name in the compiler's
/// complaint. `T` is an event set or a state.
template <class T>
struct INCLUDE_evstore_json_read_hpp_TO_DECODE;

namespace detail {

inline error_place place_of(const event_view& event) {
  error_place place;
  place.stream = event.stream;
  place.version = event.version.value();
  place.position = event.position.value();
  place.type = event.type;
  return place;
}

[[noreturn]] inline void throw_unknown(const event_view& event) {
  throw error{errc::unknown_event,
              "the event set does not name this type; name it there, or read with "
              "unknown_events::skip or unknown_events::preserve",
              place_of(event)};
}

/// The reader knows the payload; who called it knows where the payload stands.
[[noreturn]] inline void rethrow_at(const error& failed, const event_view& event) {
  error_place place = place_of(event);
  place.path = failed.place().path;
  place.byte = failed.place().byte;
  throw error{failed.code(), failed.message(), std::move(place)};
}

} // namespace detail

namespace detail {

/// Decodes a stored event of which it is known where its type stands in the set.
template <class Set, class Visitor>
void decode_at(std::size_t index, const event_view& event, Visitor& visitor) try {
  INCLUDE_evstore_json_read_hpp_TO_DECODE<Set>::visit_at(index, event.schema, event.data, visitor);
} catch (const error& failed) {
  const bool ours = failed.code() == errc::decode_failed && failed.place().stream.empty();
  if (!ours) throw; // what the visitor throws passes through
  rethrow_at(failed, event);
}

} // namespace detail

/// Decodes a stored event, brought to its current schema, and calls `visitor(const Event&)` in
/// place. False, and nothing called, if the set does not name the type. Throws
/// `errc::decode_failed` with stream, version, position, type and JSON path.
template <class Set, class Visitor>
bool decode_event(const event_view& event, Visitor&& visitor) {
  const std::optional<std::size_t> index = index_of<Set>(event.type);
  if (index) detail::decode_at<Set>(*index, event, visitor);
  return index.has_value();
}

/// The same for events that a cursor lends together, one after the other: calls
/// `visitor(const event_view&, const Event&)`, or `unknown(const event_view&)` where the set does
/// not name the type.
///
/// The fast way through many events: the type of each is looked up before the event in front of it
/// is decoded, because a processor that learns late where to go on has to stop and wait for it.
template <class Set, class Visitor, class Unknown>
void decode_events(std::span<const event_view> events, Visitor&& visitor, Unknown&& unknown) {
  if (events.empty()) return;
  std::optional<std::size_t> next = index_of<Set>(events.front().type);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const event_view& event = events[i];
    const std::optional<std::size_t> index = next;
    if (i + 1 < events.size()) next = index_of<Set>(events[i + 1].type);
    if (!index) {
      unknown(event);
      continue;
    }
    const auto take = [&](const auto& decoded) { visitor(event, decoded); };
    detail::decode_at<Set>(*index, event, take);
  }
}

/// Decodes a stored event of which it is known that it is an `Event`; instantiates nothing for the
/// other types of the set. Throws as `decode_event` does.
template <class Set, class Event>
Event decode_as(const event_view& event) try {
  Event decoded{};
  INCLUDE_evstore_json_read_hpp_TO_DECODE<Set>::template read_event<Event>(event.schema, event.data,
                                                                           decoded);
  return decoded;
} catch (const error& failed) {
  detail::rethrow_at(failed, event);
}

/// Reads a state that a snapshot has kept. Throws `errc::decode_failed` with the JSON path.
template <class State>
void decode_state(std::string_view text, State& state) {
  INCLUDE_evstore_json_read_hpp_TO_DECODE<State>::read(text, state);
}

} // namespace evstore
