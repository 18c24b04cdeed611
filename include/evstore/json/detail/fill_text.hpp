#pragma once

#include <evstore/detail/hot.hpp>

#include <cstddef>
#include <string>

namespace evstore::json::detail {

/// What a string of libstdc++ has room for, and what it has room for once it has grown.
inline constexpr std::size_t string_room = 15;
inline constexpr std::size_t grown_string_room = 30;

/// How many bytes of a text `fill_text` may read.
inline constexpr std::size_t most_filled = grown_string_room;

/// Assigns `Count` bytes and keeps `size`. The compiler is told what it cannot know, because a char
/// that is written may be anything, also a part of the string itself: that nothing has to grow.
template <std::size_t Count>
EVSTORE_DETAIL_HOT inline void overwrite(std::string& out, const char* text, std::size_t size) {
  out.clear();
  if (!out.empty() || out.capacity() < Count) __builtin_unreachable();
  out.append(text, Count);
  if (out.size() != Count || size > Count) __builtin_unreachable();
  out.erase(size);
}

/// Assigns a short text to a string that has room for it, and reads `most_filled` bytes where the text
/// begins: it copies as many as the string has room for and forgets those that are not of the text. A
/// copy of `size` bytes would branch on the size, which no processor can predict. False, and nothing
/// done, for all others. Whoever calls it is marked `flatten`: it pays only when all is inlined.
EVSTORE_DETAIL_HOT inline bool fill_text(std::string& out, const char* text, std::size_t size) {
  const std::size_t room = out.capacity();
  if (room >= grown_string_room && size <= grown_string_room)
    overwrite<grown_string_room>(out, text, size);
  else if (room >= string_room && size <= string_room)
    overwrite<string_room>(out, text, size);
  else
    return false;
  return true;
}

} // namespace evstore::json::detail
