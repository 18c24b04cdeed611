#pragma once

#include "events.hpp"
#include "rules/dice.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Combat by SRD 5.1, as functions of what is given: no dice are thrown here.

namespace dnd {

/// SRD 5.1, "Attack Rolls": a total that equals the armor class hits. On a roll of one d20 a
/// natural 20 is a critical hit and a natural 1 a miss, whatever the armor class; other dice have
/// no naturals.
attack_outcome judge_attack(const dice_roll& roll, const dice_expression& dice, int armor_class);

/// What a creature's hide does to damage of one type.
struct defences {
  std::span<const std::string> immunities;
  std::span<const std::string> resistances;
  std::span<const std::string> vulnerabilities;
};

struct suffered {
  int amount = 0;
  std::optional<std::string> because; ///< absent when the roll stands as it is
};

/// SRD 5.1, "Damage Resistance and Vulnerability": immunity leaves nothing; resistance halves,
/// rounded down; then vulnerability doubles. A roll below zero deals nothing.
suffered suffer(int rolled, std::string_view type, const defences& hide);

/// SRD 5.1, zombie, "Undead Fortitude": the DC of the Constitution save that leaves 1 hit point,
/// unless the damage is radiant or from a critical hit.
int fortitude_dc(int damage) noexcept;

/// Weapon dice of a critical hit: twice as many, the same modifier.
dice_expression critical(dice_expression dice);

/// SRD 5.1, "Hit Points": never below 0, never above the maximum.
int after_damage(int hit_points, int damage) noexcept;
int after_healing(int hit_points, int amount, int maximum) noexcept;

/// The order of turns: highest initiative first, ties by id, so that it never depends on who rolled
/// when.
std::vector<std::string> turn_order(const std::map<std::string, int>& initiatives);

} // namespace dnd
