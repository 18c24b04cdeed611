#pragma once

#include <evstore/detail/hot.hpp>
#include <evstore/detail/json_scan.hpp>
#include <evstore/detail/utf8.hpp>
#include <evstore/error.hpp>
#include <evstore/json/detail/block.hpp>
#include <evstore/json/detail/path.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace evstore::json::detail {

/// Where JSON is written: a piece of stack whose room is checked once per token and which is
/// emptied into the string when it is full. Tokens themselves are written without checks.
///
/// A value that JSON cannot say is thrown as `errc::invalid_payload`, and the string is then as
/// long as it was before.
class output {
public:
  explicit output(std::string& to) noexcept : to_{to}, start_{to.size()} {}
  output(const output&) = delete;
  output& operator=(const output&) = delete;

  void finish() { flush(); }

  EVSTORE_DETAIL_HOT void raw(char c) {
    *room(1) = c;
    ++at_;
  }
  /// Short texts of known size: keys and punctuation.
  EVSTORE_DETAIL_HOT void raw(std::string_view text) {
    if (text.size() > capacity) return large(text);
    std::memcpy(room(text.size()), text.data(), text.size());
    at_ += text.size();
  }
  /// `,"name":`, of which the first member of an object has no comma.
  EVSTORE_DETAIL_HOT void key(std::string_view key, bool first) {
    const std::size_t comma = first ? 1 : 0;
    raw(std::string_view{key.data() + comma, key.size() - comma});
  }
  template <std::integral T>
  void number(T value) {
    char* const begin = room(24);
    at_ = std::to_chars(begin, begin + 24, value).ptr;
  }

  /// The shortest text that reads back as the same value; `-0.0` keeps its sign.
  template <std::floating_point T>
  void number(T value) {
    if (!std::isfinite(value)) fail("NaN and infinities have no place in JSON");
    char* const begin = room(64);
    at_ = std::to_chars(begin, begin + 64, value).ptr;
  }

  /// A string with quotes, escaped only where JSON demands it. Must be UTF-8.
  void text(std::string_view text) {
    raw('"');
    bool ascii = true;
    for (std::size_t begin = 0; begin < text.size(); begin += piece)
      ascii = escape(text.substr(begin, piece)) && ascii;
    if (!ascii && !evstore::detail::is_utf8(text)) fail("the text is not valid UTF-8");
    raw('"');
  }

  /// Around the members of an object and the elements of an array: what a reader would refuse as
  /// too deep is not written.
  EVSTORE_DETAIL_HOT void descend() {
    if (++depth_ > evstore::detail::json_max_depth) fail(evstore::detail::json_too_deep);
  }
  EVSTORE_DETAIL_HOT void ascend() noexcept { --depth_; }

  /// A value that is JSON already.
  void json(std::string_view text) {
    const std::size_t left = evstore::detail::json_max_depth - depth_;
    if (text.size() > 2 * left && depth_of(text) > left) fail(evstore::detail::json_too_deep);
    raw(text);
  }

  /// `width` characters for a caller that writes them itself and then says how many it used.
  EVSTORE_DETAIL_HOT char* room(std::size_t width) {
    if (static_cast<std::size_t>(end() - at_) < width) flush();
    return at_;
  }
  void used(char* until) noexcept { at_ = until; }

  [[noreturn]] void fail(std::string_view why) {
    flush();
    error_place place;
    place.path = path_at(std::string_view{to_}.substr(start_), to_.size() - start_);
    to_.resize(start_);
    throw error{errc::invalid_payload, why, std::move(place)};
  }

private:
  static constexpr std::size_t capacity = 1024;
  static constexpr std::size_t piece = 128; // of a string; at most six times as long when escaped

  const char* end() const noexcept { return buffer_ + capacity; }

  void flush() {
    to_.append(buffer_, static_cast<std::size_t>(at_ - buffer_));
    at_ = buffer_;
  }

  void large(std::string_view text) {
    flush();
    to_.append(text);
  }

  /// How deep a well-formed text is nested.
  static std::size_t depth_of(std::string_view text) noexcept {
    std::size_t depth = 0;
    std::size_t most = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '"') quoted = !quoted;
      if (c == '\\') ++i; // only in strings; what it escapes ends none
      if (quoted) continue;
      if (c == '{' || c == '[') most = std::max(most, ++depth);
      if (c == '}' || c == ']') --depth;
    }
    return most;
  }

  /// True if the piece was ASCII.
  bool escape(std::string_view text) {
    char* out = room(6 * piece + block::size);
    const char* in = text.data();
    std::uint32_t foreign = 0;
    for (std::size_t left = text.size(); left != 0;) {
      const block bytes = left >= block::size ? block::load(in) : block::load(in, left);
      const std::size_t width = std::min(left, block::size);
      foreign |= bytes.foreign();
      bytes.store(out);
      // The zeros behind a short piece look like control characters.
      const std::uint32_t special = bytes.special() & ((1u << width) - 1);
      const std::size_t clean =
          special == 0 ? width : static_cast<std::size_t>(std::countr_zero(special));
      in += clean;
      out += clean;
      left -= clean;
      if (special != 0) {
        out = escape(out, *in++);
        --left;
      }
    }
    at_ = out;
    return foreign == 0;
  }

  static char* escape(char* out, char c) noexcept {
    constexpr std::string_view hexadecimal = "0123456789abcdef";
    *out++ = '\\';
    switch (c) {
    case '"':
    case '\\': *out++ = c; return out;
    case '\b': *out++ = 'b'; return out;
    case '\f': *out++ = 'f'; return out;
    case '\n': *out++ = 'n'; return out;
    case '\r': *out++ = 'r'; return out;
    case '\t': *out++ = 't'; return out;
    default:
      std::memcpy(out, "u00", 3);
      out[3] = hexadecimal[static_cast<unsigned char>(c) >> 4];
      out[4] = hexadecimal[static_cast<unsigned char>(c) & 0xF];
      return out + 5;
    }
  }

  std::string& to_;
  std::size_t start_;
  std::size_t depth_ = 0;
  char* at_ = buffer_;
  char buffer_[capacity];
};

} // namespace evstore::json::detail
