#pragma once

#include <evstore/value_kind.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>

/// Old events fold into new types: the log stays as it is, and each schema version is brought up to
/// the next by a pure function that is found by argument-dependent lookup:
///
///     struct money_moved_v1 { std::int64_t cents; };
///     struct money_moved    { std::int64_t cents; std::string reason; };
///     money_moved upcast(const money_moved_v1& old) { return {old.cents, "unknown"}; }
///
///     evstore::named<"money_moved", evstore::versions<money_moved_v1, money_moved>>

namespace evstore {

/// The shapes an event has had, oldest first. A type's place in the list, from 1, is its schema
/// version; the last is what the program works with.
template <class... Shapes>
  requires(sizeof...(Shapes) > 0)
struct versions {
  static constexpr std::uint32_t current_schema = sizeof...(Shapes);

  /// The shape of a schema version, from 1.
  template <std::uint32_t Schema>
  using shape = std::tuple_element_t<Schema - 1, std::tuple<Shapes...>>;
  using current = shape<current_schema>;
};

/// Whether `Old` is brought up to `New` by one call of `upcast`.
template <class Old, class New>
concept upcasts_to = requires(const Old& old) {
  { upcast(old) } -> std::convertible_to<New>;
};

namespace detail {

// Never defined: the compiler's complaint about the missing definition is the diagnostic.
template <class Old, class New>
struct UPCAST_IS_MISSING;

template <class Versions, std::uint32_t Schema>
constexpr auto check_upcast() {
  using old = typename Versions::template shape<Schema>;
  using next = typename Versions::template shape<Schema + 1>;
  if constexpr (upcasts_to<old, next>)
    return true;
  else
    return sizeof(UPCAST_IS_MISSING<old, next>) != 0;
}

/// Every shape is described, and each but the last is brought up to the next.
template <class... Shapes>
constexpr auto check_versions(versions<Shapes...>) {
  []<std::uint32_t... I>(std::integer_sequence<std::uint32_t, I...>) {
    static_cast<void>((check_upcast<versions<Shapes...>, I + 1>() && ...));
  }(std::make_integer_sequence<std::uint32_t, sizeof...(Shapes) - 1>{});
  return (check_described<Shapes>() && ...);
}

} // namespace detail

/// Brings an event of the given schema version up to the current shape, step by step.
template <class Versions, std::uint32_t Schema>
constexpr typename Versions::current bring_up_to_date(
    const typename Versions::template shape<Schema>& old) {
  if constexpr (Schema == Versions::current_schema) {
    return old;
  } else {
    const typename Versions::template shape<Schema + 1> next = upcast(old);
    return bring_up_to_date<Versions, Schema + 1>(next);
  }
}

} // namespace evstore
