#pragma once

#include <evstore/decide.hpp>
#include <evstore/decode.hpp>
#include <evstore/event_record.hpp>
#include <evstore/position.hpp>
#include <evstore/stream_facts.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace evstore {

/// Never defined: the compiler's complaint about it is the diagnostic. Remedy: an overload
/// `void evolve(const Event&)` in the state, or `void evolve(const auto&) {}` for all that it
/// ignores.
template <class State, class Event>
struct STATE_LACKS_evolve_FOR_EVENT;

/// Lets `state` take in `event` through `state.evolve(event)`, or `state.evolve(event, recorded)`
/// where that exists: for states and read models that need the stream, the time or the tags. Pure:
/// a state sees nothing but what is recorded. Usable in constant evaluation.
template <class State, class Event>
constexpr void evolve(State& state, const Event& event, const event_view& recorded = {}) {
  if constexpr (requires { state.evolve(event, recorded); })
    state.evolve(event, recorded);
  else if constexpr (requires { state.evolve(event); })
    state.evolve(event);
  else
    static_cast<void>(sizeof(STATE_LACKS_evolve_FOR_EVENT<State, Event>));
}

/// The state after `events`, in any form that a decision may answer with; nothing is stored or
/// decoded. What given/when/then tests and the laws are built on.
template <class State, class... Events>
constexpr State fold(State state, const Events&... events) {
  [[maybe_unused]] const auto take = [&](const auto& event, const event_details*) {
    evstore::evolve(state, event);
  };
  (evstore::for_each_emitted(events, take), ...);
  return state;
}

/// A state with where it came from. Reads like a pointer to the state.
template <class State>
struct folded {
  State state{};
  stream_version version{};                      ///< of the stream; 0 if folded from a query
  global_position position{};                    ///< everything up to here was seen
  std::optional<stream_version> from_snapshot{}; ///< of the snapshot that replay began at
  std::uint64_t replayed = 0;                    ///< events that the state took in
  bool tombstoned = false;
  /// With `unknown_events::preserve`, the unknown ones among the events that were replayed: a snapshot
  /// does not keep those before it.
  std::vector<event_record> preserved{};
  std::vector<std::string> warnings{}; ///< why a snapshot was passed over, what is missing

  const State& operator*() const noexcept { return state; }
  const State* operator->() const noexcept { return &state; }
};

namespace detail {

/// What the codec calls with each decoded event.
template <class State>
struct evolving {
  folded<State>& into;

  template <class Event>
  void operator()(const event_view& recorded, const Event& event) const {
    evstore::evolve(into.state, event, recorded);
    ++into.replayed;
    into.position = recorded.position;
  }
};

} // namespace detail

/// Stored events into a state. Facts of the library do not reach the state; `take_fact` is called
/// with them.
template <class Set, class State, class TakeFact>
void fold_events(folded<State>& into, std::span<const event_view> events, unknown_events policy,
                 TakeFact take_fact) {
  decode_events<Set>(events, detail::evolving<State>{into}, [&](const event_view& event) {
    if (is_reserved(event.type))
      take_fact(event);
    else if (policy == unknown_events::error)
      detail::throw_unknown(event);
    else if (policy == unknown_events::preserve)
      into.preserved.emplace_back(event);
    into.position = event.position;
  });
}

/// The same, and nothing is done about facts.
template <class Set, class State>
void fold_events(folded<State>& into, std::span<const event_view> events, unknown_events policy) {
  fold_events<Set>(into, events, policy, [](const event_view&) {});
}

template <class Set, class State>
void fold_event(folded<State>& into, const event_view& event, unknown_events policy) {
  fold_events<Set>(into, {&event, 1}, policy);
}

} // namespace evstore
