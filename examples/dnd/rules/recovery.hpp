#pragma once

#include "events.hpp"

/// Rests and levels by SRD 5.1, "Resting" and "Beyond 1st Level".

namespace dnd {

/// What spent hit dice restore: each die plus the constitution modifier, and a die never takes
/// away.
int healing_of_hit_dice(const dice_roll& roll, int constitution);

/// A long rest gives back half of all hit dice, at least one, at most those that were spent.
int hit_dice_regained(int hit_dice, int used) noexcept;

/// The fixed hit points of a new level: half the die and one, plus the constitution modifier, at
/// least 1.
int hit_points_of_level(int hit_die, int constitution) noexcept;

} // namespace dnd
