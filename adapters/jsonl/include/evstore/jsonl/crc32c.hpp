#pragma once

#include <evstore/jsonl/crc32c_folding.hpp>
#include <evstore/jsonl/digits.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define EVSTORE_JSONL_CRC32C_HARDWARE 1
#endif

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4): the checksum of the log's records. With hardware
/// help where the machine that the program runs on has it; the answers are the same.

namespace evstore::jsonl {

namespace detail {

/// Slicing by 8: the table `k` advances a byte over `k` further zero bytes.
constexpr std::array<std::array<std::uint32_t, 256>, 8> make_crc32c_tables() noexcept {
  constexpr std::uint32_t polynomial = 0x82F63B78;
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? polynomial : 0);
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < tables.size(); ++k)
    for (std::size_t byte = 0; byte < 256; ++byte)
      tables[k][byte] = (tables[k - 1][byte] >> 8) ^ tables[0][tables[k - 1][byte] & 255];
  return tables;
}
inline constexpr auto crc32c_tables = make_crc32c_tables();

/// Advances the raw register; portable.
inline std::uint32_t crc32c_by_table(std::uint32_t state, const char* bytes,
                                     std::size_t size) noexcept {
  const auto& table = crc32c_tables;
  for (; size >= 8; bytes += 8, size -= 8) {
    std::array<std::uint8_t, 8> b;
    std::memcpy(b.data(), bytes, b.size());
    const std::uint32_t low = state ^ (std::uint32_t{b[0]} | std::uint32_t{b[1]} << 8 |
                                       std::uint32_t{b[2]} << 16 | std::uint32_t{b[3]} << 24);
    state = table[7][low & 255] ^ table[6][(low >> 8) & 255] ^ table[5][(low >> 16) & 255] ^
            table[4][low >> 24] ^ table[3][b[4]] ^ table[2][b[5]] ^ table[1][b[6]] ^ table[0][b[7]];
  }
  for (; size != 0; ++bytes, --size)
    state = (state >> 8) ^ table[0][(state ^ static_cast<std::uint8_t>(*bytes)) & 255];
  return state;
}

#if defined(EVSTORE_JSONL_CRC32C_HARDWARE)

/// Advances the register over the first `size % 8` bytes, so that whole words are left, in one step
/// and without a branch on how many they are, which no processor could predict. Reads 8 bytes.
__attribute__((target("sse4.2"))) inline std::uint64_t crc32c_of_odd_bytes(
    std::uint32_t state, const char* bytes, std::size_t size) noexcept {
  // The register meets the first four bytes; zeros in front of a register of zero change nothing.
  const std::size_t bits = size % 8 * 8;
  const std::uint64_t met = load_word(bytes) ^ state;
  return __builtin_ia32_crc32di(0, met << 8 << (56 - bits)) ^ (std::uint64_t{state} >> bits);
}

__attribute__((target("sse4.2"))) inline std::uint32_t crc32c_by_hardware(
    std::uint32_t state, const char* bytes, std::size_t size) noexcept {
  if (size < 8) return crc32c_by_table(state, bytes, size);
  std::uint64_t wide = crc32c_of_odd_bytes(state, bytes, size);
  bytes += size % 8;
  for (std::size_t words = size / 8; words != 0; --words, bytes += 8)
    wide = __builtin_ia32_crc32di(wide, load_word(bytes));
  return static_cast<std::uint32_t>(wide);
}

/// Three texts at once: the instruction answers after three cycles and starts in every one.
__attribute__((target("sse4.2"))) inline void crc32c_of_three_by_hardware(
    std::uint32_t* states, const std::string_view* texts) noexcept {
  std::uint64_t a = crc32c_of_odd_bytes(states[0], texts[0].data(), texts[0].size());
  std::uint64_t b = crc32c_of_odd_bytes(states[1], texts[1].data(), texts[1].size());
  std::uint64_t c = crc32c_of_odd_bytes(states[2], texts[2].data(), texts[2].size());
  const char* const of_a = texts[0].data() + texts[0].size() % 8;
  const char* const of_b = texts[1].data() + texts[1].size() % 8;
  const char* const of_c = texts[2].data() + texts[2].size() % 8;
  const std::size_t end_of_a = texts[0].size() / 8 * 8;
  const std::size_t end_of_b = texts[1].size() / 8 * 8;
  const std::size_t end_of_c = texts[2].size() / 8 * 8;
  const std::size_t end_of_all = std::min(std::min(end_of_a, end_of_b), end_of_c);
  std::size_t at = 0;
  for (; at < end_of_all; at += 8) {
    a = __builtin_ia32_crc32di(a, load_word(of_a + at));
    b = __builtin_ia32_crc32di(b, load_word(of_b + at));
    c = __builtin_ia32_crc32di(c, load_word(of_c + at));
  }
  for (std::size_t i = at; i < end_of_a; i += 8) a = __builtin_ia32_crc32di(a, load_word(of_a + i));
  for (std::size_t i = at; i < end_of_b; i += 8) b = __builtin_ia32_crc32di(b, load_word(of_b + i));
  for (std::size_t i = at; i < end_of_c; i += 8) c = __builtin_ia32_crc32di(c, load_word(of_c + i));
  states[0] = static_cast<std::uint32_t>(a);
  states[1] = static_cast<std::uint32_t>(b);
  states[2] = static_cast<std::uint32_t>(c);
}

inline const bool has_crc32c_hardware = [] {
  __builtin_cpu_init();
  return __builtin_cpu_supports("sse4.2") != 0;
}();

#endif

} // namespace detail

/// The checksum of what `seed` is the checksum of, continued by `bytes`; 0 is that of nothing.
/// So `crc32c(crc32c(0, a), b)` is the checksum of `ab`.
inline std::uint32_t crc32c(std::uint32_t seed, std::string_view bytes) noexcept {
#if defined(EVSTORE_JSONL_CRC32C_HARDWARE)
  if (detail::has_folding) return ~detail::crc32c_by_folding(~seed, bytes.data(), bytes.size());
  if (detail::has_crc32c_hardware)
    return ~detail::crc32c_by_hardware(~seed, bytes.data(), bytes.size());
#endif
  return ~detail::crc32c_by_table(~seed, bytes.data(), bytes.size());
}

/// Whether `crc32c_of_three` is faster than `crc32c` three times.
inline bool crc32c_gains_from_three() noexcept {
#if defined(EVSTORE_JSONL_CRC32C_HARDWARE)
  return !detail::has_folding;
#else
  return false;
#endif
}

/// Three independent checksums by the processor's instruction for one. 8 bytes from where
/// each text begins must be readable, however short it is: a seal behind it is enough.
inline void crc32c_of_three(std::array<std::uint32_t, 3>& seeds,
                            const std::array<std::string_view, 3>& texts) noexcept {
#if defined(EVSTORE_JSONL_CRC32C_HARDWARE)
  if (detail::has_crc32c_hardware) {
    for (std::uint32_t& seed : seeds) seed = ~seed;
    detail::crc32c_of_three_by_hardware(seeds.data(), texts.data());
    for (std::uint32_t& seed : seeds) seed = ~seed;
    return;
  }
#endif
  for (std::size_t i = 0; i < seeds.size(); ++i) seeds[i] = crc32c(seeds[i], texts[i]);
}

} // namespace evstore::jsonl
