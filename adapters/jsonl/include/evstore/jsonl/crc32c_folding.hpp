#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// CRC-32C by carry-less multiplication (V. Gopal et al.: Fast CRC Computation for Generic Polynomials
/// Using PCLMULQDQ, Intel 2009), 256 bytes at a time: four times what the processor's own instruction
/// for it does, and no branch depends on the length of a text that is not longer.
///
/// A text is a polynomial whose first bit is the highest power, and a power of x in front of some bits
/// may be replaced by its remainder: that of a block of 16 bytes which stands n bits before the end is
/// two products, the halves of the block times remainders of 32 bits. All blocks come down to the place
/// of the last one, and are added. Registers hold the highest power in their lowest bit, in which a
/// product comes out one power too high: remainders are of one less.

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))

namespace evstore::jsonl::detail {

/// Remainders of powers of x, highest power in the lowest bit.
constexpr std::uint32_t crc32c_polynomial = 0x82F63B78;
constexpr std::uint32_t times_x(std::uint32_t remainder) noexcept {
  return (remainder >> 1) ^ ((remainder & 1) != 0 ? crc32c_polynomial : 0);
}
constexpr std::uint32_t divided_by_x(std::uint32_t remainder) noexcept {
  const bool wrapped = (remainder & 0x8000'0000) != 0;
  return wrapped ? (remainder ^ crc32c_polynomial) << 1 | 1 : remainder << 1;
}
constexpr std::uint32_t one = 0x8000'0000; // the power 0

/// What the halves of a block are multiplied with that stands so many bits before the place where they
/// are wanted.
struct fold_factors {
  std::uint64_t high;
  std::uint64_t low;
};
constexpr fold_factors fold_over(std::size_t bits) noexcept {
  std::uint32_t low = divided_by_x(one);
  for (std::size_t i = 0; i < bits; ++i) low = times_x(low);
  std::uint32_t high = low;
  for (std::size_t i = 0; i < 64; ++i) high = times_x(high);
  return {std::uint64_t{high} << 32, std::uint64_t{low} << 32};
}

inline constexpr std::size_t stride = 256; // bytes
inline constexpr std::size_t block_bits = 128;

/// For each of the sixteen blocks of a stride: over those behind it.
alignas(64) inline constexpr auto fold_to_last = [] {
  std::array<fold_factors, 16> factors{};
  for (std::size_t i = 0; i < 16; ++i) factors[i] = fold_over((15 - i) * block_bits);
  return factors;
}();
/// The same for all: over a stride.
alignas(64) inline constexpr auto fold_stride = [] {
  std::array<fold_factors, 4> factors{};
  factors.fill(fold_over(stride * 8));
  return factors;
}();
/// For a register of 32 bits in front of so many bytes.
inline constexpr auto fold_register = [] {
  std::array<std::uint32_t, stride + 1> factors{};
  std::uint32_t factor = one;
  for (std::size_t i = 0; i < 33; ++i) factor = divided_by_x(factor);
  for (std::uint32_t& each : factors) {
    each = factor;
    for (std::size_t bit = 0; bit < 8; ++bit) factor = times_x(factor);
  }
  return factors;
}();

alignas(64) inline constexpr auto byte_numbers = [] {
  std::array<std::uint8_t, stride> numbers{};
  for (std::size_t i = 0; i < stride; ++i) numbers[i] = static_cast<std::uint8_t>(i);
  return numbers;
}();

// Vectors of the compiler's own kind: see line_marks.hpp.
using bytes_512 = char __attribute__((vector_size(64), may_alias));
using words_512 = long long __attribute__((vector_size(64), may_alias));
using words_256 = long long __attribute__((vector_size(32)));
using words_128 = long long __attribute__((vector_size(16)));

#define EVSTORE_JSONL_FOLDING                                                                      \
  __attribute__((target("avx512bw,vpclmulqdq,pclmul,sse4.2"), always_inline)) inline

EVSTORE_JSONL_FOLDING words_512 folded(words_512 blocks, const fold_factors* factors) noexcept {
  const auto by = *reinterpret_cast<const words_512*>(factors);
#if defined(__clang__)
  return __builtin_ia32_pclmulqdq512(blocks, by, 0x00) ^
         __builtin_ia32_pclmulqdq512(blocks, by, 0x11);
#else
  return __builtin_ia32_vpclmulqdq_v8di(blocks, by, 0x00) ^
         __builtin_ia32_vpclmulqdq_v8di(blocks, by, 0x11);
#endif
}

/// The bytes of 64 from `text` on whose number among the stride's is at least `first`; zeros in place of
/// the others, which are not read.
EVSTORE_JSONL_FOLDING words_512 load_from(std::uintptr_t text, std::size_t part,
                                          std::size_t first) noexcept {
  constexpr int at_least = 5;
  const auto numbers = *reinterpret_cast<const bytes_512*>(byte_numbers.data() + part * 64);
  const auto kept = __builtin_ia32_ucmpb512_mask(numbers, bytes_512{} + static_cast<char>(first),
                                                 at_least, ~std::uint64_t{0});
#if defined(__clang__)
  // NOLINTNEXTLINE(performance-no-int-to-ptr): it may lie in front of the text, where no pointer may point
  const auto* const from = reinterpret_cast<const bytes_512*>(text + part * 64);
#else
  const auto* const from = reinterpret_cast<const char*>(text + part * 64);
#endif
  return reinterpret_cast<words_512>(__builtin_ia32_loaddquqi512_mask(from, bytes_512{}, kept));
}

/// Advances the raw register of a CRC-32C. Reads nothing beyond the text.
__attribute__((target("avx512bw,vpclmulqdq,pclmul,sse4.2"))) inline std::uint32_t crc32c_by_folding(
    std::uint32_t state, const char* bytes, std::size_t size) noexcept {
  if (size == 0) return state;
  std::size_t strides = (size - 1) / stride;
  const std::size_t odd =
      size - strides * stride; // 1 to 256, which are read as if zeros stood before
  const std::size_t zeros = stride - odd;
  // No pointer arithmetic, which ends where the text begins.
  auto at = reinterpret_cast<std::uintptr_t>(bytes) - zeros;
  words_512 a = load_from(at, 0, zeros);
  words_512 b = load_from(at, 1, zeros);
  words_512 c = load_from(at, 2, zeros);
  words_512 d = load_from(at, 3, zeros);
  words_128 before = __builtin_ia32_pclmulqdq128(
      words_128{static_cast<long long>(std::uint64_t{state} << 32)},
      words_128{static_cast<long long>(std::uint64_t{fold_register[odd]} << 32)}, 0);
  if (strides != 0) {
    d ^= words_512{0, 0, 0, 0, 0, 0, before[0], before[1]};
    before = words_128{};
  }
  for (; strides != 0; --strides) {
    at += stride;
    a = folded(a, fold_stride.data()) ^ load_from(at, 0, 0);
    b = folded(b, fold_stride.data()) ^ load_from(at, 1, 0);
    c = folded(c, fold_stride.data()) ^ load_from(at, 2, 0);
    d = folded(d, fold_stride.data()) ^ load_from(at, 3, 0);
  }
  const words_512 sum = folded(a, fold_to_last.data()) ^ folded(b, fold_to_last.data() + 4) ^
                        folded(c, fold_to_last.data() + 8) ^ folded(d, fold_to_last.data() + 12);
  const words_256 half =
      __builtin_shufflevector(sum, sum, 0, 1, 2, 3) ^ __builtin_shufflevector(sum, sum, 4, 5, 6, 7);
  const words_128 last = __builtin_shufflevector(half, half, 0, 1) ^
                         __builtin_shufflevector(half, half, 2, 3) ^ before;
  const auto high = __builtin_ia32_crc32di(0, static_cast<std::uint64_t>(last[0]));
  return static_cast<std::uint32_t>(
      __builtin_ia32_crc32di(high, static_cast<std::uint64_t>(last[1])));
}

#undef EVSTORE_JSONL_FOLDING

inline const bool has_folding = [] {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("vpclmulqdq") != 0 &&
         __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("sse4.2") != 0;
}();

} // namespace evstore::jsonl::detail

#endif
