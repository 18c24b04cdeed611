#pragma once

#include <evstore/detail/json_scan.hpp>
#include <evstore/error.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace evstore {

namespace detail {

inline constexpr std::string_view json_space = " \t\n\r";

inline void require_json(std::string_view text) {
  if (const json_defect defect = find_json_defect(text)) {
    error_place place;
    place.byte = defect.byte;
    throw error{errc::invalid_payload, std::string{"not JSON: "}.append(defect.what), place};
  }
}

} // namespace detail

/// A borrowed JSON value that is known to be valid and to stand on one line. What adapters are
/// given to store; the type is the proof, so that nobody checks twice. Empty means "absent".
class json_view {
public:
  constexpr json_view() noexcept = default;

  /// Checks the text (linear); throws `errc::invalid_payload` naming the byte. Space around the
  /// value is no part of it. A line break between two tokens is refused: `raw_json` turns it into a
  /// space.
  static json_view checked(std::string_view text) {
    detail::require_json(text);
    const std::size_t begin = text.find_first_not_of(detail::json_space);
    const std::string_view value =
        text.substr(begin, text.find_last_not_of(detail::json_space) + 1 - begin);
    if (const auto at = value.find_first_of("\n\r"); at != std::string_view::npos) {
      error_place place;
      place.byte = begin + at;
      throw error{errc::invalid_payload, "a payload stands on one line", place};
    }
    return json_view{value};
  }

  /// Takes the caller's word: for bytes that the codec has just written or an adapter has stored.
  static constexpr json_view trusted(std::string_view text) noexcept { return json_view{text}; }

  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] constexpr bool is_object() const noexcept {
    return !text_.empty() && text_.front() == '{';
  }

private:
  constexpr explicit json_view(std::string_view text) noexcept : text_{text} {}

  std::string_view text_;
};

/// "Any JSON": one value, kept byte for byte, except that line breaks between tokens become spaces
/// and surrounding space is dropped, so that it stands on one line of a log. Member type of events.
class raw_json {
public:
  raw_json() : text_{"null"} {}

  /// Throws `errc::invalid_payload` with the byte offset if the text is not one valid JSON value.
  explicit raw_json(std::string text) : text_{std::move(text)} {
    detail::require_json(text_);
    text_.erase(text_.find_last_not_of(detail::json_space) + 1);
    text_.erase(0, text_.find_first_not_of(detail::json_space));
    // JSON strings cannot hold raw line breaks, so every one of them stands between tokens.
    std::replace_if(
        text_.begin(), text_.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  }

  /// Takes the caller's word that the text is one valid value on one line.
  static raw_json trusted(std::string_view text) {
    raw_json value;
    value.text_.assign(text);
    return value;
  }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] json_view view() const noexcept { return json_view::trusted(text_); }

  /// Equal bytes, not equal meaning.
  friend bool operator==(const raw_json&, const raw_json&) = default;

private:
  std::string text_;
};

} // namespace evstore
