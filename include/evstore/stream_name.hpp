#pragma once

#include <evstore/detail/first_bytes.hpp>
#include <evstore/detail/utf8.hpp>
#include <evstore/error.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace evstore {

namespace detail {

/// Whether all of it is ASCII without control characters. Eight bytes at a time.
constexpr bool is_printable_ascii(std::string_view text) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t highs = ones << 7;
  for (std::size_t at = 0; at < text.size(); at += 8) {
    const std::size_t left = text.size() - at;
    std::uint64_t word = first_bytes(text.data() + at, left);
    if (left < 8) word |= ones * ' ' << (8 * left);
    const std::uint64_t below_space = word - ones * ' ';
    const std::uint64_t beyond_tilde = word + ones;
    if (((word | below_space | beyond_tilde) & highs) != 0) return false;
  }
  return true;
}

/// What all names have in common: something, in well-formed UTF-8, without control characters
/// (U+0000–U+001F, U+007F–U+009F).
constexpr std::string_view text_defect(std::string_view text) noexcept {
  if (text.empty()) return "is empty";
  if (is_printable_ascii(text)) return {};
  if (!is_utf8(text)) return "is not valid UTF-8";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c0 = byte < 0x20 || byte == 0x7F;
    const bool c1 = byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c0 || c1) return "contains a control character";
  }
  return {};
}

[[noreturn]] inline void refuse_name(std::string_view text, std::string_view what,
                                     std::string_view defect) {
  constexpr std::size_t enough = 40; // of a name, to find it again
  std::string message{"the "};
  message.append(what).append(" \"").append(text.substr(0, enough));
  message.append(text.size() > enough ? "...\" " : "\" ").append(defect);
  throw error{errc::invalid_argument, message};
}

} // namespace detail

/// In bytes.
inline constexpr std::size_t max_name_size = 255;

/// Why a text cannot name a stream, an event type or a tag; empty when it can.
/// 1–255 bytes of well-formed UTF-8 without control characters (U+0000–U+001F, U+007F–U+009F).
constexpr std::string_view name_defect(std::string_view text) noexcept {
  return text.size() > max_name_size ? "is longer than 255 bytes" : detail::text_defect(text);
}

/// Throws `errc::invalid_argument` when `text` cannot name a `what` ("stream", "tag", ...).
inline void require_name(std::string_view text, std::string_view what) {
  if (const std::string_view defect = name_defect(text); !defect.empty())
    detail::refuse_name(text, std::string{what}.append(" name"), defect);
}

/// The name of a stream: the events of one entity, `category-id` by convention. Compared byte by
/// byte: no case folding and no Unicode normalisation. Names that begin with `$` are the library's:
/// a log that somebody else wrote may have them and is read; an append to one is refused.
class stream_name {
public:
  /// Throws `errc::invalid_argument` if the text cannot name a stream.
  stream_name(std::string_view text) : text_{text} { require_name(text, "stream"); }
  stream_name(const char* text) : stream_name{std::string_view{text}} {}
  stream_name(const std::string& text) : stream_name{std::string_view{text}} {}

  [[nodiscard]] std::string_view view() const noexcept { return text_; }
  [[nodiscard]] const std::string& string() const noexcept { return text_; }

  /// What stands before the first `-`: `campaign` in `campaign-lost_mine`. The whole name if none.
  [[nodiscard]] std::string_view category() const noexcept {
    return view().substr(0, text_.find('-'));
  }
  /// What stands behind the first `-`; empty if there is none.
  [[nodiscard]] std::string_view id() const noexcept {
    const std::size_t dash = text_.find('-');
    return dash == std::string::npos ? std::string_view{} : view().substr(dash + 1);
  }

  friend auto operator<=>(const stream_name&, const stream_name&) = default;

private:
  std::string text_;
};

} // namespace evstore
