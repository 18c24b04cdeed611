#pragma once

#include <evstore/detail/hot.hpp>
#include <evstore/detail/utf8.hpp>
#include <evstore/json/detail/block.hpp>
#include <evstore/json/detail/literal.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

/// JSON strings: their end, their escapes, and that they are UTF-8. See literal.hpp for what the
/// functions return.

namespace evstore::json::detail {

/// Four hexadecimal digits, or negative.
inline int read_unit(const char* at, const char* end) noexcept {
  unsigned unit = 0;
  if (end - at < 4) return -1;
  const auto [read, failed] = std::from_chars(at, at + 4, unit, 16);
  return failed == std::errc{} && read == at + 4 ? static_cast<int>(unit) : -1;
}

inline void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  const auto continuation = [](std::uint32_t value) {
    return static_cast<char>(0x80 | (value & 0x3F));
  };
  if (code < 0x80) {
    out += byte(code);
  } else if (code < 0x800) {
    out += {byte(0xC0 | code >> 6), continuation(code)};
  } else if (code < 0x10000) {
    out += {byte(0xE0 | code >> 12), continuation(code >> 6), continuation(code)};
  } else {
    out += {byte(0xF0 | code >> 18), continuation(code >> 12), continuation(code >> 6),
            continuation(code)};
  }
}

/// What stands behind a backslash. A lone surrogate is refused: it has no UTF-8.
inline const char* read_escape(const char* at, const char* end, std::string& out) {
  if (at == end) return nullptr;
  switch (*at) {
  case '"':
  case '\\':
  case '/': out += *at; return at + 1;
  case 'b': out += '\b'; return at + 1;
  case 'f': out += '\f'; return at + 1;
  case 'n': out += '\n'; return at + 1;
  case 'r': out += '\r'; return at + 1;
  case 't': out += '\t'; return at + 1;
  case 'u': break;
  default: return nullptr;
  }
  const int first = read_unit(at + 1, end);
  if (first < 0 || (first >= 0xDC00 && first <= 0xDFFF)) return nullptr;
  at += 5;
  if (first < 0xD800 || first > 0xDBFF) {
    append_utf8(out, static_cast<std::uint32_t>(first));
    return at;
  }
  if (read_literal(at, end, "\\u") == nullptr) return nullptr;
  const int second = read_unit(at + 2, end);
  if (second < 0xDC00 || second > 0xDFFF) return nullptr;
  append_utf8(out, 0x10000 + (static_cast<std::uint32_t>(first - 0xD800) << 10) +
                       static_cast<std::uint32_t>(second - 0xDC00));
  return at + 6;
}

/// Where a run of plain text ends, and whether there was more than ASCII in it.
struct plain_run {
  const char* end;
  bool foreign;
};

/// Up to the first quote, backslash or control character. Two blocks at a time: most strings end in
/// the first two.
EVSTORE_DETAIL_HOT inline plain_run find_special(const char* at, const char* end) noexcept {
  std::uint32_t foreign = 0;
  std::uint32_t special = 0;
  while (special == 0 && end - at >= std::ptrdiff_t{2 * block::size}) {
    const block first = block::load(at);
    const block second = block::load(at + block::size);
    special = first.special() | second.special() << block::size;
    const std::uint32_t clean = special == 0 ? ~std::uint32_t{0} : (special & -special) - 1;
    foreign |= (first.foreign() | second.foreign() << block::size) & clean;
    at += special == 0 ? 2 * block::size : static_cast<std::size_t>(std::countr_zero(special));
  }
  while (special == 0 && at != end) {
    const std::size_t width = std::min(static_cast<std::size_t>(end - at), block::size);
    const block last = width == block::size ? block::load(at) : block::load(at, width);
    special = last.special() & ((1u << width) - 1);
    const auto clean = special == 0 ? width : static_cast<std::size_t>(std::countr_zero(special));
    foreign |= last.foreign() & ((1u << clean) - 1);
    at += clean;
  }
  return {at, foreign != 0};
}

/// The rest of a string with escapes, from the first of them: `out` holds what stands before it.
inline const char* read_escaped(const char* at, const char* end, std::string& out, bool foreign) {
  while (at != end && *at == '\\') {
    at = read_escape(at + 1, end, out);
    if (at == nullptr) return nullptr;
    const plain_run run = find_special(at, end);
    out.append(at, run.end);
    at = run.end;
    foreign = foreign || run.foreign;
  }
  if (at == end || *at != '"' || (foreign && !evstore::detail::is_utf8(out))) return nullptr;
  return at + 1;
}

/// A string with its quotes. `text` views the input where it has no escapes, else `storage`.
EVSTORE_DETAIL_HOT inline const char* read_view(const char* at, const char* end,
                                                std::string_view& text, std::string& storage) {
  if (at == end || *at != '"') return nullptr;
  ++at;
  const plain_run run = find_special(at, end);
  text = {at, static_cast<std::size_t>(run.end - at)};
  if (run.end == end) return nullptr;
  if (*run.end == '"')
    return !run.foreign || evstore::detail::is_utf8(text) ? run.end + 1 : nullptr;
  storage.assign(text);
  at = read_escaped(run.end, end, storage, run.foreign);
  text = storage;
  return at;
}

inline const char* read_text(const char* at, const char* end, std::string& out) {
  std::string_view text;
  at = read_view(at, end, text, out);
  if (at != nullptr && text.data() != out.data()) out.assign(text);
  return at;
}

} // namespace evstore::json::detail
