#pragma once

#include <evstore/detail/hot.hpp>
#include <evstore/detail/utf8.hpp>
#include <evstore/json/detail/block.hpp>
#include <evstore/json/detail/fill_text.hpp>
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

/// What a backslash and this character stand for; nothing if it takes more to say it.
constexpr char simple_escape(char c) noexcept {
  switch (c) {
  case '"':
  case '\\':
  case '/': return c;
  case 'b': return '\b';
  case 'f': return '\f';
  case 'n': return '\n';
  case 'r': return '\r';
  case 't': return '\t';
  default: return '\0';
  }
}

/// `uXXXX`, or two of them for one character. A lone surrogate is refused: it has no UTF-8.
inline const char* read_unicode_escape(const char* at, const char* end, std::string& out) {
  if (at == end || *at != 'u') return nullptr;
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

/// Where a run of plain text ends, and whether it may be more than ASCII: certain only when false.
struct plain_run {
  const char* end;
  bool foreign;
};

/// Up to the first quote, backslash or control character. Two blocks at a time: most strings end in
/// the first two.
EVSTORE_DETAIL_HOT inline plain_run find_special(const char* at, const char* end) noexcept {
  bool foreign = false;
  while (end - at >= std::ptrdiff_t{2 * block::size}) {
    const block first = block::load(at);
    const block second = block::load(at + block::size);
    foreign = foreign || (first | second).foreign() != 0;
    const std::uint32_t special = first.special() | second.special() << block::size;
    if (special != 0) return {at + std::countr_zero(special), foreign};
    at += 2 * block::size;
  }
  while (at != end) {
    const std::size_t width = std::min(static_cast<std::size_t>(end - at), block::size);
    const block last = width == block::size ? block::load(at) : block::load(at, width);
    foreign = foreign || last.foreign() != 0;
    const std::uint32_t special = last.special() & ((1u << width) - 1);
    if (special != 0) return {at + std::countr_zero(special), foreign};
    at += width;
  }
  return {at, foreign};
}

/// The rest of a string with escapes, from the first of them: `out` holds what stands before it. Makes
/// room in advance, and writes blocks that end where the next one begins.
inline const char* read_escaped(const char* at, const char* end, std::string& out, bool foreign) {
  constexpr std::size_t more = 4 * block::size;
  std::size_t size = out.size();
  while (at != end && *at == '\\') {
    const char plain = end - at > 1 ? simple_escape(at[1]) : '\0';
    if (plain != '\0') {
      if (out.size() == size) out.resize(size + more);
      out[size++] = plain;
      at += 2;
    } else {
      out.resize(size);
      at = read_unicode_escape(at + 1, end, out);
      if (at == nullptr) return nullptr;
      size = out.size();
    }
    std::uint32_t special = 0;
    while (special == 0 && end - at >= std::ptrdiff_t{block::size}) {
      if (out.size() - size < block::size) out.resize(size + more);
      const block here = block::load(at);
      here.store(out.data() + size);
      special = here.special();
      foreign = foreign || here.foreign() != 0;
      const std::size_t plain_bytes =
          special == 0 ? block::size : static_cast<std::size_t>(std::countr_zero(special));
      size += plain_bytes;
      at += plain_bytes;
    }
    if (special == 0) {
      const plain_run run = find_special(at, end);
      out.resize(size);
      out.append(at, run.end);
      size = out.size();
      at = run.end;
      foreign = foreign || run.foreign;
    }
  }
  out.resize(size);
  if (at == end || *at != '"' || (foreign && !evstore::detail::is_utf8(out))) return nullptr;
  return at + 1;
}

/// A string, from its first byte behind the quote, that is not plain ASCII up to `run.end`.
[[gnu::cold, gnu::noinline]] inline const char* read_unusual(const char* begin, plain_run run,
                                                             const char* end,
                                                             std::string_view& text,
                                                             std::string& storage) {
  if (run.end == end) return nullptr;
  text = {begin, static_cast<std::size_t>(run.end - begin)};
  if (*run.end == '"') return evstore::detail::is_utf8(text) ? run.end + 1 : nullptr;
  storage.assign(text);
  const char* const at = read_escaped(run.end, end, storage, run.foreign);
  text = storage;
  return at;
}

/// A string with its quotes. `text` views the input where it has no escapes, else `storage`.
EVSTORE_DETAIL_HOT inline const char* read_view(const char* at, const char* end,
                                                std::string_view& text, std::string& storage) {
  if (at == end || *at != '"') return nullptr;
  ++at;
  const plain_run run = find_special(at, end);
  if (run.end == end || *run.end != '"' || run.foreign)
    return read_unusual(at, run, end, text, storage);
  text = {at, static_cast<std::size_t>(run.end - at)};
  return run.end + 1;
}

[[gnu::cold, gnu::noinline]] inline const char* read_unusual_text(const char* begin, plain_run run,
                                                                  const char* end,
                                                                  std::string& out) {
  std::string_view text;
  const char* const at = read_unusual(begin, run, end, text, out);
  if (at != nullptr && text.data() != out.data()) out.assign(text);
  return at;
}

/// A string from behind its quote, of which the text up to a backslash was looked at.
[[gnu::noinline]] inline const char* read_escaped_text(const char* at, const char* backslash,
                                                       const char* end, std::string& out) {
  out.assign(at, backslash);
  return read_escaped(backslash, end, out, false);
}

/// A string from behind its quote, of any kind.
[[gnu::noinline]] inline const char* read_any_text(const char* at, const char* end,
                                                   std::string& out) {
  const plain_run run = find_special(at, end);
  if (run.end == end || *run.end != '"' || run.foreign) return read_unusual_text(at, run, end, out);
  out.assign(at, static_cast<std::size_t>(run.end - at));
  return run.end + 1;
}

/// Most strings are short and plain, and go where others like them were before.
[[gnu::flatten]] inline const char* read_text(const char* at, const char* end, std::string& out) {
  if (at == end || *at != '"') return nullptr;
  ++at;
  static_assert(2 * block::size >= most_filled);
  if (end - at >= std::ptrdiff_t{2 * block::size}) {
    const std::uint32_t unusual =
        ~(block::load(at).plain() | block::load(at + block::size).plain() << block::size);
    const auto size = static_cast<std::size_t>(std::countr_zero(unusual));
    if (unusual != 0 && at[size] == '"' && fill_text(out, at, size)) [[likely]]
      return at + size + 1;
    if (unusual != 0 && at[size] == '\\') return read_escaped_text(at, at + size, end, out);
  }
  return read_any_text(at, end, out);
}

} // namespace evstore::json::detail
