#include "rules/combat.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace dnd {

attack_outcome judge_attack(const dice_roll& roll, const dice_expression& dice, int armor_class) {
  constexpr int d20 = 20;
  if (dice.sides == d20 && roll.kept.size() == 1) {
    if (roll.kept.front() == d20) return attack_outcome::critical;
    if (roll.kept.front() == 1) return attack_outcome::miss;
  }
  return roll.total >= armor_class ? attack_outcome::hit : attack_outcome::miss;
}

suffered suffer(int rolled, std::string_view type, const defences& hide) {
  const auto has = [&](std::span<const std::string> types) {
    return std::find(types.begin(), types.end(), type) != types.end();
  };
  int amount = std::max(rolled, 0);
  if (has(hide.immunities)) return {0, "immune"};
  const bool resistant = has(hide.resistances);
  const bool vulnerable = has(hide.vulnerabilities);
  if (resistant) amount /= 2;
  if (vulnerable) amount *= 2;
  if (resistant && vulnerable) return {amount, "resistant and vulnerable"};
  if (resistant) return {amount, "resistant"};
  if (vulnerable) return {amount, "vulnerable"};
  return {amount, std::nullopt};
}

int fortitude_dc(int damage) noexcept {
  constexpr int easiest = 5;
  return damage > std::numeric_limits<int>::max() - easiest ? damage : easiest + damage;
}

dice_expression critical(dice_expression dice) {
  dice.count = std::min(dice.count * 2, most_dice);
  return dice;
}

int after_damage(int hit_points, int damage) noexcept {
  const auto rest = std::int64_t{hit_points} - damage;
  return static_cast<int>(std::clamp<std::int64_t>(rest, 0, std::max(hit_points, 0)));
}

int after_healing(int hit_points, int amount, int maximum) noexcept {
  const auto sum = std::int64_t{hit_points} + amount;
  return static_cast<int>(std::clamp<std::int64_t>(sum, 0, std::max(maximum, 0)));
}

std::vector<std::string> turn_order(const std::map<std::string, int>& initiatives) {
  std::vector<std::string> order;
  order.reserve(initiatives.size());
  for (const auto& [creature, initiative] : initiatives) order.push_back(creature);
  // The map lists ids in order; a stable sort keeps that order among equals.
  std::stable_sort(order.begin(), order.end(), [&](const auto& left, const auto& right) {
    return initiatives.at(left) > initiatives.at(right);
  });
  return order;
}

} // namespace dnd
