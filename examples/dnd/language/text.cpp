#include "language/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

namespace dnd {

namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// What utf8proc makes of it; nothing if that is no UTF-8.
std::optional<std::string> fold_unicode(std::string_view text, int options) {
  utf8proc_uint8_t* made = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &made,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_CASEFOLD | options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned{made, &std::free};
  if (length < 0) return std::nullopt;
  return std::string{reinterpret_cast<const char*>(made), static_cast<std::size_t>(length)};
}

/// Folded, and without accents: where fingers slip, those are forgotten first.
std::string unaccented(std::string_view text) {
  if (!is_ascii(text))
    if (auto result = fold_unicode(text, UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK))
      return *std::move(result);
  return folded(text);
}

/// Optimal string alignment: Levenshtein's distance with swaps of neighbours as one slip.
std::size_t slips(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before;
  std::vector<std::size_t> above(right.size() + 1);
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t changed = left[i - 1] == right[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + changed});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = above;
    std::swap(above, row);
  }
  return above[right.size()];
}

} // namespace

std::string folded(std::string_view text) {
  if (!is_ascii(text))
    if (auto result = fold_unicode(text, UTF8PROC_COMPOSE)) return *std::move(result);
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), fold);
  return result;
}

bool same_word(std::string_view left, std::string_view right) {
  if (!is_ascii(left) || !is_ascii(right)) return folded(left) == folded(right);
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return fold(a) == fold(b); });
}

bool spelled_alike(std::string_view left, std::string_view right) {
  const auto spelled = [](std::string_view text) {
    std::string result = folded(text);
    std::replace(result.begin(), result.end(), '-', ' ');
    return result;
  };
  return spelled(left) == spelled(right);
}

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates) {
  constexpr std::size_t longest_word = 64; // keeps the quadratic comparison small
  if (word.empty() || word.size() > longest_word) return std::nullopt;
  const std::string wanted = unaccented(word);
  std::optional<std::string_view> best;
  std::size_t best_slips = std::max<std::size_t>(wanted.size() / 3, 1) + 1;
  std::optional<std::string_view> begins;
  std::size_t beginnings = 0;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > longest_word) continue;
    const std::string other = unaccented(candidate);
    if (const std::size_t count = slips(wanted, other); count < best_slips) {
      best = candidate;
      best_slips = count;
    }
    if (other.starts_with(wanted)) {
      begins = candidate;
      ++beginnings;
    }
  }
  return beginnings == 1 ? begins : best;
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  const auto found = nearest(word, std::span{views});
  if (!found) return std::nullopt;
  return std::string{*found};
}

std::size_t columns(std::string_view text) {
  const auto* rest = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  std::size_t count = 0;
  while (left > 0) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t bytes =
        std::max(utf8proc_iterate(rest, left, &point), utf8proc_ssize_t{1});
    count += point < 0 ? 1 : static_cast<std::size_t>(std::max(utf8proc_charwidth(point), 0));
    rest += bytes;
    left -= bytes;
  }
  return count;
}

std::string padded(std::string text, std::size_t width) {
  const std::size_t taken = columns(text);
  if (taken < width) text.append(width - taken, ' ');
  return text;
}

std::string in_words(std::span<const std::string> items, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0) text.append(i + 1 == items.size() ? " " + std::string{last} + " " : ", ");
    text.append(items[i]);
  }
  return text;
}

} // namespace dnd
