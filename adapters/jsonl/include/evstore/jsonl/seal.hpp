#pragma once

#include <evstore/jsonl/crc32c.hpp>
#include <evstore/jsonl/digits.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

/// The end of a record, `,"crc":"9ae0daaf"}`: the CRC-32C of the line's bytes before it, continued
/// from the crc of the line before. So a crc is that of all records up to its own, and a line that
/// is altered, lost, swapped or borrowed from another log does not fit its neighbours.

namespace evstore::jsonl {

inline constexpr std::string_view seal_begin = R"(,"crc":")";
inline constexpr std::string_view seal_end = R"("})";
inline constexpr std::size_t crc_digits = 8;
static_assert(seal_begin.size() == 8, "compared as one word");
inline constexpr std::size_t seal_size = seal_begin.size() + crc_digits + seal_end.size();
static_assert(seal_size >= 8, "crc32c_of_three reads 8 bytes from where a sealed part begins");

namespace detail {

/// Eight lower-case hexadecimal digits as they stand in memory, the first digit in the low byte.
inline std::uint64_t hex_of(std::uint32_t value) noexcept {
  std::uint64_t x = value;
  x = (x & 0x0000'0000'0000'FFFF) << 32 | (x & 0x0000'0000'FFFF'0000) >> 16;
  x = (x & 0x0000'00FF'0000'00FF) << 16 | (x & 0x0000'FF00'0000'FF00) >> 8;
  x = (x & 0x000F'000F'000F'000F) << 8 | (x & 0x00F0'00F0'00F0'00F0) >> 4;
  const std::uint64_t letters = ((x + 0x0606'0606'0606'0606) >> 4) & 0x0101'0101'0101'0101;
  return x + 0x3030'3030'3030'3030 + letters * ('a' - '0' - 10);
}

/// The inverse; of anything but eight such digits some number.
inline std::uint32_t from_hex(std::uint64_t text) noexcept {
  std::uint64_t x = (text & 0x0F0F'0F0F'0F0F'0F0F) + (text >> 6 & 0x0101'0101'0101'0101) * 9;
  x = (x & 0x000F'000F'000F'000F) << 4 | (x & 0x0F00'0F00'0F00'0F00) >> 8;
  x = (x & 0x0000'00FF'0000'00FF) << 8 | (x & 0x00FF'0000'00FF'0000) >> 16;
  return static_cast<std::uint32_t>((x & 0xFFFF) << 16 | (x >> 32 & 0xFFFF));
}

} // namespace detail

/// Writes `crc_digits` characters.
inline char* write_crc(char* out, std::uint32_t crc) noexcept {
  const std::uint64_t digits = detail::hex_of(crc);
  std::memcpy(out, &digits, sizeof digits);
  return out + crc_digits;
}

/// Reads `crc_digits` characters: lower-case hexadecimal digits, or nothing.
inline std::optional<std::uint32_t> parse_crc(std::string_view text) noexcept {
  if (text.size() != crc_digits) return std::nullopt;
  const std::uint64_t digits = detail::load_word(text.data());
  const std::uint32_t value = detail::from_hex(digits);
  if (detail::hex_of(value) != digits) return std::nullopt;
  return value;
}

/// Whether the line ends like a sealed record. Says nothing of the digits.
inline bool is_sealed(std::string_view line) noexcept {
  if (line.size() < seal_size) return false;
  const char* const seal = line.data() + line.size() - seal_size;
  return detail::load_word(seal) == detail::load_word(seal_begin.data()) &&
         line.ends_with(seal_end);
}

/// What the seal of a sealed line is the checksum of, and the record without its end.
inline std::string_view sealed_part(std::string_view line) noexcept {
  return line.substr(0, line.size() - seal_size);
}

/// The digits of a sealed line's crc.
inline std::string_view crc_text(std::string_view line) noexcept {
  return line.substr(line.size() - seal_end.size() - crc_digits, crc_digits);
}

/// The crc that the next line continues from: 0 after a line without a seal.
inline std::uint32_t crc_after(std::string_view line) noexcept {
  return is_sealed(line) ? detail::from_hex(detail::load_word(crc_text(line).data())) : 0;
}

/// Whether a sealed line fits the crc before it.
inline bool is_intact(std::string_view line, std::uint32_t seed) noexcept {
  const std::uint32_t crc = crc32c(seed, sealed_part(line));
  return detail::hex_of(crc) == detail::load_word(crc_text(line).data());
}

/// How many of the lines, from the first on, are sealed and fit the line before; `seed` is the crc
/// before the first. Each line names the crc that the next begins with, so none waits for the one
/// before it, and where one checksum leaves the processor idle there are three at a time. Reads nothing
/// beyond the lines.
inline std::size_t count_intact(std::span<const std::string_view> lines, std::uint32_t seed,
                                bool by_three = crc32c_gains_from_three()) noexcept {
  std::size_t i = 0;
  for (; by_three && i + 3 <= lines.size(); i += 3) {
    const std::array<std::string_view, 3> three{lines[i], lines[i + 1], lines[i + 2]};
    if (!is_sealed(three[0]) || !is_sealed(three[1]) || !is_sealed(three[2])) break;
    std::array<std::uint32_t, 3> crcs{seed, crc_after(three[0]), crc_after(three[1])};
    crc32c_of_three(crcs, {sealed_part(three[0]), sealed_part(three[1]), sealed_part(three[2])});
    const auto fits = [&](std::size_t k) {
      return detail::hex_of(crcs[k]) == detail::load_word(crc_text(three[k]).data());
    };
    if (!fits(0) || !fits(1) || !fits(2)) break;
    seed = crcs[2];
  }
  for (; i < lines.size() && is_sealed(lines[i]) && is_intact(lines[i], seed); ++i)
    seed = detail::from_hex(detail::load_word(crc_text(lines[i]).data()));
  return i;
}

} // namespace evstore::jsonl
