#pragma once

#include <evstore/detail/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace evstore::detail {

/// Arrays and objects nested deeper than this are refused, so that no reader can be made to recurse
/// without bound. The same number as simdjson's default.
inline constexpr std::size_t json_max_depth = 1024;
inline constexpr std::string_view json_too_deep = "nested deeper than 1024 levels";

/// A defect in a JSON text: what, and at which byte. `what` is empty when there is none.
struct json_defect {
  std::string_view what;
  std::size_t byte = 0;

  constexpr explicit operator bool() const noexcept { return !what.empty(); }
};

/// A strict RFC 8259 recogniser over one value; linear, no allocation, no recursion. Also refuses
/// what a reader could not carry: invalid UTF-8, escapes of lone surrogates, nesting beyond
/// `json_max_depth`. Duplicate keys are grammatical and pass.
class json_scanner {
public:
  constexpr explicit json_scanner(std::string_view text) noexcept : text_{text} {}

  constexpr json_defect scan() noexcept {
    const std::size_t valid = utf8_valid_prefix(text_);
    if (valid != text_.size()) return {"invalid UTF-8", valid};
    if (const json_defect defect = scan_value()) return defect;
    skip_space();
    return at_ == text_.size() ? json_defect{} : json_defect{"text behind the value", at_};
  }

  /// The first value of the text, whatever stands behind it: `at()` is then its end. Leaves UTF-8
  /// to the caller.
  constexpr json_defect scan_value() noexcept {
    bool value_expected = true; // a value comes next, else what may follow one
    do {
      skip_space();
      if (!(value_expected ? begin_value(value_expected) : after_value(value_expected)))
        return defect_;
    } while (value_expected || depth_ != 0);
    return {};
  }

  [[nodiscard]] constexpr std::size_t at() const noexcept { return at_; }

private:
  static constexpr bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }
  static constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

  constexpr char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  constexpr void skip_space() noexcept {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  constexpr bool fail(std::string_view what) noexcept {
    defect_ = {what, at_};
    return false;
  }

  /// Consumes a scalar, or opens an array or object and everything up to its first value.
  constexpr bool begin_value(bool& value_expected) noexcept {
    value_expected = false;
    switch (peek()) {
    case '"': return string();
    case 't': return word("true");
    case 'f': return word("false");
    case 'n': return word("null");
    case '{': return open(true, value_expected);
    case '[': return open(false, value_expected);
    default: return number();
    }
  }

  constexpr bool open(bool object, bool& value_expected) noexcept {
    if (depth_ == json_max_depth) return fail(json_too_deep);
    is_object_[depth_ / 64] &= ~(std::uint64_t{1} << (depth_ % 64));
    is_object_[depth_ / 64] |= std::uint64_t{object} << (depth_ % 64);
    ++depth_;
    ++at_;
    skip_space();
    if (peek() == (object ? '}' : ']')) {
      ++at_;
      --depth_;
      return true;
    }
    value_expected = true;
    return !object || key();
  }

  constexpr bool after_value(bool& value_expected) noexcept {
    const bool object = (is_object_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64) & 1) != 0;
    const char c = peek();
    if (c == ',') {
      ++at_;
      skip_space();
      value_expected = true;
      return !object || key();
    }
    if (c != (object ? '}' : ']'))
      return fail(object ? "expected ',' or '}'" : "expected ',' or ']'");
    ++at_;
    --depth_;
    return true;
  }

  constexpr bool key() noexcept {
    if (peek() != '"') return fail("expected a key in quotes");
    if (!string()) return false;
    skip_space();
    if (peek() != ':') return fail("expected ':'");
    ++at_;
    return true;
  }

  constexpr bool word(std::string_view expected) noexcept {
    if (text_.substr(at_, expected.size()) != expected) return fail("expected a value");
    at_ += expected.size();
    return true;
  }

  constexpr bool digits() noexcept {
    if (!is_digit(peek())) return fail("expected a digit");
    while (is_digit(peek())) ++at_;
    return true;
  }

  constexpr bool number() noexcept {
    const bool negative = peek() == '-';
    if (negative) ++at_;
    if (!is_digit(peek())) return fail(negative ? "expected a digit" : "expected a value");
    if (peek() == '0') {
      ++at_;
      if (is_digit(peek())) return fail("a number must not begin with 0");
    } else if (!digits()) {
      return false;
    }
    if (peek() == '.') {
      ++at_;
      if (!digits()) return false;
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!digits()) return false;
    }
    return true;
  }

  constexpr bool string() noexcept {
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return fail("control character in a string");
      if (c == '\\') {
        if (!escape()) return false;
      } else {
        ++at_;
      }
    }
    return fail("string without an end");
  }

  constexpr bool escape() noexcept {
    ++at_;
    switch (peek()) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': ++at_; return true;
    case 'u': break;
    default: return fail("unknown escape");
    }
    const int first = unit();
    if (first < 0) return fail("expected four hexadecimal digits");
    if (first >= 0xDC00 && first <= 0xDFFF) return fail("escape of a lone surrogate");
    if (first < 0xD800 || first > 0xDBFF) return true;
    if (text_.substr(at_, 2) != "\\u") return fail("escape of a lone surrogate");
    ++at_;
    const int second = unit();
    if (second < 0xDC00 || second > 0xDFFF) return fail("escape of a lone surrogate");
    return true;
  }

  /// Reads `uXXXX`; negative if it is not that.
  constexpr int unit() noexcept {
    ++at_;
    int value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      const char lower = static_cast<char>(c | 0x20);
      if (is_digit(c))
        value = value * 16 + (c - '0');
      else if (lower >= 'a' && lower <= 'f')
        value = value * 16 + (lower - 'a' + 10);
      else
        return -1;
    }
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  json_defect defect_;
  std::uint64_t is_object_[json_max_depth / 64] = {};
};

constexpr json_defect find_json_defect(std::string_view text) noexcept {
  return json_scanner{text}.scan();
}

} // namespace evstore::detail
