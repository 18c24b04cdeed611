#pragma once

#include <evstore/value_kind.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

namespace evstore {

namespace detail {

/// Spells what a type looks like when it is stored, piece by piece into `Sink`.
template <class Sink>
class shape_speller {
public:
  constexpr explicit shape_speller(Sink& sink) noexcept : sink_{sink} {}

  /// `Outer` are the structs around `T`, the innermost first.
  template <class T, class... Outer>
  constexpr void spell() {
    constexpr value_kind kind = kind_of<T>();
    if constexpr (kind == value_kind::structure) {
      spell_struct<T, Outer...>();
    } else if constexpr (kind == value_kind::enumeration) {
      std::string_view separator = "enum<";
      for (const auto& known : enumerators<T>) {
        add(separator, known.name);
        separator = ",";
      }
      add(">");
    } else if constexpr (kind == value_kind::array) {
      add("array<");
      add_number(std::tuple_size_v<T>);
      add(",");
      spell<typename T::value_type, Outer...>();
      add(">");
    } else if constexpr (kind == value_kind::map) {
      add("map<");
      spell<typename T::mapped_type, Outer...>();
      add(">");
    } else if constexpr (kind == value_kind::list || kind == value_kind::optional) {
      add(shape_name<T>(), "<");
      spell<typename T::value_type, Outer...>();
      add(">");
    } else if constexpr (kind == value_kind::variant) {
      spell_variant<Outer...>(static_cast<const T*>(nullptr));
    } else {
      static_assert(kind != value_kind::none);
      add(shape_name<T>());
    }
  }

private:
  template <class... Texts>
  constexpr void add(Texts... texts) {
    (sink_.add(std::string_view{texts}), ...);
  }

  constexpr void add_number(std::size_t value) {
    constexpr std::string_view digits = "0123456789";
    if (value >= 10) add_number(value / 10);
    add(digits.substr(value % 10, 1));
  }

  template <class T, class... Outer>
  constexpr void spell_struct() {
    using checked [[maybe_unused]] = decltype(check_described<T>());
    if constexpr ((std::same_as<T, Outer> || ...)) {
      // A struct inside itself is named by its distance, and so the text ends.
      std::size_t distance = 0;
      static_cast<void>(((++distance, std::same_as<T, Outer>) || ...));
      add("^");
      add_number(distance);
    } else {
      add("{");
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((add(I == 0 ? "" : ",", field_name<T, I>, ":"), spell<field_type<T, I>, T, Outer...>()),
         ...);
      }(std::make_index_sequence<field_count<T>>{});
      add("}");
    }
  }

  template <class... Outer, class... T>
  constexpr void spell_variant(const std::variant<T...>*) {
    std::string_view separator = "variant<";
    ((add(separator, shape_name<T>(), ":"), spell<T, Outer...>(), separator = ","), ...);
    add(">");
  }

  Sink& sink_;
};

/// FNV-1a with 64 bits (Fowler, Noll, Vo).
struct shape_hash {
  std::uint64_t value = 0xCBF29CE484222325u;

  constexpr void add(std::string_view text) noexcept {
    for (const char c : text)
      value = (value ^ static_cast<unsigned char>(c)) * std::uint64_t{0x100000001B3u};
  }
};

struct shape_writer {
  std::string text{};

  void add(std::string_view piece) { text.append(piece); }
};

} // namespace detail

/// What the stored form of a type looks like, for lock files and messages:
/// `{owner:string,limits:list<{cents:int64}>,note:optional<string>}`. Names of members, of
/// enumerators and of alternatives are part of it, and so are types and order; the names of structs
/// and of C++ aliases are not.
template <class T>
[[nodiscard]] std::string shape_text() {
  detail::shape_writer writer;
  detail::shape_speller{writer}.template spell<T>();
  return writer.text;
}

/// A hash of `shape_text<T>()`, made at compile time, the same with every compiler: two values with
/// different fingerprints have different stored forms. A snapshot of another fingerprint is
/// dropped.
template <class T>
inline constexpr std::uint64_t fingerprint_of = [] {
  detail::shape_hash hash;
  detail::shape_speller{hash}.template spell<T>();
  return hash.value;
}();

} // namespace evstore
