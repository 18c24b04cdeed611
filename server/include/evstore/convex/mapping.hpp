#pragma once

#include <evstore/convex/id.hpp>
#include <evstore/convex/mismatch.hpp>
#include <evstore/convex/value.hpp>
#include <evstore/describe.hpp>
#include <evstore/fixed_string.hpp>
#include <evstore/result.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

/// Types of C++ as validators of Convex, and values between the two:
///
/// | C++                         | validator |
/// |-----------------------------|---|
/// | described struct            | `v.object({...})`, closed: a field too many is an error |
/// | `std::optional` as a member | `v.optional(...)`: may be absent; null is no absence |
/// | `bool` `double` `std::int64_t` `std::string` `bytes` `null` | `v.boolean()` `v.float64()` `v.int64()` `v.string()` `v.bytes()` `v.null()` |
/// | `value`, `object`           | `v.any()`, `v.record(v.string(), v.any())` |
/// | `id<"games">`               | `v.id("games")` |
/// | described enumeration       | `v.union(v.literal("idle"), v.literal("playing"))` |
/// | `literal<"user">`           | `v.literal("user")` |
/// | `std::variant<A, B>`        | `v.union(A, B)`, of which the first that matches is taken |
/// | `std::vector<T>`            | `v.array(T)` |
/// | `std::map<std::string, T>`  | `v.record(v.string(), T)` |
///
/// No other integer is mapped: Convex has one, and it never becomes a number of JSON.

namespace evstore::convex {

/// A text that has one value.
template <fixed_string Text>
struct literal {
  friend bool operator==(const literal&, const literal&) = default;
};

namespace detail {

// Never defined: the compiler's complaint about the missing definition is the diagnostic.
template <class T>
struct TYPE_HAS_NO_CONVEX_VALUE;

inline std::string quoted(std::string_view text) { return encode(value{text}); }

} // namespace detail

/// How a type is described, read and written. To be specialised for a type of your own that is no
/// struct:
///
///     static std::string validator();
///     static bool read(const value& from, T& to, mismatch& why, const path_step& at);
///     static value write(const T& from);
template <class T>
struct mapping {
  static_assert(sizeof(detail::TYPE_HAS_NO_CONVEX_VALUE<T>) != 0);
};

namespace detail {

template <class T, fixed_string Validator>
struct scalar_mapping {
  static std::string validator() { return std::string{Validator.view()}; }
  static bool read(const value& from, T& to, mismatch& why, const path_step& at) {
    const T* const held = from.get_if<T>();
    if (held == nullptr) return why.value_differs(at, from, validator());
    to = *held;
    return true;
  }
  static value write(const T& from) {
    if constexpr (std::same_as<T, null>)
      return {};
    else
      return from;
  }
};

} // namespace detail

template <>
struct mapping<null> : detail::scalar_mapping<null, "v.null()"> {};
template <>
struct mapping<bool> : detail::scalar_mapping<bool, "v.boolean()"> {};
template <>
struct mapping<double> : detail::scalar_mapping<double, "v.float64()"> {};
template <>
struct mapping<std::int64_t> : detail::scalar_mapping<std::int64_t, "v.int64()"> {};
template <>
struct mapping<std::string> : detail::scalar_mapping<std::string, "v.string()"> {};
template <>
struct mapping<bytes> : detail::scalar_mapping<bytes, "v.bytes()"> {};
template <>
struct mapping<object> : detail::scalar_mapping<object, "v.record(v.string(), v.any())"> {};

template <>
struct mapping<value> {
  static std::string validator() { return "v.any()"; }
  static bool read(const value& from, value& to, mismatch&, const path_step&) {
    to = from;
    return true;
  }
  static value write(const value& from) { return from; }
};

template <fixed_string Table>
struct mapping<id<Table>> {
  static std::string validator() { return "v.id(" + detail::quoted(Table.view()) + ")"; }
  static bool read(const value& from, id<Table>& to, mismatch& why, const path_step& at) {
    const std::string* const text = from.get_if<std::string>();
    const auto content = text != nullptr ? parse_id(*text) : std::nullopt;
    const std::string_view table = content ? why.tables().name_of(content->table_number) : "";
    if (table.empty()) return why.value_differs(at, from, validator());
    if (table != Table.view()) return why.other_table(at, *text, table, validator());
    to.text = *text;
    return true;
  }
  static value write(const id<Table>& from) { return from.text; }
};

template <fixed_string Text>
struct mapping<literal<Text>> {
  static std::string validator() { return "v.literal(" + detail::quoted(Text.view()) + ")"; }
  static bool read(const value& from, literal<Text>&, mismatch& why, const path_step& at) {
    const std::string* const text = from.get_if<std::string>();
    return (text != nullptr && *text == Text.view()) || why.value_differs(at, from, validator());
  }
  static value write(const literal<Text>&) { return Text.view(); }
};

template <described_enum E>
struct mapping<E> {
  static std::string validator() {
    std::string all;
    for (const auto& known : enumerators<E>)
      all.append(all.empty() ? "" : ", ").append("v.literal(" + detail::quoted(known.name) + ")");
    return enumerators<E>.size() == 1 ? all : "v.union(" + all + ")";
  }
  static bool read(const value& from, E& to, mismatch& why, const path_step& at) {
    const std::string* const text = from.get_if<std::string>();
    const auto known = text != nullptr ? parse_enum<E>(*text) : std::nullopt;
    if (!known) return why.value_differs(at, from, validator());
    to = *known;
    return true;
  }
  static value write(E from) {
    const std::string_view name = enum_name(from);
    if (name.empty())
      throw error{errc::invalid_payload, "the enumeration has no name for this value"};
    return name;
  }
};

template <class T>
struct mapping<std::vector<T>> {
  static std::string validator() { return "v.array(" + mapping<T>::validator() + ")"; }
  static bool read(const value& from, std::vector<T>& to, mismatch& why, const path_step& at) {
    const array* const elements = from.get_if<array>();
    if (elements == nullptr) return why.value_differs(at, from, validator());
    to.clear();
    to.reserve(elements->size());
    for (std::size_t i = 0; i < elements->size(); ++i) {
      T element{};
      if (!mapping<T>::read((*elements)[i], element, why, at.into(i))) return false;
      to.push_back(std::move(element));
    }
    return true;
  }
  static value write(const std::vector<T>& from) {
    array elements;
    elements.reserve(from.size());
    for (const T& element : from) elements.push_back(mapping<T>::write(element));
    return elements;
  }
};

template <class T>
struct mapping<std::map<std::string, T>> {
  static std::string validator() { return "v.record(v.string(), " + mapping<T>::validator() + ")"; }
  static bool read(const value& from, std::map<std::string, T>& to, mismatch& why,
                   const path_step& at) {
    const object* const fields = from.get_if<object>();
    if (fields == nullptr) return why.value_differs(at, from, validator());
    to.clear();
    for (const auto& [name, field] : *fields)
      if (!mapping<T>::read(field, to[name], why, at.into(name))) return false;
    return true;
  }
  static value write(const std::map<std::string, T>& from) {
    std::vector<object::field> fields;
    for (const auto& [name, element] : from) fields.push_back({name, mapping<T>::write(element)});
    return object::of(std::move(fields));
  }
};

template <class... T>
struct mapping<std::variant<T...>> {
  static std::string validator() {
    std::string all;
    ((all.append(all.empty() ? "" : ", ").append(mapping<T>::validator())), ...);
    return "v.union(" + all + ")";
  }
  static bool read(const value& from, std::variant<T...>& to, mismatch& why, const path_step& at) {
    const bool matched = read_first(from, to, why, at, std::index_sequence_for<T...>{});
    return matched || why.value_differs(at, from, validator());
  }
  static value write(const std::variant<T...>& from) {
    return std::visit([]<class Held>(const Held& held) { return mapping<Held>::write(held); },
                      from);
  }

private:
  template <std::size_t... I>
  static bool read_first(const value& from, std::variant<T...>& to, mismatch& why,
                         const path_step& at, std::index_sequence<I...>) {
    return ((to.template emplace<I>(), mapping<T>::read(from, *std::get_if<I>(&to), why, at)) ||
            ...);
  }
};

namespace detail {

template <class T>
struct member_mapping : mapping<T> {
  static constexpr bool optional = false;
};
template <class T>
struct member_mapping<std::optional<T>> {
  static constexpr bool optional = true;
  static std::string validator() { return "v.optional(" + mapping<T>::validator() + ")"; }
  static bool read(const value& from, std::optional<T>& to, mismatch& why, const path_step& at) {
    return mapping<T>::read(from, to.emplace(), why, at);
  }
};

} // namespace detail

template <described T>
struct mapping<T> {
  static std::string validator() {
    std::string all;
    for_each_field(T{}, [&]<class Member>(std::string_view name, const Member&) {
      all.append(all.empty() ? "" : ", ").append(name).append(": ");
      all.append(detail::member_mapping<Member>::validator());
    });
    return "v.object({" + all + "})";
  }

  static bool read(const value& from, T& to, mismatch& why, const path_step& at) {
    const object* const fields = from.get_if<object>();
    if (fields == nullptr) return why.value_differs(at, from, validator());
    bool fits = true;
    std::size_t taken = 0;
    for_each_field(to, [&]<class Member>(std::string_view name, Member& member) {
      if (!fits) return;
      const value* const field = fields->find(name);
      if (field != nullptr) {
        ++taken;
        fits = detail::member_mapping<Member>::read(*field, member, why, at.into(name));
      } else if constexpr (detail::member_mapping<Member>::optional) {
        member.reset();
      } else {
        fits = why.field_missing(at, from, name, validator());
      }
    });
    if (!fits || taken == fields->size()) return fits;
    return why.field_extra(at, from, name_beyond(*fields), validator());
  }

  static value write(const T& from) {
    std::vector<object::field> fields;
    fields.reserve(field_count<T>);
    for_each_field(from, [&]<class Member>(std::string_view name, const Member& member) {
      if constexpr (!detail::member_mapping<Member>::optional)
        fields.push_back({std::string{name}, mapping<Member>::write(member)});
      else if (member)
        fields.push_back({std::string{name}, mapping<typename Member::value_type>::write(*member)});
    });
    return object::of(std::move(fields));
  }

private:
  /// The first field that is none of the struct's members.
  static std::string_view name_beyond(const object& fields) {
    for (const auto& [name, field] : fields) {
      bool known = false;
      for_each_field(
          T{}, [&](std::string_view member, const auto&) { known = known || member == name; });
      if (!known) return name;
    }
    return {};
  }
};

/// A type as the text of its validator.
template <class T>
[[nodiscard]] std::string validator_of() {
  return mapping<T>::validator();
}

/// A value as a `T`, or why it is none, in Convex's own words and with the path. `T` and what it is
/// made of are default-constructible.
template <class T>
[[nodiscard]] result<T, std::string> from_value(const value& from, const table_names& tables) {
  T made{};
  mismatch why{tables};
  if (!mapping<T>::read(from, made, why, path_step{})) return failure{why.text()};
  return made;
}

/// A `T` as a value. Throws `errc::invalid_payload` for an enumerator or a key without a name.
template <class T>
[[nodiscard]] value to_value(const T& from) {
  return mapping<T>::write(from);
}

} // namespace evstore::convex
