#pragma once

#include <evstore/config.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace evstore {

/// A client-given name of one event: 128 bits, written as a UUID (RFC 9562) in lower case.
///
/// Ids make a retry safe: an event id is unique within its stream, and appending the same ids with
/// the same payloads again returns the original receipt. See `generate_event_id()` for fresh ones.
class event_id {
public:
  using bytes_type = std::array<std::uint8_t, 16>;

  constexpr explicit event_id(const bytes_type& bytes) noexcept : bytes_{bytes} {}

  /// Reads `8-4-4-4-12` hexadecimal digits, either case; nothing else is accepted.
  static constexpr std::optional<event_id> parse(std::string_view text) noexcept {
    if (text.size() != text_size) return std::nullopt;
    bytes_type bytes{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (dash_before(i) && text[at++] != '-') return std::nullopt;
      const int high = digit(text[at++]);
      const int low = digit(text[at++]);
      if (high < 0 || low < 0) return std::nullopt;
      bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return event_id{bytes};
  }

  /// Writes `text_size` characters at `out` and returns the end.
  constexpr char* write(char* out) const noexcept {
    constexpr char digits[] = "0123456789abcdef";
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
      if (dash_before(i)) *out++ = '-';
      *out++ = digits[bytes_[i] >> 4];
      *out++ = digits[bytes_[i] & 15];
    }
    return out;
  }

  [[nodiscard]] std::string to_string() const {
    std::string text(text_size, '\0');
    write(text.data());
    return text;
  }

  [[nodiscard]] constexpr const bytes_type& bytes() const noexcept { return bytes_; }

  friend constexpr auto operator<=>(const event_id&, const event_id&) = default;

  static constexpr std::size_t text_size = 36;

private:
  static constexpr bool dash_before(std::size_t i) noexcept {
    return i == 4 || i == 6 || i == 8 || i == 10;
  }
  static constexpr int digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  }

  bytes_type bytes_;
};

} // namespace evstore
