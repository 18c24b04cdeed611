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

} // namespace dnd
