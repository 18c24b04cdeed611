#pragma once

#include <evstore/json/detail/output.hpp>
#include <evstore/json/detail/time.hpp>
#include <evstore/value_kind.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

/// Values as JSON, in one canonical form, on one line, without spaces:
///
/// | C++                         | JSON |
/// |-----------------------------|---|
/// | described struct            | object; members in declared order, absent optionals left out |
/// | `bool`, integers            | `true`, `42` |
/// | `float`, `double`           | shortest that reads back the same; NaN and ∞ are refused |
/// | `std::string`               | string; must be UTF-8; escaped only where JSON demands it |
/// | described enumeration       | its name as a string; a value without a name is refused |
/// | `std::optional`             | left out as a member, else the value or `null` |
/// | `std::vector`, `std::array` | array |
/// | `std::map<std::string, T>`  | object, keys in the order of the map |
/// | `std::variant`              | object of one member: `{"zombie":{"hp":7}}`, `{"int32":7}` |
/// | `std::chrono::sys_time`     | `"2026-11-20T21:20:00.123456Z"`; nanoseconds: nine digits |
/// | `raw_json`                  | its own bytes |
///
/// Nested no deeper than 1024 levels, as readers take no more.

namespace evstore::json {

namespace detail {

template <class T>
void write_value(output& out, const T& value);

/// Inlined, so that keys are constants of the code, and `first` is one too unless the struct begins
/// with optionals.
template <class M>
EVSTORE_DETAIL_HOT inline void write_member(output& out, std::string_view key, bool& first,
                                            const M& member) {
  if constexpr (kind_of<M>() == value_kind::optional)
    if (!member) return;
  out.key(key, first);
  first = false;
  write_value(out, member);
}

template <class T, auto... Members, std::size_t... I>
void write_members(output& out, const T& value, const evstore::detail::description<T, Members...>&,
                   std::index_sequence<I...>) {
  [[maybe_unused]] bool first = true;
  out.descend();
  out.raw('{');
  (write_member(out, evstore::detail::description_of<T>.keys[I], first, (&value)->*Members), ...);
  out.raw('}');
  out.ascend();
}

template <class List>
void write_list(output& out, const List& list) {
  out.descend();
  std::string_view separator = "[";
  for (const typename List::value_type& element : list) {
    out.raw(separator);
    separator = ",";
    write_value(out, element);
  }
  out.raw(separator == "[" ? std::string_view{"[]"} : std::string_view{"]"});
  out.ascend();
}

template <class Map>
void write_map(output& out, const Map& map) {
  out.descend();
  std::string_view separator = "{";
  for (const auto& [key, element] : map) {
    out.raw(separator);
    separator = ",";
    out.text(key);
    out.raw(':');
    write_value(out, element);
  }
  out.raw(separator == "{" ? std::string_view{"{}"} : std::string_view{"}"});
  out.ascend();
}

template <class... T>
void write_variant(output& out, const std::variant<T...>& value) {
  if (value.valueless_by_exception()) out.fail("the variant holds no value");
  out.descend();
  std::visit(
      [&]<class Alternative>(const Alternative& held) {
        out.raw("{\"");
        out.raw(shape_name<Alternative>());
        out.raw("\":");
        write_value(out, held);
        out.raw('}');
      },
      value);
  out.ascend();
}

template <class T>
void write_value(output& out, const T& value) {
  constexpr value_kind kind = kind_of<T>();
  if constexpr (kind == value_kind::structure) {
    using checked [[maybe_unused]] = decltype(check_described<T>());
    write_members(out, value, evstore::detail::description_of<T>,
                  std::make_index_sequence<field_count<T>>{});
  } else if constexpr (kind == value_kind::boolean) {
    out.raw(value ? std::string_view{"true"} : std::string_view{"false"});
  } else if constexpr (kind == value_kind::integer) {
    if constexpr (std::is_signed_v<T>)
      out.number(static_cast<long long>(value));
    else
      out.number(static_cast<unsigned long long>(value));
  } else if constexpr (kind == value_kind::floating) {
    out.number(value);
  } else if constexpr (kind == value_kind::text) {
    out.text(value);
  } else if constexpr (kind == value_kind::enumeration) {
    const std::string_view name = enum_name(value);
    if (name.empty()) out.fail("the enumeration has no name for this value");
    out.raw('"');
    out.raw(name);
    out.raw('"');
  } else if constexpr (kind == value_kind::time) {
    write_time(out, value);
  } else if constexpr (kind == value_kind::json) {
    out.json(value.text());
  } else if constexpr (kind == value_kind::optional) {
    if (value)
      write_value(out, *value);
    else
      out.raw("null");
  } else if constexpr (kind == value_kind::nothing) {
    out.raw("null");
  } else if constexpr (kind == value_kind::list || kind == value_kind::array) {
    write_list(out, value);
  } else if constexpr (kind == value_kind::map) {
    write_map(out, value);
  } else if constexpr (kind == value_kind::variant) {
    write_variant(out, value);
  } else {
    static_cast<void>(sizeof(evstore::detail::TYPE_CANNOT_BE_STORED<T>));
  }
}

} // namespace detail

/// Appends the value to `out`. Linear; allocates only when `out` has to grow. Throws
/// `errc::invalid_payload` with the JSON path of what cannot be said, and leaves `out` as it was.
template <class T>
void write(const T& value, std::string& out) {
  detail::output to{out};
  detail::write_value(to, value);
  to.finish();
}

template <class T>
[[nodiscard]] std::string to_string(const T& value) {
  std::string text;
  write(value, text);
  return text;
}

} // namespace evstore::json
