#include "language/text.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace dnd {

namespace {

char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

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
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), fold);
  return result;
}

bool same_word(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return fold(a) == fold(b); });
}

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates) {
  constexpr std::size_t longest_word = 64; // keeps the quadratic comparison small
  if (word.empty() || word.size() > longest_word) return std::nullopt;
  const std::string wanted = folded(word);
  std::optional<std::string_view> best;
  std::size_t best_slips = std::max<std::size_t>(wanted.size() / 3, 1) + 1;
  std::optional<std::string_view> begins;
  std::size_t beginnings = 0;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > longest_word) continue;
    const std::string other = folded(candidate);
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

std::string in_words(std::span<const std::string> items, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0) text.append(i + 1 == items.size() ? " " + std::string{last} + " " : ", ");
    text.append(items[i]);
  }
  return text;
}

} // namespace dnd
