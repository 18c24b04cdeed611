#pragma once

#include <array>
#include <string_view>

namespace dnd {

/// The 24 kinds of things in the SRD: the subdirectories of a data directory.
inline constexpr std::array<std::string_view, 24> kinds{
    "ability-scores", "alignments",   "backgrounds",   "classes",
    "conditions",     "damage-types", "equipment",     "equipment-categories",
    "feats",          "features",     "languages",     "magic-items",
    "magic-schools",  "monsters",     "proficiencies", "races",
    "rule-sections",  "rules",        "skills",        "spells",
    "subclasses",     "subraces",     "traits",        "weapon-properties",
};

/// What worlds and campaigns have besides.
inline constexpr std::string_view characters = "characters";

/// Where a world keeps backups of its campaigns, once there is one.
inline constexpr std::string_view backups = "backups";

} // namespace dnd
