#pragma once

#include <evstore/fixed_string.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace evstore::convex {

/// The id of a document of one table: in validators `v.id("games")`. What a client sends as one is
/// checked to be an id of that table; whether there is such a document is for the function to see.
template <fixed_string Table>
struct id {
  static constexpr std::string_view table = Table.view();

  std::string text;

  friend auto operator<=>(const id&, const id&) = default;
};

/// The tables whose ids are told apart, numbered from 10001 on in the order given, as Convex numbers
/// them. The number is part of every id: new tables go to the end, and none is taken out.
class table_names {
public:
  table_names() = default;
  table_names(std::initializer_list<std::string_view> names) : names_(names.begin(), names.end()) {}

  /// Empty if no table has the number.
  [[nodiscard]] std::string_view name_of(std::uint32_t number) const noexcept {
    return number >= first && number - first < names_.size() ? names_[number - first]
                                                             : std::string_view{};
  }
  [[nodiscard]] std::optional<std::uint32_t> number_of(std::string_view name) const noexcept {
    const auto at = std::find(names_.begin(), names_.end(), name);
    if (at == names_.end()) return std::nullopt;
    return first + static_cast<std::uint32_t>(at - names_.begin());
  }

private:
  static constexpr std::uint32_t first = 10001;

  std::vector<std::string> names_;
};

/// What the text of an id says: its table, and sixteen bytes that nothing else has.
struct id_content {
  std::uint32_t table_number;
  std::array<std::uint8_t, 16> unique;

  friend bool operator==(const id_content&, const id_content&) = default;
};

namespace detail {

/// Crockford's, in lower case: without i, l, o and u.
inline constexpr std::string_view id_alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/// Two sums that notice a mistyped or exchanged byte (Fletcher, 1982), here modulo 256.
constexpr std::array<std::uint8_t, 2> id_check(std::span<const std::uint8_t> data) noexcept {
  std::uint8_t sum = 0;
  std::uint8_t sum_of_sums = 0;
  for (const std::uint8_t byte : data) {
    sum = static_cast<std::uint8_t>(sum + byte);
    sum_of_sums = static_cast<std::uint8_t>(sum_of_sums + sum);
  }
  return {sum, sum_of_sums};
}

inline std::string to_base32(std::span<const std::uint8_t> data) {
  std::string text;
  std::uint32_t held = 0;
  int bits = 0;
  for (const std::uint8_t byte : data) {
    held = held << 8 | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += id_alphabet[held >> (bits - 5) & 31];
  }
  if (bits > 0) text += id_alphabet[held << (5 - bits) & 31];
  return text;
}

} // namespace detail

/// The text of an id: the table's number (LEB128), the sixteen bytes and their check sums in base32.
/// 32 characters for the first sixteen thousand tables.
[[nodiscard]] inline std::string write_id(const id_content& content) {
  std::vector<std::uint8_t> data;
  std::uint32_t number = content.table_number;
  for (; number >= 0x80; number >>= 7) data.push_back(static_cast<std::uint8_t>(number | 0x80));
  data.push_back(static_cast<std::uint8_t>(number));
  data.insert(data.end(), content.unique.begin(), content.unique.end());
  const auto check = detail::id_check(data);
  data.insert(data.end(), check.begin(), check.end());
  return detail::to_base32(data);
}

/// Nothing unless the text is exactly what `write_id` writes.
[[nodiscard]] inline std::optional<id_content> parse_id(std::string_view text) {
  if (text.size() < 31 || text.size() > 37) return std::nullopt;
  std::vector<std::uint8_t> data;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t digit = detail::id_alphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    held = held << 5 | static_cast<std::uint32_t>(digit);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    data.push_back(static_cast<std::uint8_t>(held >> bits & 0xFF));
  }
  id_content content{};
  constexpr std::size_t behind_number = 18;
  if (data.size() <= behind_number || data.size() - behind_number > 5) return std::nullopt;
  const std::size_t width = data.size() - behind_number;
  for (std::size_t i = 0; i < width; ++i)
    content.table_number |= static_cast<std::uint32_t>(data[i] & 0x7F) << (7 * i);
  std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(width), 16, content.unique.begin());
  if (write_id(content) != text) return std::nullopt; // sums, stray bits and lengths in one
  return content;
}

/// The sixteen bytes as Convex makes them: fourteen of chance, and the day.
[[nodiscard]] inline std::array<std::uint8_t, 16> unique_bytes(
    std::span<const std::uint8_t, 14> random, std::chrono::system_clock::time_point now) {
  const auto day = static_cast<std::uint16_t>(
      std::chrono::floor<std::chrono::days>(now).time_since_epoch().count());
  std::array<std::uint8_t, 16> unique{};
  std::copy(random.begin(), random.end(), unique.begin());
  unique[14] = static_cast<std::uint8_t>(day >> 8);
  unique[15] = static_cast<std::uint8_t>(day & 0xFF);
  return unique;
}

} // namespace evstore::convex
