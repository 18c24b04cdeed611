#pragma once

#include "campaign/books.hpp"

#include <string>
#include <string_view>

namespace dnd {

/// Refuse the page of a creature with a misprint, before it becomes somebody whom
/// fire does not burn: damage types, conditions, and on a character's page, which is written by
/// hand, also fields, dice and levels; and names that nobody can say. What the SRD says in sentences ("slashing from nonmagical
/// weapons") stays. Throw `errc::decode_failed` with file, line and path, and the nearest word.
void refuse_misprints_of_character(std::string_view text, const std::string& file,
                                   const books& known);
void refuse_misprints_of_monster(std::string_view text, const std::string& file,
                                 const books& known);

} // namespace dnd
