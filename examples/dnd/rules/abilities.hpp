#pragma once

#include "events.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace dnd {

/// SRD 5.1, "Ability Scores and Modifiers": (score - 10) / 2, rounded down.
constexpr int ability_modifier(int score) noexcept {
  return score >= 10 ? (score - 10) / 2 : -((11 - score) / 2);
}

struct ability_name {
  std::string_view index; ///< `con`, as files and commands say it
  std::string_view name;  ///< `constitution`
  int ability_scores::*score;
};

inline constexpr std::array<ability_name, 6> abilities{{
    {"str", "strength", &ability_scores::strength},
    {"dex", "dexterity", &ability_scores::dexterity},
    {"con", "constitution", &ability_scores::constitution},
    {"int", "intelligence", &ability_scores::intelligence},
    {"wis", "wisdom", &ability_scores::wisdom},
    {"cha", "charisma", &ability_scores::charisma},
}};

/// SRD 5.1, "Using Each Ability": a check of a skill is one of its ability.
struct skill_name {
  std::string_view name; ///< as files and commands say it
  std::string_view ability;
};

inline constexpr std::array<skill_name, 18> skills{{
    {"acrobatics", "dex"},
    {"animal-handling", "wis"},
    {"arcana", "int"},
    {"athletics", "str"},
    {"deception", "cha"},
    {"history", "int"},
    {"insight", "wis"},
    {"intimidation", "cha"},
    {"investigation", "int"},
    {"medicine", "wis"},
    {"nature", "int"},
    {"perception", "wis"},
    {"performance", "cha"},
    {"persuasion", "cha"},
    {"religion", "int"},
    {"sleight-of-hand", "dex"},
    {"stealth", "dex"},
    {"survival", "wis"},
}};

} // namespace dnd
