#include "rules/recovery.hpp"

#include "rules/abilities.hpp"

#include <algorithm>

namespace dnd {

int healing_of_hit_dice(const dice_roll& roll, int constitution) {
  int healed = 0;
  for (const int die : roll.kept) healed += std::max(die + ability_modifier(constitution), 0);
  return healed;
}

int hit_dice_regained(int hit_dice, int used) noexcept {
  return std::min(std::max(hit_dice / 2, 1), used);
}

int hit_points_of_level(int hit_die, int constitution) noexcept {
  return std::max(hit_die / 2 + 1 + ability_modifier(constitution), 1);
}

} // namespace dnd
