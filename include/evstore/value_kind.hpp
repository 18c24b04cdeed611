#pragma once

#include <evstore/describe.hpp>
#include <evstore/raw_json.hpp>
#include <evstore/timestamp.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace evstore {

/// The forms a stored value can take. Every codec and checker of the library branches on these, so
/// a new kind of member is a new word here.
enum class value_kind : std::uint8_t {
  none,        ///< cannot be stored
  nothing,     ///< `std::monostate`, an alternative of a variant
  boolean,     ///<
  integer,     ///< any integral type of at most 64 bits
  floating,    ///< `float`, `double`, `long double`
  text,        ///< `std::string` in UTF-8
  time,        ///< `std::chrono::sys_time` of seconds to nanoseconds
  json,        ///< `raw_json`
  enumeration, ///< described enumeration, by name
  optional,    ///< `std::optional` of anything that has no null of its own
  list,        ///< `std::vector`
  array,       ///< `std::array`
  map,         ///< `std::map` from `std::string`
  variant,     ///< `std::variant` of alternatives with different names
  structure,   ///< described struct
};

template <class T>
constexpr value_kind kind_of() noexcept;

/// The name of a type in stored shapes and of a variant's alternative: `int64`, `string`, `zombie`.
template <class T>
constexpr std::string_view shape_name() noexcept {
  switch (kind_of<T>()) {
  case value_kind::none: return {};
  case value_kind::nothing: return "none";
  case value_kind::boolean: return "bool";
  case value_kind::text: return "string";
  case value_kind::time: return "time";
  case value_kind::json: return "json";
  case value_kind::optional: return "optional";
  case value_kind::list:
  case value_kind::array: return "list";
  case value_kind::map: return "map";
  case value_kind::variant: return "variant";
  case value_kind::floating:
    return sizeof(T) == sizeof(float)    ? "float"
           : sizeof(T) == sizeof(double) ? "double"
                                         : "long_double";
  case value_kind::integer:
    if constexpr (std::is_signed_v<T>)
      return sizeof(T) == 1   ? "int8"
             : sizeof(T) == 2 ? "int16"
             : sizeof(T) == 4 ? "int32"
                              : "int64";
    else
      return sizeof(T) == 1   ? "uint8"
             : sizeof(T) == 2 ? "uint16"
             : sizeof(T) == 4 ? "uint32"
                              : "uint64";
  case value_kind::enumeration:
  case value_kind::structure:
    if constexpr (described<T> || described_enum<T>) return type_name<T>;
  }
  return {};
}

namespace detail {

/// Specialised for each class template that the library stores.
template <class T>
struct template_kind {
  static constexpr value_kind value = value_kind::none;
};

/// Elements of a container: a null must mean one thing, so `raw_json` is optional only as a member.
template <class T>
inline constexpr bool storable_element = kind_of<T>() != value_kind::none;
template <>
inline constexpr bool storable_element<std::optional<raw_json>> = false;

constexpr value_kind kind_if(bool storable, value_kind kind) noexcept {
  return storable ? kind : value_kind::none;
}

template <class T>
struct template_kind<std::optional<T>> {
  static constexpr value_kind element = kind_of<T>();
  static constexpr value_kind value =
      kind_if(element != value_kind::none && element != value_kind::optional &&
                  element != value_kind::nothing,
              value_kind::optional);
};

template <class T, class Allocator>
struct template_kind<std::vector<T, Allocator>> {
  static constexpr value_kind value = kind_if(storable_element<T>, value_kind::list);
};

template <class T, std::size_t Size>
struct template_kind<std::array<T, Size>> {
  static constexpr value_kind value = kind_if(storable_element<T>, value_kind::array);
};

template <class T, class Less, class Allocator>
struct template_kind<std::map<std::string, T, Less, Allocator>> {
  static constexpr value_kind value = kind_if(storable_element<T>, value_kind::map);
};

template <class Duration>
struct template_kind<std::chrono::sys_time<Duration>> {
  using period = typename Duration::period;
  using count = typename Duration::rep;
  static constexpr bool is_nanoseconds = std::ratio_equal_v<period, std::nano>;
  static constexpr bool is_calendar_unit = std::ratio_equal_v<period, std::micro> ||
                                           std::ratio_equal_v<period, std::milli> ||
                                           period::den == 1;
  static constexpr value_kind value = kind_if(
      std::signed_integral<count> && ((is_nanoseconds && sizeof(count) == 8) || is_calendar_unit),
      value_kind::time);
};

template <class... T>
constexpr bool different_names() noexcept {
  const std::string_view names[] = {shape_name<T>()...};
  for (std::size_t i = 0; i < sizeof...(T); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (names[i] == names[k]) return false;
  return true;
}

template <class... T>
struct template_kind<std::variant<T...>> {
  static constexpr value_kind value =
      kind_if(((storable_element<T> && kind_of<T>() != value_kind::optional) && ...) &&
                  different_names<T...>(),
              value_kind::variant);
};

// Never defined: the compiler's complaint about the missing definition is the diagnostic.
template <class T>
struct TYPE_CANNOT_BE_STORED;
template <class T>
struct TYPE_IS_NOT_DESCRIBED;
template <class Struct, std::size_t Index, class Member>
struct MEMBER_CANNOT_BE_STORED;

template <class T, std::size_t I>
constexpr auto check_member() {
  if constexpr (kind_of<field_type<T, I>>() == value_kind::none)
    return sizeof(MEMBER_CANNOT_BE_STORED<T, I, field_type<T, I>>) != 0;
  else
    return true;
}

} // namespace detail

/// How values of `T` are stored. Containers are looked through, structs are not: a struct answers
/// for its own members.
template <class T>
constexpr value_kind kind_of() noexcept {
  if constexpr (std::same_as<T, bool>)
    return value_kind::boolean;
  else if constexpr (std::integral<T>)
    return sizeof(T) <= 8 ? value_kind::integer : value_kind::none;
  else if constexpr (std::floating_point<T>)
    return value_kind::floating;
  else if constexpr (std::same_as<T, std::string>)
    return value_kind::text;
  else if constexpr (std::same_as<T, raw_json>)
    return value_kind::json;
  else if constexpr (std::same_as<T, std::monostate>)
    return value_kind::nothing;
  else if constexpr (described_enum<T>)
    return value_kind::enumeration;
  else if constexpr (detail::template_kind<T>::value != value_kind::none)
    return detail::template_kind<T>::value;
  else if constexpr (described<T>)
    return value_kind::structure;
  else
    return value_kind::none;
}

namespace detail {

// The usual case costs one instantiation a struct; members are looked at one by one when it fails.
template <class T, auto... Members>
constexpr bool all_storable(const description<T, Members...>&) noexcept {
  return ((kind_of<std::remove_reference_t<decltype(std::declval<T*>()->*Members)>>() !=
           value_kind::none) &&
          ...);
}

} // namespace detail

/// Fails to compile, in one line that names the struct, the member's place and its type, if a member
/// of `T` cannot be stored; or the type, if it is no described struct. Name it in `decltype`: once
/// instantiated it has complained, and evaluating it would complain about the complaint.
template <class T>
constexpr auto check_described() {
  if constexpr (!described<T>)
    return sizeof(detail::TYPE_IS_NOT_DESCRIBED<T>) != 0;
  else if constexpr (!detail::all_storable(detail::description_of<T>))
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return (detail::check_member<T, I>() && ...);
    }(std::make_index_sequence<field_count<T>>{});
  else
    return true;
}

} // namespace evstore
