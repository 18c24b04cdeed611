#pragma once

#include <evstore/detail/perfect_hash.hpp>
#include <evstore/fixed_string.hpp>
#include <evstore/stream_facts.hpp>
#include <evstore/stream_name.hpp>
#include <evstore/upcast.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

/// The closed set of events of a program: stored names and schema versions in one place.
///
///     struct bank : evstore::event_set<
///         named<"account_opened", account_opened>,
///         named<"money_moved", versions<money_moved_v1, money_moved>>> {};
///
/// A mistake in it is a compile-time error of one line: an undescribed type or member, a name that
/// stands twice or cannot be stored, a missing upcast.

namespace evstore {

/// An event under its stored name. `Event` is the event's type (schema version 1), or the
/// `versions` that it has had. The name, not the type's, is what stands in the log: types may be
/// renamed.
template <fixed_string Name, class Event>
struct named {
  using history = versions<Event>;
  using event = Event;
  static constexpr std::string_view name = Name.view();
};

template <fixed_string Name, class... Shapes>
struct named<Name, versions<Shapes...>> {
  using history = versions<Shapes...>;
  using event = typename history::current;
  static constexpr std::string_view name = Name.view();
};

namespace detail {

// Never defined: the compiler's complaint about the missing definition is the diagnostic.
template <class Event>
struct EVENT_HAS_NO_STORED_NAME;
template <class Event>
struct EVENT_NAME_CANNOT_BE_STORED;
template <class First, class Second>
struct TWO_EVENTS_HAVE_ONE_NAME;
template <class Event>
struct EVENT_STANDS_TWICE_IN_THE_SET;
template <class Event, class Set>
struct EVENT_IS_NOT_IN_THE_SET;

/// One base of a set for each of its events: finding an event is choosing an overload.
template <std::size_t I, class Event>
struct event_slot {};

template <class Indices, class... Named>
struct event_slots;
template <std::size_t... I, class... Named>
struct event_slots<std::index_sequence<I...>, Named...> : event_slot<I, typename Named::event>... {
};

template <class Event, std::size_t I>
constexpr std::size_t slot_of(const event_slot<I, Event>*) noexcept {
  return I;
}

template <class... Named>
struct event_table {
  static constexpr std::size_t size = sizeof...(Named);
  static constexpr std::array<std::string_view, size> names{Named::name...};
  static constexpr std::array<std::uint32_t, size> schemas{Named::history::current_schema...};
  static constexpr perfect_hash<size> index{names};

  template <std::size_t I>
  using history_at = typename std::tuple_element_t<I, std::tuple<Named...>>::history;
  template <std::size_t I>
  using event_at = typename history_at<I>::current;

  using slots = event_slots<std::make_index_sequence<size>, Named...>;
};

// Nothing that exists once for each event may have the whole table in its name: mangling it would
// cost more than all the rest.
template <class Event, class Slots>
concept has_one_slot = requires(const Slots* slots) { slot_of<Event>(slots); };

template <class Named>
inline constexpr bool is_named = false;
template <fixed_string Name, class Event>
inline constexpr bool is_named<named<Name, Event>> = true;

// Checks have deduced return types and are named in `decltype` only: so they are instantiated, which
// is what complains, and never evaluated, which would complain again about the complaint.

template <class Named>
constexpr auto check_event() {
  if constexpr (!is_named<Named>)
    return sizeof(EVENT_HAS_NO_STORED_NAME<Named>);
  else if constexpr (!name_defect(Named::name).empty() || is_reserved(Named::name))
    return sizeof(EVENT_NAME_CANNOT_BE_STORED<Named>);
  else
    return sizeof(decltype(check_versions(typename Named::history{})));
}

template <class... Named>
constexpr auto check_names_and_types() {
  using table = event_table<Named...>;
  constexpr auto name = table::index.repeated();
  constexpr std::array<bool, table::size> alone{
      has_one_slot<typename Named::event, typename table::slots>...};
  constexpr std::size_t twice = std::find(alone.begin(), alone.end(), false) - alone.begin();
  if constexpr (name[0] != name[1])
    return sizeof(TWO_EVENTS_HAVE_ONE_NAME<typename table::template event_at<name[0]>,
                                           typename table::template event_at<name[1]>>);
  else if constexpr (twice != table::size)
    return sizeof(EVENT_STANDS_TWICE_IN_THE_SET<typename table::template event_at<twice>>);
}

template <class... Named>
constexpr auto check_event_set() {
  // Braced lists, because clang expands a fold over at most 256 events.
  [[maybe_unused]] const std::size_t each[] = {0, sizeof(decltype(check_event<Named>()))...};
  constexpr std::array<bool, sizeof...(Named)> sound{is_named<Named>...};
  if constexpr (std::find(sound.begin(), sound.end(), false) == sound.end())
    return check_names_and_types<Named...>();
}

} // namespace detail

/// Inherit from it to name the set: `struct bank : event_set<...> {};` keeps messages short.
template <class... Named>
struct event_set {
  using checked = decltype(detail::check_event_set<Named...>());
  using definition = event_set;
  using table = detail::event_table<Named...>;
  static constexpr std::size_t size = sizeof...(Named);
};

/// A type that inherits from `event_set<...>`.
template <class S>
concept any_event_set =
    requires { typename S::definition; } && std::is_base_of_v<typename S::definition, S>;

/// Whether `Event` is the current shape of an event of the set.
template <any_event_set Set, class Event>
inline constexpr bool contains = detail::has_one_slot<Event, typename Set::table::slots>;

/// The place of an event type in its set, from 0.
template <any_event_set Set, class Event>
inline constexpr std::size_t event_index = [] {
  if constexpr (!contains<Set, Event>)
    return sizeof(detail::EVENT_IS_NOT_IN_THE_SET<Event, Set>);
  else
    return detail::slot_of<Event>(static_cast<const typename Set::table::slots*>(nullptr));
}();

/// The name under which an event type is stored.
template <any_event_set Set, class Event>
inline constexpr std::string_view event_name = Set::table::names[event_index<Set, Event>];

/// The schema version that new events of the type are stored with.
template <any_event_set Set, class Event>
inline constexpr std::uint32_t event_schema = Set::table::schemas[event_index<Set, Event>];

/// The shapes that an event type has had.
template <any_event_set Set, class Event>
using event_history = typename Set::table::template history_at<event_index<Set, Event>>;

/// The event type at a place.
template <any_event_set Set, std::size_t I>
using event_at = typename Set::table::template event_at<I>;

/// The place of the event with that stored name. Constant time.
template <any_event_set Set>
constexpr std::optional<std::size_t> index_of(std::string_view name) noexcept {
  const std::size_t at = Set::table::index.find(name);
  return at == Set::size ? std::nullopt : std::optional{at};
}

namespace detail {
template <class... Named>
auto variant_over(event_set<Named...>*) -> std::variant<typename Named::event...>;
}

/// A variant over all events of a set, for those who want one: the library never makes it.
template <any_event_set Set>
using variant_of = decltype(detail::variant_over(static_cast<typename Set::definition*>(nullptr)));

} // namespace evstore
