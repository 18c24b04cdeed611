#pragma once

#include <evstore/config.hpp>
#include <evstore/detail/hot.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

/// The one pass over every byte of a log that is read: 64 bytes at a time, with the widest registers
/// that the machine has that the program runs on.

namespace evstore::jsonl {

/// What may stand in a text, as bits.
enum text_trait : std::uint8_t {
  not_ascii = 1, ///< some byte is above 0x7F
  /// Some `}` is followed, two bytes later, by an `m`: as in `},"metadata"`, and nearly nowhere
  /// else. Without one there is no metadata, and nobody has to find out where the payload ends.
  maybe_metadata = 2,
};

namespace detail {

/// What stands in 64 bytes of text: a bit for each line end, and the traits.
struct block_marks {
  std::uint64_t line_ends;
  std::uint8_t traits;
};

constexpr std::uint8_t traits_of(bool is_not_ascii, bool is_maybe_metadata) noexcept {
  return static_cast<std::uint8_t>((is_not_ascii ? not_ascii : 0) |
                                   (is_maybe_metadata ? maybe_metadata : 0));
}

/// Where line ends are put, and the traits of all blocks together. No branch depends on whether a block
/// has a line end, which is as random as the lines are long.
struct mark_sink {
  std::uint32_t* ends;
  std::uint8_t traits = 0;

  EVSTORE_DETAIL_HOT void put(std::uint64_t found, std::uint32_t offset) noexcept {
    // Some bit is set even where none was found and what is put is not kept: it is searched for
    // without asking first whether there is any.
    *ends = offset + static_cast<std::uint32_t>(std::countr_zero(found | std::uint64_t{1} << 63));
    ends += found != 0 ? 1 : 0;
    for (std::uint64_t more = found & (found - 1); more != 0; more &= more - 1) [[unlikely]]
      *ends++ = offset + static_cast<std::uint32_t>(std::countr_zero(more));
  }
};

inline block_marks mark_block_portably(const char* text) noexcept {
  std::uint64_t ends = 0;
  bool high = false;
  bool pairs = false;
  for (std::size_t i = 0; i < 64; ++i) {
    ends |= std::uint64_t{text[i] == '\n'} << i;
    high = high || (text[i] & 0x80) != 0;
    pairs = pairs || (text[i] == '}' && text[i + 3] == 'm');
  }
  return {ends, traits_of(high, pairs)};
}

#if defined(__x86_64__)

inline block_marks mark_block_by_16(const char* text) noexcept {
  const __m128i newline = _mm_set1_epi8('\n');
  const __m128i brace = _mm_set1_epi8('}');
  const __m128i letter = _mm_set1_epi8('m');
  std::uint64_t ends = 0;
  __m128i all = _mm_setzero_si128();
  __m128i pairs = _mm_setzero_si128();
  for (std::size_t i = 0; i < 64; i += 16) {
    const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i));
    const __m128i third = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i + 3));
    const int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(here, newline));
    ends |= static_cast<std::uint64_t>(static_cast<unsigned>(mask)) << i;
    all = _mm_or_si128(all, here);
    pairs = _mm_or_si128(pairs,
                         _mm_and_si128(_mm_cmpeq_epi8(here, brace), _mm_cmpeq_epi8(third, letter)));
  }
  return {ends, traits_of(_mm_movemask_epi8(all) != 0, _mm_movemask_epi8(pairs) != 0)};
}

/// Vectors of the compiler's own kind: <immintrin.h>, which has the names for these instructions,
/// costs every user a third of a second.
using bytes_32 = char __attribute__((vector_size(32)));

__attribute__((target("avx2,bmi"))) inline mark_sink mark_blocks_by_32(
    const char* text, std::size_t blocks, mark_sink out, std::uint32_t offset) noexcept {
  const bytes_32 newline = bytes_32{} + '\n';
  const bytes_32 brace = bytes_32{} + '}';
  const bytes_32 letter = bytes_32{} + 'm';
  bytes_32 all{};
  bytes_32 pairs{};
  for (; blocks != 0; --blocks, text += 64, offset += 64) {
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
    all |= low | high;
    pairs |= reinterpret_cast<bytes_32>(((low == brace) & (low_third == letter)) |
                                        ((high == brace) & (high_third == letter)));
    const auto low_mask = static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(low_ends));
    const auto high_mask = static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(high_ends));
    out.put(std::uint64_t{high_mask} << 32 | low_mask, offset);
  }
  out.traits =
      traits_of(__builtin_ia32_pmovmskb256(all) != 0, __builtin_ia32_pmovmskb256(pairs) != 0);
  return out;
}

using bytes_64 = char __attribute__((vector_size(64)));

__attribute__((target("avx512bw,bmi"))) inline mark_sink mark_blocks_by_64(
    const char* text, std::size_t blocks, mark_sink out, std::uint32_t offset) noexcept {
  constexpr int equal = 0;
  constexpr auto every = ~std::uint64_t{0};
  const bytes_64 newline = bytes_64{} + '\n';
  const bytes_64 brace = bytes_64{} + '}';
  const bytes_64 letter = bytes_64{} + 'm';
  bytes_64 all{};
  std::uint64_t pairs = 0;
  for (; blocks != 0; --blocks, text += 64, offset += 64) {
    bytes_64 here;
    bytes_64 third;
    std::memcpy(&here, text, 64);
    std::memcpy(&third, text + 3, 64);
    all |= here;
    const std::uint64_t braces = __builtin_ia32_cmpb512_mask(here, brace, equal, every);
    pairs |= __builtin_ia32_cmpb512_mask(third, letter, equal, braces);
    out.put(__builtin_ia32_cmpb512_mask(here, newline, equal, every), offset);
  }
  out.traits = traits_of(__builtin_ia32_cvtb2mask512(all) != 0, pairs != 0);
  return out;
}

/// How many bytes the widest registers hold that this machine has, that its operating system keeps
/// (which the compiler's run-time library asks, too), and that are used here.
inline const int widest_registers = [] {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("bmi") == 0) return 16;
  if (__builtin_cpu_supports("avx512bw") != 0) return 64;
  return __builtin_cpu_supports("avx2") != 0 ? 32 : 16;
}();

#endif

template <class Mark>
mark_sink mark_blocks_with(Mark mark_block, const char* text, std::size_t blocks, mark_sink out,
                           std::uint32_t offset) noexcept {
  for (; blocks != 0; --blocks, text += 64, offset += 64) {
    const block_marks marks = mark_block(text);
    out.put(marks.line_ends, offset);
    out.traits = static_cast<std::uint8_t>(out.traits | marks.traits);
  }
  return out;
}

inline mark_sink mark_blocks(const char* text, std::size_t blocks, mark_sink out,
                             std::uint32_t offset) noexcept {
#if defined(__x86_64__)
  if (widest_registers == 64) return mark_blocks_by_64(text, blocks, out, offset);
  if (widest_registers == 32) return mark_blocks_by_32(text, blocks, out, offset);
  return mark_blocks_with(mark_block_by_16, text, blocks, out, offset);
#else
  return mark_blocks_with(mark_block_portably, text, blocks, out, offset);
#endif
}

} // namespace detail

/// Where the lines of a text end, and what may stand in them.
class line_marks {
public:
  /// So many bytes behind the text may be read; they are not part of it.
  static constexpr std::size_t padding = 64 + 3;

  /// Marks a text of less than 4 GiB, and forgets what was marked before.
  void mark(std::string_view text) {
    const std::size_t blocks = (text.size() + 63) / 64;
    traits_.resize((blocks + run - 1) / run);
    std::size_t count = 0;
    for (std::size_t i = 0; i < traits_.size(); ++i) {
      if (ends_.size() < count + 64 * run + 1) ends_.resize(count + 64 * run + 1);
      const std::size_t begin = i * run;
      const detail::mark_sink marked =
          detail::mark_blocks(text.data() + begin * 64, std::min(run, blocks - begin),
                              {ends_.data() + count}, static_cast<std::uint32_t>(begin * 64));
      count = static_cast<std::size_t>(marked.ends - ends_.data());
      traits_[i] = marked.traits;
    }
    while (count != 0 && ends_[count - 1] >= text.size()) --count;
    found_ = count;
  }

  /// Offsets, ascending. One element behind the last may be read.
  [[nodiscard]] std::span<const std::uint32_t> ends() const noexcept {
    return {ends_.data(), found_};
  }

  /// The traits of [from, to) of the text, or of something near to it.
  [[nodiscard]] std::uint8_t traits(std::size_t from, std::size_t to) const noexcept {
    constexpr std::size_t size = run * 64;
    std::uint8_t all = 0;
    for (std::size_t i = from / size; i < (to + size - 1) / size; ++i)
      all = static_cast<std::uint8_t>(all | traits_[i]);
    return all;
  }

private:
  static constexpr std::size_t run = 64; // blocks, for the ends of which room is made beforehand

  std::vector<std::uint32_t> ends_; // and room
  std::vector<std::uint8_t> traits_;
  std::size_t found_ = 0;
};

} // namespace evstore::jsonl
