#pragma once

#include <evstore/json/detail/canonical.hpp>
#include <evstore/json/detail/document.hpp>

#include <bitset>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

/// The reader for any JSON: members in any order, spaces, escaped and unknown keys. Slower than the
/// canonical reader, and the only one that says what is wrong. What depends on a type is kept
/// small: walking objects is one function for all structs.

namespace evstore::json::detail {

using node = document::node;

template <class T>
void read_tolerant(document& doc, node& value, T& out);

inline constexpr std::size_t most_members = 256; // more than EVSTORE_DESCRIBE takes

/// What walking an object needs to know of a struct.
struct object_shape {
  std::string_view name;
  std::span<const std::string_view> keys; ///< `,"name":` each
  /// Reads the member with that index, or, without a value, resets it; false if it must not be
  /// absent.
  bool (*read_member)(document& doc, node* value, void* object, std::size_t index);
};

inline std::string_view name_in(std::string_view key) noexcept {
  return key.substr(2, key.size() - 4);
}

inline void read_object(document& doc, node& value, const object_shape& shape, void* out) {
  std::bitset<most_members> seen;
  const char* const begin = document::token(value).data();
  const std::size_t count = shape.keys.size();
  std::size_t next = 0; // members mostly stand in order
  doc.each_member(value, shape.name, [&](std::string_view key, const char* at, node& member) {
    std::size_t tried = 0;
    while (tried < count && name_in(shape.keys[next]) != key) {
      next = next + 1 == count ? 0 : next + 1;
      ++tried;
    }
    if (tried == count) return doc.skip(member);
    if (seen[next]) doc.fail(at, "the key stands twice", key);
    seen[next] = true;
    shape.read_member(doc, &member, out, next);
  });
  for (std::size_t i = 0; i < count; ++i)
    if (!seen[i] && !shape.read_member(doc, nullptr, out, i))
      doc.fail(begin, "the member is missing", name_in(shape.keys[i]));
}

template <class M>
bool read_or_reset(document& doc, node* value, M& member) {
  if (value == nullptr) return reset_absent(member);
  read_tolerant(doc, *value, member);
  return true;
}

template <class T, auto... Members>
bool read_nth_member([[maybe_unused]] document& doc, [[maybe_unused]] node* value, void* object,
                     [[maybe_unused]] std::size_t index) {
  [[maybe_unused]] T* const out = static_cast<T*>(object);
  [[maybe_unused]] std::size_t i = 0;
  bool present = false;
  static_cast<void>(
      ((i++ == index && (present = read_or_reset(doc, value, out->*Members), true)) || ...));
  return present;
}

template <class T, auto... Members>
consteval object_shape make_object_shape(const evstore::detail::description<T, Members...>& known) {
  static_assert(sizeof...(Members) <= most_members);
  return {type_name<T>, {known.keys, sizeof...(Members)}, &read_nth_member<T, Members...>};
}

template <class T>
inline constexpr object_shape shape_of = make_object_shape(evstore::detail::description_of<T>);

template <class T>
void read_tolerant_scalar(document& doc, node& value, T& out) {
  const std::string_view text = doc.take(value);
  const char* const end = text.data() + text.size();
  if (read_scalar(text.data(), end, out) != end) doc.expected(shape_name<T>(), text);
}

template <class List>
void read_tolerant_list(document& doc, node& value, List& out) {
  std::size_t count = 0;
  doc.each_element(value, "list", [&](node& element) {
    if (count == out.size()) out.resize(count + 1);
    if constexpr (std::is_same_v<typename List::value_type, bool>) {
      bool bit = false;
      read_tolerant(doc, element, bit);
      out[count++] = bit;
    } else {
      read_tolerant(doc, element, out[count++]);
    }
  });
  out.resize(count);
}

template <class Array>
void read_tolerant_array(document& doc, node& value, Array& out) {
  const auto refuse = [&] {
    doc.fail(document::token(value).data(),
             "expected a list of " + std::to_string(out.size()) + " elements");
  };
  std::size_t count = 0;
  doc.each_element(value, "list", [&](node& element) {
    if (count == out.size()) refuse();
    read_tolerant(doc, element, out[count++]);
  });
  if (count != out.size()) refuse();
}

template <class Map>
void read_tolerant_map(document& doc, node& value, Map& out) {
  out.clear();
  doc.each_member(value, "map", [&](std::string_view key, const char* at, node& element) {
    const std::size_t before = out.size();
    const auto place = out.try_emplace(out.end(), std::string{key});
    if (out.size() == before) doc.fail(at, "the key stands twice", key);
    read_tolerant(doc, element, place->second);
  });
}

template <class... T, std::size_t... I>
void read_tolerant_variant(document& doc, node& value, std::variant<T...>& out,
                           std::index_sequence<I...>) {
  bool read = false;
  doc.each_member(value, "variant", [&](std::string_view key, const char* at, node& held) {
    if (read) doc.fail(at, "a variant holds one value", key);
    const auto alternative = [&]<std::size_t Index>(std::integral_constant<std::size_t, Index>) {
      if (key != shape_name<std::variant_alternative_t<Index, std::variant<T...>>>()) return false;
      read_tolerant(doc, held, held_alternative<Index>(out));
      return true;
    };
    read = (alternative(std::integral_constant<std::size_t, I>{}) || ...);
    if (!read) doc.fail(at, "the variant has no such alternative", key);
  });
  if (!read) doc.fail(document::token(value).data(), "a variant holds one value");
}

template <class T>
void read_tolerant(document& doc, node& value, T& out) {
  constexpr value_kind kind = kind_of<T>();
  if constexpr (is_scalar(kind)) {
    read_tolerant_scalar(doc, value, out);
  } else if constexpr (kind == value_kind::structure) {
    read_object(doc, value, shape_of<T>, &out);
  } else if constexpr (kind == value_kind::optional) {
    constexpr bool null_is_a_value = kind_of<typename T::value_type>() == value_kind::json;
    if (!null_is_a_value && document::token(value) == "null") return out.reset();
    if (!out) out.emplace();
    read_tolerant(doc, value, *out);
  } else if constexpr (kind == value_kind::list) {
    read_tolerant_list(doc, value, out);
  } else if constexpr (kind == value_kind::array) {
    read_tolerant_array(doc, value, out);
  } else if constexpr (kind == value_kind::map) {
    read_tolerant_map(doc, value, out);
  } else if constexpr (kind == value_kind::variant) {
    read_tolerant_variant(doc, value, out, std::make_index_sequence<std::variant_size_v<T>>{});
  }
}

template <class T>
void read_tolerant_root(document& doc, node& value, void* out) {
  if constexpr (kind_of<T>() == value_kind::structure)
    read_object(doc, value, shape_of<T>, out);
  else
    read_tolerant(doc, value, *static_cast<T*>(out));
}

/// Reads a whole text. Throws `errc::decode_failed` with path and byte.
template <class T>
void read_tolerant(std::string_view text, T& out) {
  document::parse(text, &read_tolerant_root<T>, &out);
}

} // namespace evstore::json::detail
