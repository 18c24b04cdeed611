#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dnd {

/// Without regard to case, and to how its accents are written: full case folding and canonical
/// composition of Unicode, so that `BJÖRN` is `björn` and `STRASSE` is `straße`. Bytes that are no
/// UTF-8 stay as they are, in a text that has any.
std::string folded(std::string_view text);

/// Equal when folded.
bool same_word(std::string_view left, std::string_view right);

/// Equal when folded, blanks and hyphens being the same: `Silver Key` and `silver-key`.
bool spelled_alike(std::string_view left, std::string_view right);

/// The candidate that a slip of the fingers turns into `word`, if one is close enough: at most a
/// third of the letters added, lost, changed or swapped, or a beginning that only one candidate
/// has.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates);
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// How many columns a text takes on a terminal.
std::size_t columns(std::string_view text);

/// With blanks behind it, up to so many columns.
std::string padded(std::string text, std::size_t width);

/// `a`, `a and b`, `a, b and c`.
std::string in_words(std::span<const std::string> items, std::string_view last = "and");

} // namespace dnd
