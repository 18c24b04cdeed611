#pragma once

#include <evstore/jsonl/file.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// What stands behind the log in a file that a writer has made larger in advance, see
/// `options::preallocation_size`. It is no part of the log: nobody who reads one goes further than
/// `end_of_content`.
///
/// Blanks, because they are what programs that read lines of JSON mind least: space between values
/// to a parser of JSON, no line more to `wc`, text to `grep`. Where a crash has kept them from the
/// disk there are zeros. No record ends in either.

namespace evstore::jsonl {

inline constexpr char filler = ' ';

constexpr bool is_filler(char byte) noexcept { return byte == filler || byte == '\0'; }

namespace detail {

/// How much of the text is left without the filler at its end.
inline std::size_t size_without_filler(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const bool all_the_same =
      is_filler(text[0]) && std::memcmp(text.data(), text.data() + 1, text.size() - 1) == 0;
  std::size_t size = all_the_same ? 0 : text.size();
  while (size != 0 && is_filler(text[size - 1])) --size;
  return size;
}

inline constexpr std::size_t filler_chunk = 1 << 14;

} // namespace detail

/// Where the first `size` bytes of a file end if the filler behind them is left out. Linear in the
/// filler; without any, one short read.
template <file_calls Files>
std::uint64_t end_of_content(const file<Files>& log, std::uint64_t size) {
  std::array<char, detail::filler_chunk> chunk;
  while (size != 0) {
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), size));
    const std::size_t got = log.read(chunk.data(), part, size - part);
    const std::size_t left = detail::size_without_filler({chunk.data(), got});
    size -= part - left;
    if (left != 0) break;
  }
  return size;
}

/// The same for what somebody else writes behind `from`, the end of a line: linear in that, however
/// much filler there is. Filler within a batch, as a crash may leave it, may be taken for the end.
template <file_calls Files>
std::uint64_t end_of_new_content(const file<Files>& log, std::uint64_t from, std::uint64_t size) {
  char last = filler;
  if (from == size || (log.read(&last, 1, size - 1) == 1 && !is_filler(last))) return size;
  std::array<char, detail::filler_chunk> chunk;
  std::uint64_t end = from;
  last = '\n';
  for (std::uint64_t at = from; at < size; at += chunk.size()) {
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), size - at));
    const std::size_t got = log.read(chunk.data(), part, at);
    const std::size_t left = detail::size_without_filler({chunk.data(), got});
    if (left == 0 && last == '\n') break; // a payload may have more blanks than a chunk
    if (left == 0) continue;
    last = chunk[left - 1];
    end = at + left;
  }
  return end;
}

} // namespace evstore::jsonl
