#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Just enough of the language to tell a fight in it.

namespace dnd::english {

/// `a` or `an` and the word; things that come in the plural, like claws or rations, without.
std::string with_article(std::string_view thing);

/// `zombie` -> `zombies`, `wolf` -> `wolves`, `swarm of bats` -> `swarms of bats`.
std::string plural(std::string_view noun);

/// `no`, `one`, ... `twelve`, `13`.
std::string number(std::int64_t count);

/// `a wolf`, `three wolves`.
std::string some(std::int64_t count, std::string_view noun);

/// `one round`, `three rounds`.
std::string counted(std::int64_t count, std::string_view noun);

/// `first`, ... `twelfth`, `13th`.
std::string ordinal(std::int64_t number);

/// The first letter in upper case, if it is one of ASCII.
std::string capitalised(std::string text);

/// `Brunhild's`, `the wolves'`.
std::string possessive(std::string_view name);

/// `2026-11-20T19:02:31.5Z` -> `20 November 2026`, and `19:02`.
std::string date(std::string_view time);
std::string hour(std::string_view time);

/// Breaks lines at spaces, so that none is longer than `width` letters unless one word is.
std::string wrapped(std::string_view text, std::size_t width);

} // namespace dnd::english
