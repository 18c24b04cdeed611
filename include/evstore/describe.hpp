#pragma once

#include <evstore/config.hpp>
#include <evstore/detail/for_each_argument.hpp>

// Declarations are enough: who describes or looks through Hana includes the rest.
#include <boost/hana/concept/struct.hpp>
#include <boost/hana/fwd/core/when.hpp>
#include <boost/hana/fwd/pair.hpp>
#include <boost/hana/fwd/string.hpp>
#include <boost/hana/fwd/tuple.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

/// What the library knows of a user's types: the members of structs and the names of enumerators.
///
/// A struct is described by `EVSTORE_DESCRIBE`, or is any other model of Boost.Hana's `Struct`
/// (`BOOST_HANA_ADAPT_STRUCT`, `BOOST_HANA_DEFINE_STRUCT`). Our macro is about ten times cheaper to
/// compile and stands in the type's own namespace; the type becomes a `hana::Struct` all the same,
/// but Hana's machinery is instantiated only for those who use it.

/// `EVSTORE_DESCRIBE(account_opened, owner, opened_at)`: the stored members of a struct, in the
/// order in which they are written. Stands in the namespace of the struct, behind it. The members
/// may be inherited. Renaming a member changes what is stored.
#define EVSTORE_DESCRIBE(type, ...)                                                                \
  [[maybe_unused]] constexpr auto evstore_describe(type**) noexcept {                              \
    return ::evstore::detail::description<type EVSTORE_DETAIL_FOR_EACH(EVSTORE_DETAIL_MEMBER,      \
                                                                       type, __VA_ARGS__)>{        \
        #type, {EVSTORE_DETAIL_FOR_EACH(EVSTORE_DETAIL_KEY, type, __VA_ARGS__)}};                  \
  }                                                                                                \
  static_assert(::evstore::described<type>,                                                        \
                "EVSTORE_DESCRIBE stands in the namespace of its type, before the type is used");

/// `EVSTORE_DESCRIBE_ENUM(colour, red, green)`: the enumerators by which values are stored. Stands
/// in the namespace of the enumeration, behind it. A value without a name cannot be stored.
#define EVSTORE_DESCRIBE_ENUM(type, ...)                                                           \
  [[maybe_unused]] constexpr auto evstore_describe_enum(type**) noexcept {                         \
    return ::evstore::detail::enumeration{                                                         \
        #type, ::std::to_array<::evstore::detail::enumerator<type>>(                               \
                   {EVSTORE_DETAIL_FOR_EACH(EVSTORE_DETAIL_ENUMERATOR, type, __VA_ARGS__)})};      \
  }                                                                                                \
  static_assert(::evstore::described_enum<type>,                                                   \
                "EVSTORE_DESCRIBE_ENUM stands in the namespace of its type");

#define EVSTORE_DETAIL_MEMBER(type, member) , &type::member
#define EVSTORE_DETAIL_KEY(type, member) ",\"" #member "\":",
#define EVSTORE_DETAIL_ENUMERATOR(type, value) {type::value, #value},

namespace evstore {

namespace detail {

/// Carries a type to functions found by argument-dependent lookup. A pointer to a pointer converts to
/// nothing else, not even to that of a base, and so the compiler is quick to pass over hundreds of
/// descriptions that are about other types.
template <class T>
inline constexpr T** type_tag = nullptr;

/// The members of `T` in stored order. Whoever walks them reaches each one by `(&object)->*Member`.
template <class T, auto... Members>
struct description {
  static constexpr std::size_t size = sizeof...(Members);

  std::string_view type_name;
  /// `,"name":` each, as the JSON codec needs them, and an empty one: a struct may have no members.
  std::string_view keys[size + 1];
};

/// A Hana accessor in the place of a pointer to a member.
template <class Accessor>
struct member_through {
  template <class T>
  friend constexpr auto& operator->*(T* object, member_through) {
    return Accessor{}(*object);
  }
};

template <class E>
struct enumerator {
  E value;
  std::string_view name;
};

template <class E, std::size_t Count>
struct enumeration {
  std::string_view type_name;
  std::array<enumerator<E>, Count> all;
};

template <class E, std::size_t Count>
enumeration(std::string_view, std::array<enumerator<E>, Count>) -> enumeration<E, Count>;

template <class T>
concept described_by_macro = requires { evstore_describe(type_tag<T>); };

template <class T>
concept described_by_hana =
    !described_by_macro<T> && std::is_class_v<T> && boost::hana::Struct<T>::value;

/// `,"name":` of a `hana::string`, in static storage.
template <class Name>
inline constexpr auto hana_key = [] {
  constexpr std::string_view name{Name::c_str()};
  std::array<char, name.size() + 4> key{',', '"'};
  for (std::size_t i = 0; i < name.size(); ++i) key[i + 2] = name[i];
  key[name.size() + 2] = '"';
  key[name.size() + 3] = ':';
  return key;
}();

/// The unqualified name of a type that Hana describes and nobody named, from the compiler.
template <class T>
constexpr std::string_view spelled_type_name() noexcept {
  std::string_view text{__PRETTY_FUNCTION__};
  text.remove_prefix(text.find("T = ") + 4);
  return text.substr(0, text.find_first_of(";]"));
}

template <class T, class... Names, class... Accessors>
consteval auto describe_by_accessors(
    const boost::hana::tuple<boost::hana::pair<Names, Accessors>...>*) {
  return description<T, member_through<Accessors>{}...>{
      spelled_type_name<T>(),
      {std::string_view{hana_key<Names>.data(), hana_key<Names>.size()}...}};
}

template <class T>
consteval auto describe() {
  if constexpr (described_by_macro<T>) {
    return evstore_describe(type_tag<T>);
  } else {
    using accessors = decltype(boost::hana::accessors<T>());
    return describe_by_accessors<T>(static_cast<const accessors*>(nullptr));
  }
}

template <class T>
inline constexpr auto description_of = describe<T>();

template <auto Value>
struct constant {
  static constexpr auto value = Value;
};

template <class T, auto... Members>
auto list_members(const description<T, Members...>&) -> std::tuple<constant<Members>...>;

template <class T, std::size_t I>
using member_at = std::tuple_element_t<I, decltype(list_members(description_of<T>))>;

} // namespace detail

/// A struct whose members the library knows.
template <class T>
concept described = detail::described_by_macro<T> || detail::described_by_hana<T>;

/// An enumeration whose values are stored by name.
template <class E>
concept described_enum =
    std::is_enum_v<E> && requires { evstore_describe_enum(detail::type_tag<E>); };

template <described T>
inline constexpr std::size_t field_count = detail::description_of<T>.size;

/// The name of the I-th member as it is stored.
template <described T, std::size_t I>
inline constexpr std::string_view field_name =
    detail::description_of<T>.keys[I].substr(2, detail::description_of<T>.keys[I].size() - 4);

/// The I-th member of an object, mutable if the object is.
template <std::size_t I, class T>
  requires described<std::remove_const_t<T>>
constexpr auto& field(T& object) noexcept {
  return (&object)->*detail::member_at<std::remove_const_t<T>, I>::value;
}

template <described T, std::size_t I>
using field_type = std::remove_reference_t<decltype(field<I>(std::declval<T&>()))>;

namespace detail {

template <class T, class F, std::size_t... I, class D, auto... Members>
constexpr void each_field(T& object, F& f, std::index_sequence<I...>,
                          const description<D, Members...>&) {
  (static_cast<void>(f(field_name<D, I>, (&object)->*Members)), ...);
}

} // namespace detail

/// Calls `f(name, member)` for each member of the object in stored order.
template <class T, class F>
  requires described<std::remove_cvref_t<T>>
constexpr void for_each_field(T&& object, F f) {
  using type = std::remove_cvref_t<T>;
  detail::each_field(object, f, std::make_index_sequence<field_count<type>>{},
                     detail::description_of<type>);
}

/// The enumerators of `E` in the order of their description; the first name of a value is its name.
template <described_enum E>
inline constexpr auto enumerators = evstore_describe_enum(detail::type_tag<E>).all;

/// The unqualified name of a struct or an enumeration: what tells apart the alternatives of a
/// stored `std::variant`.
template <class T>
  requires described<T> || described_enum<T>
inline constexpr std::string_view type_name = [] {
  constexpr std::string_view text = [] {
    if constexpr (described_enum<T>)
      return evstore_describe_enum(detail::type_tag<T>).type_name;
    else
      return detail::description_of<T>.type_name;
  }();
  static_assert(text.find('<') == text.npos, "name an instance of a template with `using` first");
  const std::size_t colon = text.rfind(':');
  return colon == text.npos ? text : text.substr(colon + 1);
}();

/// The stored name of a value; empty if the value has none. Linear in the number of enumerators,
/// constant when their values are 0, 1, 2, ... as usual.
template <described_enum E>
constexpr std::string_view enum_name(E value) noexcept {
  constexpr auto& all = enumerators<E>;
  constexpr bool dense = [] {
    for (std::size_t i = 0; i < all.size(); ++i)
      if (static_cast<unsigned long long>(all[i].value) != i) return false;
    return true;
  }();
  if constexpr (dense) {
    const auto at = static_cast<unsigned long long>(value);
    return at < all.size() ? all[at].name : std::string_view{};
  } else {
    for (const auto& known : all)
      if (known.value == value) return known.name;
    return {};
  }
}

/// The value with that name, if there is one. Linear in the number of enumerators.
template <described_enum E>
constexpr std::optional<E> parse_enum(std::string_view name) noexcept {
  for (const auto& known : enumerators<E>)
    if (known.name == name) return known.value;
  return std::nullopt;
}

namespace detail {

template <std::string_view const& Name, std::size_t... At>
constexpr auto hana_name(std::index_sequence<At...>) noexcept {
  return boost::hana::string_c<Name[At]...>;
}

template <class T, std::size_t I>
struct member_accessor {
  template <class Object>
  constexpr decltype(auto) operator()(Object&& object) const noexcept {
    return std::forward<Object>(object).*member_at<T, I>::value;
  }
};

template <class T, std::size_t... I>
constexpr auto hana_accessors(std::index_sequence<I...>) {
  return boost::hana::make_tuple(boost::hana::make_pair(
      hana_name<field_name<T, I>>(std::make_index_sequence<field_name<T, I>.size()>{}),
      member_accessor<T, I>{})...);
}

} // namespace detail

} // namespace evstore

/// Makes what `EVSTORE_DESCRIBE` describes a `hana::Struct`; instantiated when somebody asks Hana.
template <class T>
struct boost::hana::accessors_impl<T, boost::hana::when<evstore::detail::described_by_macro<T>>> {
  static constexpr auto apply() {
    return evstore::detail::hana_accessors<T>(std::make_index_sequence<evstore::field_count<T>>{});
  }
};
