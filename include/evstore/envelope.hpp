#pragma once

#include <evstore/event_id.hpp>
#include <evstore/metadata.hpp>
#include <evstore/timestamp.hpp>

#include <optional>
#include <string>
#include <vector>

namespace evstore {

/// What is said about an event beside the event itself. All of it is optional.
struct event_details {
  std::optional<event_id> id{};    ///< makes a retry of the append safe; see `generate_event_id()`
  std::vector<std::string> tags{}; ///< what queries find the event by, each once
  evstore::metadata metadata{};    ///< who caused it, and what it belongs to
  std::optional<timestamp> time{}; ///< when it was recorded elsewhere; absent: now
};

/// An event with its details, wherever a bare event is accepted:
///
///     envelope{money_moved{500}, {.id = id, .tags = {"owner:ada"}}}
template <class Event>
struct envelope {
  Event event;
  event_details details{};
};

template <class Event>
envelope(Event, event_details = {}) -> envelope<Event>;

} // namespace evstore
