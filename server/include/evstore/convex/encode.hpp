#pragma once

#include <evstore/convex/base64.hpp>
#include <evstore/convex/value.hpp>
#include <evstore/json/detail/output.hpp>
#include <evstore/raw_json.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

/// Values as JSON: what `JSON.stringify(convexToJson(value))` of the official client writes, byte for
/// byte, except that fields whose names are numbers stand where their names sort, and not in front.

namespace evstore::convex {

/// How what JSON has no word for is written.
enum class format : std::uint8_t {
  /// Nothing is lost: `{"$integer":"..."}`, `{"$float":"..."}`, `{"$bytes":"..."}`. The canonical form.
  convex_encoded_json,
  /// For readers that know nothing of Convex: int64 as a string of digits, bytes in base64, NaN and
  /// infinities as words.
  json,
};

namespace detail {

/// The eight bytes of a number, the lowest first, whatever the machine's own order.
inline std::string little_endian_base64(std::uint64_t bits) {
  std::byte eight[8];
  for (std::size_t i = 0; i < 8; ++i) eight[i] = static_cast<std::byte>(bits >> (8 * i) & 0xFF);
  std::string text;
  append_base64(eight, text);
  return text;
}

/// A finite number as ECMAScript writes it (ECMA-262, Number::toString), so that the canonical form is
/// one that JavaScript makes too; -0 as `-0`, which JavaScript would write as `0`. Returns the end; 32
/// characters are enough.
inline char* write_number(char* out, double number) {
  if (std::abs(number) < 1e15 && number == std::trunc(number) &&
      !(number == 0 && std::signbit(number)))
    return std::to_chars(out, out + 32, static_cast<std::int64_t>(number)).ptr;
  char shortest[32]; // d.ddde-xxx
  const char* const end =
      std::to_chars(shortest, shortest + 32, std::abs(number), std::chars_format::scientific).ptr;
  const std::string_view text{shortest, static_cast<std::size_t>(end - shortest)};
  const std::size_t e = text.find('e');
  char digits[24];
  int count = 0;
  for (const char c : text.substr(0, e))
    if (c != '.') digits[count++] = c;
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), end, exponent);
  const auto put = [&](std::string_view piece) {
    std::memcpy(out, piece.data(), piece.size());
    out += piece.size();
  };
  const auto put_digits = [&](int from, int until) {
    put({digits + from, static_cast<std::size_t>(until - from)});
  };
  const auto put_zeros = [&](int zeros) {
    for (; zeros > 0; --zeros) *out++ = '0';
  };
  if (std::signbit(number)) *out++ = '-';
  const int point = exponent + 1; // digits before the point
  if (count <= point && point <= 21) {
    put_digits(0, count);
    put_zeros(point - count);
  } else if (0 < point && point <= 21) {
    put_digits(0, point);
    *out++ = '.';
    put_digits(point, count);
  } else if (-6 < point && point <= 0) {
    put("0.");
    put_zeros(-point);
    put_digits(0, count);
  } else {
    put_digits(0, 1);
    if (count > 1) *out++ = '.';
    put_digits(1, count);
    put(exponent < 0 ? "e-" : "e+");
    out = std::to_chars(out, out + 4, std::abs(exponent)).ptr;
  }
  return out;
}

class encoder {
public:
  encoder(std::string& to, format as) noexcept : out_{to}, lossy_{as == format::json} {}

  void write(const value& written) {
    std::visit([&](const auto& held) { write(held); }, written.held());
  }
  void finish() { out_.finish(); }

private:
  void write(null) { out_.raw("null"); }
  void write(bool held) { out_.raw(held ? std::string_view{"true"} : std::string_view{"false"}); }
  void write(const std::string& held) { out_.text(held); }

  void write(std::int64_t held) {
    if (!lossy_) return special("integer", little_endian_base64(static_cast<std::uint64_t>(held)));
    out_.raw('"');
    out_.number(held);
    out_.raw('"');
  }

  void write(double held) {
    const bool negative_zero = held == 0 && std::signbit(held);
    if (std::isfinite(held) && (lossy_ || !negative_zero))
      return out_.used(write_number(out_.room(32), held));
    if (!lossy_) return special("float", little_endian_base64(std::bit_cast<std::uint64_t>(held)));
    out_.raw(std::isnan(held) ? R"("NaN")" : held > 0 ? R"("Infinity")" : R"("-Infinity")");
  }

  void write(const bytes& held) {
    std::string text;
    append_base64(held, text);
    if (!lossy_) return special("bytes", text);
    out_.raw('"');
    out_.raw(text);
    out_.raw('"');
  }

  void write(const array& held) {
    out_.descend();
    out_.raw('[');
    bool first = true;
    for (const value& element : held) {
      if (!first) out_.raw(',');
      first = false;
      write(element);
    }
    out_.raw(']');
    out_.ascend();
  }

  void write(const object& held) {
    out_.descend();
    out_.raw('{');
    bool first = true;
    for (const auto& [name, element] : held) {
      if (!first) out_.raw(',');
      first = false;
      out_.text(name);
      out_.raw(':');
      write(element);
    }
    out_.raw('}');
    out_.ascend();
  }

  void special(std::string_view kind, std::string_view base64) {
    out_.raw("{\"$");
    out_.raw(kind);
    out_.raw("\":\"");
    out_.raw(base64);
    out_.raw("\"}");
  }

  json::detail::output out_;
  bool lossy_;
};

} // namespace detail

/// Appends the value's JSON to `out`: fields sorted, no spaces. Linear. Throws
/// `errc::invalid_payload`, naming the path, for text that is not UTF-8 and for what is nested deeper
/// than 1024 levels; `out` is then as it was.
inline void encode(const value& written, std::string& out,
                   format as = format::convex_encoded_json) {
  detail::encoder to{out, as};
  to.write(written);
  to.finish();
}

[[nodiscard]] inline std::string encode(const value& written,
                                        format as = format::convex_encoded_json) {
  std::string text;
  encode(written, text, as);
  return text;
}

/// For a member of an event: nothing is lost, and `decode` of its text is the value again.
[[nodiscard]] inline raw_json to_raw_json(const value& written) {
  return raw_json::trusted(encode(written));
}

} // namespace evstore::convex
