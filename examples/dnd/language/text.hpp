#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dnd {

/// ASCII letters in lower case; other bytes as they are.
std::string folded(std::string_view text);

/// Equal but for the case of ASCII letters.
bool same_word(std::string_view left, std::string_view right);

/// The candidate that a slip of the fingers turns into `word`, if one is close enough: at most a
/// third of the letters added, lost, changed or swapped, or a beginning that only one candidate
/// has.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates);
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// `a`, `a and b`, `a, b and c`.
std::string in_words(std::span<const std::string> items, std::string_view last = "and");

} // namespace dnd
