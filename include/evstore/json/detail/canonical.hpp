#pragma once

#include <evstore/detail/hot.hpp>
#include <evstore/json/detail/scalar.hpp>
#include <evstore/padded_text.hpp>
#include <evstore/value_kind.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

/// The reader for what our writer writes: members in declared order, keys that are literals of the
/// code, no space. It knows nothing of errors: whatever is not canonical makes it give up, and the
/// tolerant reader begins again. It never accepts what that one refuses.

namespace evstore::json::detail {

/// What stays the same while one text is read, and how deep the reader stands in it.
///
/// What may be read behind the text is read as if it were of it: nothing there is believed, because
/// reading that went beyond the text never comes back to its end.
struct canonical_input {
  const char* end; ///< of what may be read
  const char* text_end;
  std::size_t depth = 0;

  explicit canonical_input(const padded_text& text) noexcept
      : end{text.data() + text.size() + text.room()}, text_end{text.data() + text.size()} {}

  bool descend() noexcept { return ++depth <= evstore::detail::json_max_depth; }
  void ascend() noexcept { --depth; }

  /// Whether reading got to the end. Of a view of nothing the end is null too, and so is a failure.
  [[nodiscard]] bool is_end(const char* at) const noexcept {
    return at == text_end && at != nullptr;
  }
};

template <class T>
const char* read_canonical(const char* at, canonical_input& in, T& out);

/// An absent member: fine if it is optional.
template <class M>
bool reset_absent(M& member) noexcept {
  if constexpr (kind_of<M>() == value_kind::optional) {
    member.reset();
    return true;
  } else {
    return false;
  }
}

/// `key` is `,"name":`, of which the first member of an object has no comma.
EVSTORE_DETAIL_HOT inline const char* read_key(const char* at, const char* end,
                                               std::string_view key, bool first) noexcept {
  const std::size_t comma = first ? 1 : 0;
  return read_literal(at, end, {key.data() + comma, key.size() - comma});
}

/// Inlined, so that the keys are constants of the code, and `first` is one too unless the struct
/// begins with optionals.
template <class M>
EVSTORE_DETAIL_HOT inline const char* read_canonical_member(const char* at, canonical_input& in,
                                                            std::string_view key, bool& first,
                                                            M& member) {
  const char* const value = read_key(at, in.end, key, first);
  if (value == nullptr) return reset_absent(member) ? at : nullptr;
  first = false;
  return read_canonical(value, in, member);
}

template <class T, auto... Members, std::size_t... I>
const char* read_canonical_members(const char* at, canonical_input& in, T& out,
                                   const evstore::detail::description<T, Members...>&,
                                   std::index_sequence<I...>) {
  using evstore::detail::description_of;
  [[maybe_unused]] bool first = true;
  at = read_char(at, in.end, '{');
  if (at == nullptr || !in.descend()) return nullptr;
  const bool read = (((at = read_canonical_member(at, in, description_of<T>.keys[I], first,
                                                  (&out)->*Members)) != nullptr) &&
                     ...);
  in.ascend();
  return read ? read_char(at, in.end, '}') : nullptr;
}

template <class List>
const char* read_canonical_list(const char* at, canonical_input& in, List& out) {
  using element = typename List::value_type;
  at = read_char(at, in.end, '[');
  if (at == nullptr || !in.descend()) return nullptr;
  std::size_t count = 0;
  if (at != in.end && *at != ']') {
    constexpr std::size_t first_room = 32 / sizeof(element); // small elements: no growing from one
    if (first_room > 1 && out.capacity() == 0) out.reserve(first_room);
    for (bool more = true; more; at += more ? 1 : 0, ++count) {
      if constexpr (std::is_same_v<element, bool>) { // a vector of bits has no elements to refer to
        bool bit = false;
        at = read_canonical(at, in, bit);
        if (count == out.size()) out.push_back(bit);
        out[count] = bit;
      } else {
        if (count == out.size()) out.emplace_back();
        at = read_canonical(at, in, out[count]);
      }
      if (at == nullptr) return nullptr;
      more = at != in.end && *at == ',';
    }
  }
  out.resize(count);
  in.ascend();
  return read_char(at, in.end, ']');
}

template <class Array>
const char* read_canonical_array(const char* at, canonical_input& in, Array& out) {
  if (!in.descend()) return nullptr;
  char before = '[';
  for (auto& element : out) {
    at = read_char(at, in.end, before);
    if (at == nullptr) return nullptr;
    at = read_canonical(at, in, element);
    if (at == nullptr) return nullptr;
    before = ',';
  }
  in.ascend();
  return read_literal(at, in.end, out.empty() ? "[]" : "]");
}

template <class Map>
const char* read_canonical_map(const char* at, canonical_input& in, Map& out) {
  out.clear();
  at = read_char(at, in.end, '{');
  if (at == nullptr || !in.descend()) return nullptr;
  if (at != in.end && *at != '}') {
    std::string key;
    for (bool more = true; more; at += more ? 1 : 0) {
      at = read_text(at, in.end, key);
      if (at == nullptr) return nullptr;
      at = read_char(at, in.end, ':');
      if (at == nullptr) return nullptr;
      const std::size_t before = out.size();
      const auto place = out.try_emplace(out.end(), key); // ours are sorted
      if (out.size() == before) return nullptr;           // a key that stands twice
      at = read_canonical(at, in, place->second);
      if (at == nullptr) return nullptr;
      more = at != in.end && *at == ',';
    }
  }
  in.ascend();
  return read_char(at, in.end, '}');
}

/// The alternative itself, kept if it is what the variant already holds.
template <std::size_t I, class... T>
auto& held_alternative(std::variant<T...>& variant) {
  if (variant.index() != I) variant.template emplace<I>();
  return *std::get_if<I>(&variant);
}

template <class... T, std::size_t... I>
const char* read_canonical_variant(const char* at, canonical_input& in, std::variant<T...>& out,
                                   std::index_sequence<I...>) {
  at = read_literal(at, in.end, "{\"");
  if (at == nullptr || !in.descend()) return nullptr;
  const auto alternative = [&]<std::size_t Index>(std::integral_constant<std::size_t, Index>) {
    using type = std::variant_alternative_t<Index, std::variant<T...>>;
    const char* value = read_literal(at, in.end, shape_name<type>());
    value = value == nullptr ? nullptr : read_literal(value, in.end, "\":");
    if (value == nullptr) return false;
    at = read_canonical(value, in, held_alternative<Index>(out));
    return true;
  };
  const bool known = (alternative(std::integral_constant<std::size_t, I>{}) || ...);
  in.ascend();
  return known && at != nullptr ? read_char(at, in.end, '}') : nullptr;
}

template <class T>
const char* read_canonical(const char* at, canonical_input& in, T& out) {
  constexpr value_kind kind = kind_of<T>();
  if constexpr (is_scalar(kind)) {
    return read_scalar(at, in.end, out);
  } else if constexpr (kind == value_kind::structure) {
    using checked [[maybe_unused]] = decltype(check_described<T>());
    return read_canonical_members(at, in, out, evstore::detail::description_of<T>,
                                  std::make_index_sequence<field_count<T>>{});
  } else if constexpr (kind == value_kind::optional) {
    if constexpr (kind_of<typename T::value_type>() != value_kind::json) {
      if (const char* const null = read_literal(at, in.end, "null")) {
        out.reset();
        return null;
      }
    }
    if (!out) out.emplace();
    return read_canonical(at, in, *out);
  } else if constexpr (kind == value_kind::list) {
    return read_canonical_list(at, in, out);
  } else if constexpr (kind == value_kind::array) {
    return read_canonical_array(at, in, out);
  } else if constexpr (kind == value_kind::map) {
    return read_canonical_map(at, in, out);
  } else if constexpr (kind == value_kind::variant) {
    return read_canonical_variant(at, in, out, std::make_index_sequence<std::variant_size_v<T>>{});
  } else {
    static_cast<void>(sizeof(evstore::detail::TYPE_CANNOT_BE_STORED<T>));
    return nullptr;
  }
}

/// Reads a whole text. False if it is not canonical: `out` is then valid and unspecified.
template <class T>
bool read_canonical(const padded_text& text, T& out) {
  canonical_input in{text};
  return in.is_end(read_canonical(text.data(), in, out));
}

} // namespace evstore::json::detail
