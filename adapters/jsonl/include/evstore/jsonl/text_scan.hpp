#pragma once

#include <evstore/config.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// The loops that touch every byte of a log: for line ends, for the end of a name, for what only
/// stands between a payload and its metadata. Sixteen bytes at a time where the machine can.

namespace evstore::jsonl {

/// What `split_lines` found.
struct split {
  std::size_t lines;    ///< how many were put out
  std::size_t consumed; ///< bytes up to and with the last line's end
  bool ascii;           ///< no byte of the consumed ones is above 0x7F; may be false for others
};

/// Puts out the complete lines of `text`, without their ends, until `lines` is full. 16 bytes
/// behind the text may be read.
inline split split_lines(std::string_view text, std::span<std::string_view> lines) noexcept {
  const char* const base = text.data();
  std::size_t found = 0;
  std::size_t line = 0; // where the current line begins
#if defined(__SSE2__)
  const __m128i newline = _mm_set1_epi8('\n');
  __m128i seen = _mm_setzero_si128();
  for (std::size_t at = 0; at < text.size(); at += 64) {
    const auto load = [&](std::size_t i) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(base + at + i));
    };
    const __m128i a = load(0);
    const __m128i b = load(16);
    const __m128i c = load(32);
    const __m128i d = load(48);
    const auto mask = [&](__m128i bytes) {
      return static_cast<std::uint64_t>(
          static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, newline))));
    };
    seen = _mm_or_si128(seen, _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d)));
    std::uint64_t ends = mask(a) | mask(b) << 16 | mask(c) << 32 | mask(d) << 48;
    if (text.size() - at < 64) ends &= (std::uint64_t{1} << (text.size() - at)) - 1;
    while (ends != 0) {
      const std::size_t end = at + static_cast<std::size_t>(__builtin_ctzll(ends));
      ends &= ends - 1;
      lines[found++] = {base + line, end - line};
      line = end + 1;
      if (found == lines.size()) return {found, line, _mm_movemask_epi8(seen) == 0};
    }
  }
  return {found, line, _mm_movemask_epi8(seen) == 0};
#else
  while (found < lines.size() && line < text.size()) {
    const void* const end = std::memchr(base + line, '\n', text.size() - line);
    if (end == nullptr) break;
    const auto size = static_cast<std::size_t>(static_cast<const char*>(end) - (base + line));
    lines[found++] = {base + line, size};
    line += size + 1;
  }
  return {found, line, false};
#endif
}

/// The first quote or backslash in [begin, end), or `end`. 16 bytes behind the end may be read.
inline const char* find_string_end(const char* begin, const char* end) noexcept {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  for (; begin < end; begin += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(
        _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash))));
    if (found != 0) {
      begin += __builtin_ctz(found);
      return begin < end ? begin : end;
    }
  }
  return end;
#else
  while (begin < end && *begin != '"' && *begin != '\\') ++begin;
  return begin;
#endif
}

/// Whether `},"metadata":{` stands anywhere in the text. Much cheaper than finding out where the
/// payload before it ends, and nearly always false. 32 bytes behind the text may be read.
inline bool may_hold_metadata(std::string_view text) noexcept {
  constexpr std::string_view pattern = R"(},"metadata":{)";
#if defined(__SSE2__)
  const char* const end = text.data() + text.size();
  const __m128i brace = _mm_set1_epi8('}');
  const __m128i letter = _mm_set1_epi8('m');
  for (const char* at = text.data(); at < end; at += 16) {
    const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i third = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 3));
    auto found = static_cast<unsigned>(_mm_movemask_epi8(
        _mm_and_si128(_mm_cmpeq_epi8(here, brace), _mm_cmpeq_epi8(third, letter))));
    for (; found != 0; found &= found - 1) {
      const char* const candidate = at + __builtin_ctz(found);
      if (static_cast<std::size_t>(end - candidate) >= pattern.size() && candidate < end &&
          std::memcmp(candidate, pattern.data(), pattern.size()) == 0)
        return true;
    }
  }
  return false;
#else
  return text.find(pattern) != std::string_view::npos;
#endif
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
