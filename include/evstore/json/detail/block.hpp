#pragma once

#include <evstore/detail/first_bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace evstore::json::detail {

/// Sixteen bytes of a JSON string, and which of them are more than themselves. `<emmintrin.h>` is
/// part of every x86-64 and costs a fiftieth of `<immintrin.h>` to include; on strings of the usual
/// length wider registers gain nothing.
class block {
public:
  static constexpr std::size_t size = 16;

#if defined(__SSE2__)
  static block load(const char* text) noexcept {
    return block{_mm_loadu_si128(reinterpret_cast<const __m128i*>(text))};
  }
  /// Fewer than 16 bytes: reads none behind them, the rest are zeros.
  static block load(const char* text, std::size_t count) noexcept {
    std::uint64_t high = 0;
    if (count > 8) {
      std::memcpy(&high, text + count - 8, sizeof high);
      high >>= 8 * (16 - count);
    }
    const std::uint64_t low = evstore::detail::first_bytes(text, count);
    return block{_mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low))};
  }
  void store(char* out) const noexcept {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes_);
  }
  friend block operator|(block a, block b) noexcept {
    return block{_mm_or_si128(a.bytes_, b.bytes_)};
  }
  /// A bit for each byte that is a quote, a backslash or a control character.
  [[nodiscard]] std::uint32_t special() const noexcept {
    const __m128i swapped = with_quote_for_space();
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(swapped, _mm_set1_epi8(' ')), swapped);
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_or_si128(low, backslashes())));
  }
  /// A bit for each byte that is not ASCII.
  [[nodiscard]] std::uint32_t foreign() const noexcept {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes_));
  }
  /// A bit for each byte that is neither: as signed numbers, what is not ASCII is small, too.
  [[nodiscard]] std::uint32_t plain() const noexcept {
    const __m128i high = _mm_cmpgt_epi8(with_quote_for_space(), _mm_set1_epi8(' '));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_andnot_si128(backslashes(), high)));
  }

private:
  explicit block(__m128i bytes) noexcept : bytes_{bytes} {}
  /// With this bit turned, the quote takes the place of the space, and all that is special but the
  /// backslash is in one range: control characters stay among themselves, and the others above.
  [[nodiscard]] __m128i with_quote_for_space() const noexcept {
    static_assert(('"' ^ 2) == ' ');
    return _mm_xor_si128(bytes_, _mm_set1_epi8(2));
  }
  [[nodiscard]] __m128i backslashes() const noexcept {
    return _mm_cmpeq_epi8(bytes_, _mm_set1_epi8('\\'));
  }
  __m128i bytes_;
#else
  static block load(const char* text) noexcept { return load(text, size); }
  static block load(const char* text, std::size_t count) noexcept {
    block loaded;
    std::memcpy(loaded.bytes_, text, count);
    return loaded;
  }
  void store(char* out) const noexcept { std::memcpy(out, bytes_, size); }
  friend block operator|(block a, block b) noexcept {
    for (std::size_t i = 0; i < size; ++i)
      a.bytes_[i] = static_cast<char>(a.bytes_[i] | b.bytes_[i]);
    return a;
  }
  [[nodiscard]] std::uint32_t special() const noexcept {
    return bits([](unsigned char c) { return c == '"' || c == '\\' || c < 0x20; });
  }
  [[nodiscard]] std::uint32_t foreign() const noexcept {
    return bits([](unsigned char c) { return c >= 0x80; });
  }
  [[nodiscard]] std::uint32_t plain() const noexcept {
    return bits([](unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; });
  }

private:
  template <class Predicate>
  [[nodiscard]] std::uint32_t bits(Predicate is) const noexcept {
    std::uint32_t found = 0;
    for (std::size_t i = 0; i < size; ++i)
      found |= std::uint32_t{is(static_cast<unsigned char>(bytes_[i]))} << i;
    return found;
  }
  char bytes_[size]{};
#endif
};

} // namespace evstore::json::detail
