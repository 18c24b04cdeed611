#pragma once

#include <evstore/detail/hot.hpp>
#include <evstore/detail/json_scan.hpp>
#include <evstore/detail/utf8.hpp>
#include <evstore/json/detail/literal.hpp>
#include <evstore/json/detail/number.hpp>
#include <evstore/json/detail/string.hpp>
#include <evstore/json/detail/time.hpp>
#include <evstore/value_kind.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// One JSON token into one C++ value. Both readers decode their tokens here, and so cannot disagree
/// on them. See literal.hpp for what the functions return.

namespace evstore::json::detail {

EVSTORE_DETAIL_HOT inline const char* read_name(const char* at, const char* end,
                                                std::string_view name) noexcept {
  const char* const behind = read_literal(at, end, name);
  return behind == nullptr ? nullptr : read_char(behind, end, '"');
}

/// Compares with each name where it stands, as a constant of the code: no string has to be found
/// first.
template <class E, std::size_t... I>
const char* read_plain_enumerator(const char* at, const char* end, E& out,
                                  std::index_sequence<I...>) noexcept {
  constexpr const auto& all = enumerators<E>;
  const char* behind = nullptr;
  static_cast<void>(
      (((behind = read_name(at, end, all[I].name)) != nullptr && (out = all[I].value, true)) ||
       ...));
  return behind;
}

template <class E>
const char* read_enumerator(const char* at, const char* end, E& out) {
  constexpr std::size_t few = 16;
  if constexpr (enumerators<E>.size() <= few) {
    if (const char* const name = read_char(at, end, '"'))
      if (const char* const behind = read_plain_enumerator(
              name, end, out, std::make_index_sequence<enumerators<E>.size()>{}))
        return behind;
  }
  std::string_view name;
  std::string storage;
  at = read_view(at, end, name, storage);
  if (at == nullptr) return nullptr;
  const std::optional<E> value = parse_enum<E>(name);
  if (value) out = *value;
  return value ? at : nullptr;
}

template <class Duration>
const char* read_time(const char* at, const char* end, std::chrono::sys_time<Duration>& out) {
  std::string_view text;
  std::string storage;
  at = read_view(at, end, text, storage);
  if (at == nullptr) return nullptr;
  const auto time = parse_time<Duration>(text);
  if (time) out = *time;
  return time ? at : nullptr;
}

/// Any value, byte for byte, but checked: what a reader skips nobody else looks at.
inline const char* read_json(const char* at, const char* end, raw_json& out) {
  if (at == end || *at == ' ' || *at == '\t' || *at == '\n' || *at == '\r') return nullptr;
  evstore::detail::json_scanner scanner{{at, static_cast<std::size_t>(end - at)}};
  if (scanner.scan_value()) return nullptr;
  const std::string_view text{at, scanner.at()};
  if (!evstore::detail::is_utf8(text)) return nullptr;
  const bool one_line = text.find_first_of("\n\r") == text.npos;
  out = one_line ? raw_json::trusted(text) : raw_json{std::string{text}};
  return at + text.size();
}

/// Kinds that are one token, or bytes that nobody looks into.
constexpr bool is_scalar(value_kind kind) noexcept {
  switch (kind) {
  case value_kind::nothing:
  case value_kind::boolean:
  case value_kind::integer:
  case value_kind::floating:
  case value_kind::text:
  case value_kind::time:
  case value_kind::json:
  case value_kind::enumeration: return true;
  default: return false;
  }
}

template <class T>
const char* read_scalar(const char* at, const char* end, T& out) {
  constexpr value_kind kind = kind_of<T>();
  if constexpr (kind == value_kind::boolean) {
    return read_boolean(at, end, out);
  } else if constexpr (kind == value_kind::nothing) {
    return read_literal(at, end, "null");
  } else if constexpr (kind == value_kind::integer) {
    return read_integer(at, end, out);
  } else if constexpr (kind == value_kind::floating) {
    return read_floating(at, end, out);
  } else if constexpr (kind == value_kind::text) {
    return read_text(at, end, out);
  } else if constexpr (kind == value_kind::enumeration) {
    return read_enumerator(at, end, out);
  } else if constexpr (kind == value_kind::time) {
    return read_time(at, end, out);
  } else {
    return read_json(at, end, out);
  }
}

} // namespace evstore::json::detail
