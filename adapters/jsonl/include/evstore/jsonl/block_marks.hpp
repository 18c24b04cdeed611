#pragma once

#include <evstore/config.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

/// The one pass over every byte of a log that is read: 64 bytes at a time, with 32-byte registers
/// where the machine that the program runs on has them.

namespace evstore::jsonl {

/// What stands in 64 bytes of text.
struct block_marks {
  std::uint64_t line_ends; ///< a bit for each byte
  bool not_ascii;          ///< some byte is above 0x7F
  /// Some `}` is followed, two bytes later, by an `m`: as in `},"metadata"`, and nearly nowhere
  /// else. Without one there is no metadata, and nobody has to find out where the payload ends.
  bool maybe_metadata;
};

namespace detail {

inline void mark_blocks_portably(const char* text, std::size_t blocks, block_marks* out) noexcept {
  for (; blocks != 0; --blocks, text += 64) {
    block_marks marks{};
    for (std::size_t i = 0; i < 64; ++i) {
      marks.line_ends |= std::uint64_t{text[i] == '\n'} << i;
      marks.not_ascii = marks.not_ascii || (text[i] & 0x80) != 0;
      marks.maybe_metadata = marks.maybe_metadata || (text[i] == '}' && text[i + 3] == 'm');
    }
    *out++ = marks;
  }
}

#if defined(__x86_64__)

inline void mark_blocks_by_16(const char* text, std::size_t blocks, block_marks* out) noexcept {
  const __m128i newline = _mm_set1_epi8('\n');
  const __m128i brace = _mm_set1_epi8('}');
  const __m128i letter = _mm_set1_epi8('m');
  for (; blocks != 0; --blocks, text += 64) {
    std::uint64_t ends = 0;
    __m128i all = _mm_setzero_si128();
    __m128i pairs = _mm_setzero_si128();
    for (std::size_t i = 0; i < 64; i += 16) {
      const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i));
      const __m128i third = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i + 3));
      const int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(here, newline));
      ends |= static_cast<std::uint64_t>(static_cast<unsigned>(mask)) << i;
      all = _mm_or_si128(all, here);
      pairs = _mm_or_si128(
          pairs, _mm_and_si128(_mm_cmpeq_epi8(here, brace), _mm_cmpeq_epi8(third, letter)));
    }
    *out++ = {ends, _mm_movemask_epi8(all) != 0, _mm_movemask_epi8(pairs) != 0};
  }
}

/// Vectors of the compiler's own kind: <immintrin.h>, which has the names for these instructions,
/// costs every user a third of a second.
using bytes_32 = char __attribute__((vector_size(32)));

__attribute__((target("avx2"))) inline void mark_blocks_by_32(const char* text, std::size_t blocks,
                                                              block_marks* out) noexcept {
  const bytes_32 newline = bytes_32{} + '\n';
  const bytes_32 brace = bytes_32{} + '}';
  const bytes_32 letter = bytes_32{} + 'm';
  for (; blocks != 0; --blocks, text += 64) {
    bytes_32 low;
    bytes_32 high;
    bytes_32 low_third;
    bytes_32 high_third;
    std::memcpy(&low, text, 32);
    std::memcpy(&high, text + 32, 32);
    std::memcpy(&low_third, text + 3, 32);
    std::memcpy(&high_third, text + 35, 32);
    const auto low_ends = reinterpret_cast<bytes_32>(low == newline);
    const auto high_ends = reinterpret_cast<bytes_32>(high == newline);
    const auto pairs = reinterpret_cast<bytes_32>(((low == brace) & (low_third == letter)) |
                                                  ((high == brace) & (high_third == letter)));
    const auto low_mask = static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(low_ends));
    const auto high_mask = static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(high_ends));
    *out++ = {std::uint64_t{high_mask} << 32 | low_mask,
              __builtin_ia32_pmovmskb256(low | high) != 0, __builtin_ia32_pmovmskb256(pairs) != 0};
  }
}

inline const bool has_registers_of_32 = [] {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") != 0;
}();

#endif

} // namespace detail

/// Marks the text, a block for each 64 bytes begun. `block_marks_padding` bytes behind it may be
/// read; line ends among them are not marked.
inline constexpr std::size_t block_marks_padding = 64 + 3;

inline void mark_blocks(std::string_view text, std::vector<block_marks>& out) {
  out.resize((text.size() + 63) / 64);
#if defined(__x86_64__)
  if (detail::has_registers_of_32)
    detail::mark_blocks_by_32(text.data(), out.size(), out.data());
  else
    detail::mark_blocks_by_16(text.data(), out.size(), out.data());
#else
  detail::mark_blocks_portably(text.data(), out.size(), out.data());
#endif
  if (text.size() % 64 != 0) out.back().line_ends &= (std::uint64_t{1} << (text.size() % 64)) - 1;
}

} // namespace evstore::jsonl
