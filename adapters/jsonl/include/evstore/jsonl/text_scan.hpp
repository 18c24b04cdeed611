#pragma once

#include <evstore/config.hpp>
#include <evstore/detail/first_bytes.hpp>
#include <evstore/detail/hot.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Searches in the text of a record: for the end of a name, for what only stands between a payload
/// and its metadata. Sixteen bytes at a time where the machine can.

namespace evstore::jsonl {

/// The first quote or backslash in [begin, end), or some place that is not before `end`. 16 bytes
/// behind the end may be read.
EVSTORE_DETAIL_HOT inline const char* find_string_end(const char* begin, const char* end) noexcept {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  for (; begin < end; begin += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(
        _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash))));
    if (found != 0) [[likely]]
      return begin + __builtin_ctz(found);
  }
  return begin;
#else
  while (begin < end && *begin != '"' && *begin != '\\') ++begin;
  return begin;
#endif
}

/// Whether there is a quote or a backslash in the text. Eight bytes at a time; reads none behind it.
inline bool has_string_end(std::string_view text) noexcept {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  const auto none_in = [](std::uint64_t word,
                          char wanted) { // as carry comes out of a byte only to be one too many
    const std::uint64_t differs = word ^ ones * static_cast<unsigned char>(wanted);
    return ((differs - ones) & ~differs & ones << 7) == 0;
  };
  for (std::size_t at = 0; at < text.size(); at += 8) {
    const std::uint64_t word = evstore::detail::first_bytes(text.data() + at, text.size() - at);
    if (!none_in(word, '"') || !none_in(word, '\\')) return true;
  }
  return false;
}

/// Where the object that the text begins with ends: behind its closing brace, or `text.size()` if
/// it does not end. The text is known to be valid JSON up to there.
inline std::size_t end_of_value(std::string_view text) noexcept {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
    case '{':
    case '[': ++depth; break;
    case '}':
    case ']':
      if (--depth == 0) return i + 1;
      break;
    case '"': {
      const char* const end = text.data() + text.size();
      const char* at = find_string_end(text.data() + i + 1, end);
      while (at < end && *at == '\\') at = find_string_end(at + 2 < end ? at + 2 : end, end);
      i = static_cast<std::size_t>(at - text.data());
      break;
    }
    default: break;
    }
  }
  return text.size();
}

} // namespace evstore::jsonl
