#pragma once

#include <evstore/detail/hot.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Every function that reads takes the place it reads at and the end of the text, and returns the
/// place behind what it read, or null if that is not what stands there.

namespace evstore::json::detail {

EVSTORE_DETAIL_HOT inline const char* read_literal(const char* at, const char* end,
                                                   std::string_view text) noexcept {
  if (static_cast<std::size_t>(end - at) < text.size()) return nullptr;
  return std::memcmp(at, text.data(), text.size()) == 0 ? at + text.size() : nullptr;
}

EVSTORE_DETAIL_HOT inline const char* read_char(const char* at, const char* end, char c) noexcept {
  return at != end && *at == c ? at + 1 : nullptr;
}

/// Without a branch on which of the two it is.
inline const char* read_boolean(const char* at, const char* end, bool& out) noexcept {
  if (end - at < 5) {
    out = true;
    return read_literal(at, end, "true");
  }
  const auto begins_with = [at](const char(&word)[5]) {
    std::uint32_t found = 0;
    std::uint32_t wanted = 0;
    std::memcpy(&found, at, sizeof found);
    std::memcpy(&wanted, word, sizeof wanted);
    return static_cast<unsigned>(found == wanted);
  };
  const unsigned yes = begins_with("true");
  const unsigned no = begins_with("fals") & static_cast<unsigned>(at[4] == 'e');
  out = yes != 0;
  const unsigned size = 4 * yes + 5 * no; // what is asked is not which: `yes | no` becomes a branch
  return size != 0 ? at + size : nullptr;
}

} // namespace evstore::json::detail
