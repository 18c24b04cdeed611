#pragma once

#include <evstore/config.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace evstore::convex {

/// How large a value may be. The defaults are those of Convex for what functions take and return;
/// `document_limits` are those of what is stored.
struct limits {
  std::size_t depth = 64;                   ///< arrays and objects inside each other
  std::size_t elements = 8192;              ///< of one array
  std::size_t fields = 1024;                ///< of one object
  std::size_t size = std::size_t{16} << 20; ///< see `value::size`
};

inline constexpr limits document_limits{.depth = 16, .size = std::size_t{1} << 20};

/// What is wrong with the name of a field, or nothing. Names are up to 1024 characters of printable
/// ASCII and do not begin with `$`, which is how the encoding marks what JSON cannot say.
constexpr std::string_view field_name_defect(std::string_view name) noexcept {
  if (name.size() > 1024) return "the name of a field is longer than 1024 characters";
  if (name.starts_with('$')) return "the name of a field begins with a '$', which is reserved";
  const auto printable = [](char c) { return c >= 0x20 && c <= 0x7E; };
  if (!std::all_of(name.begin(), name.end(), printable))
    return "the name of a field has a character that is no printable ASCII";
  return {};
}

/// The same for a field of a stored document, outside of which the rules are looser: an identifier
/// of up to 64 characters that does not begin with `_`, as the system's own do.
constexpr std::string_view document_field_defect(std::string_view name) noexcept {
  if (name.empty() || name.size() > 64)
    return "the name of a document's field has 1 to 64 characters";
  if (name.front() == '_')
    return "the name of a document's field begins with a '_', which is reserved";
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  if (!letter(name.front()) || !std::all_of(name.begin(), name.end(), [&](char c) {
        return letter(c) || (c >= '0' && c <= '9');
      }))
    return "the name of a document's field is no identifier";
  return {};
}

} // namespace evstore::convex
