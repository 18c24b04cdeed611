#pragma once

#include <evstore/json/write.hpp>
#include <evstore/value_kind.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

/// Values as a test sees them: the same or not, and in words.

namespace evstore::testing {

/// A value as well as it can be said: JSON behind the name of its type; never throws for a value
/// that JSON cannot say.
template <class T>
std::string value_in_words(const T& value) {
  if constexpr (kind_of<T>() == value_kind::none) {
    return "some " + std::string{evstore::detail::spelled_type_name<T>()};
  } else {
    std::string text;
    if constexpr (described<T>) text.append(type_name<T>).append(" ");
    try {
      json::write(value, text);
    } catch (const error& refused) {
      text.append("(").append(refused.what()).append(")");
    }
    return text;
  }
}

namespace detail {

/// A difference in an element or member is a difference of the whole, one step further in.
inline constexpr bool differs_at(std::string* where, const auto& step) {
  if (where) where->insert(0, step());
  return false;
}

template <class T, std::size_t... I>
constexpr bool same_members(const T& a, const T& b, std::string* where, std::index_sequence<I...>);
template <class List>
constexpr bool same_elements(const List& a, const List& b, std::string* where);
template <class Map>
constexpr bool same_entries(const Map& a, const Map& b, std::string* where);
template <class Number>
constexpr bool same_number(Number a, Number b);

} // namespace detail

/// Whether two values are the same when stored: member by member, whether or not their types can be
/// compared with `==`; `-0.0` is not `0.0`, and NaN is NaN. Appends to `where` the path of the
/// first difference, `.items[3].cents`. Usable in constant evaluation.
template <class T>
constexpr bool same_value(const T& a, const T& b, std::string* where = nullptr) {
  constexpr value_kind kind = kind_of<T>();
  if constexpr (kind == value_kind::structure) {
    return detail::same_members(a, b, where, std::make_index_sequence<field_count<T>>{});
  } else if constexpr (kind == value_kind::list || kind == value_kind::array) {
    return detail::same_elements(a, b, where);
  } else if constexpr (kind == value_kind::map) {
    return detail::same_entries(a, b, where);
  } else if constexpr (kind == value_kind::optional) {
    return a.has_value() == b.has_value() && (!a || same_value(*a, *b, where));
  } else if constexpr (kind == value_kind::variant) {
    if (a.index() != b.index() || a.valueless_by_exception()) return a.index() == b.index();
    return std::visit(
        [&]<class Held>(const Held& held) {
          return same_value(held, *std::get_if<Held>(&b), where) ||
                 detail::differs_at(where, [] { return "." + std::string{shape_name<Held>()}; });
        },
        a);
  } else if constexpr (kind == value_kind::floating) {
    return detail::same_number(a, b);
  } else {
    return a == b;
  }
}

namespace detail {

template <class T, std::size_t... I>
constexpr bool same_members([[maybe_unused]] const T& a, [[maybe_unused]] const T& b,
                            [[maybe_unused]] std::string* where, std::index_sequence<I...>) {
  return ((same_value(field<I>(a), field<I>(b), where) ||
           differs_at(where, [] { return "." + std::string{field_name<T, I>}; })) &&
          ...);
}

template <class List>
constexpr bool same_elements(const List& a, const List& b, std::string* where) {
  using element = typename List::value_type;
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!same_value<element>(a[i], b[i], where))
      return differs_at(where, [&] { return "[" + std::to_string(i) + "]"; });
  return true;
}

template <class Map>
constexpr bool same_entries(const Map& a, const Map& b, std::string* where) {
  if (a.size() != b.size()) return false;
  for (auto left = a.begin(), right = b.begin(); left != a.end(); ++left, ++right) {
    if (left->first != right->first) return false;
    if (!same_value(left->second, right->second, where))
      return differs_at(where, [&] { return "[\"" + left->first + "\"]"; });
  }
  return true;
}

template <class Number>
constexpr bool is_nan(Number value) {
  return !(value <= std::numeric_limits<Number>::infinity()); // std::isnan is not constexpr yet
}

template <class Number>
constexpr bool same_number(Number a, Number b) {
  if constexpr (sizeof(Number) == sizeof(std::uint64_t))
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
  else if constexpr (sizeof(Number) == sizeof(std::uint32_t))
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
  else if (a == b)
    return a != 0 || 1 / a == 1 / b; // long double has padding: division tells the zeros apart
  else
    return is_nan(a) && is_nan(b);
}

} // namespace detail

} // namespace evstore::testing
