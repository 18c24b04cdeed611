#include "campaign/state.hpp"

#include "rules/combat.hpp"

#include <evstore/error.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace dnd {

namespace {

/// Sums that stay within `int`, whatever numbers somebody wrote into a log by hand.
int plus(std::int64_t left, std::int64_t right) {
  using limits = std::numeric_limits<int>;
  return static_cast<int>(std::clamp<std::int64_t>(left + right, limits::min(), limits::max()));
}

} // namespace

creature& campaign_state::named(const std::string& creature_id) {
  const auto found = creatures.find(creature_id);
  if (found == creatures.end())
    throw evstore::error{evstore::errc::corrupt, "an event is about the creature \"" + creature_id +
                                                     "\", which no earlier event added"};
  return found->second;
}

void campaign_state::evolve(const campaign_started& happened) {
  name = happened.name;
  id = happened.campaign;
}

void campaign_state::evolve(const session_started& happened) {
  session = happened.session;
  session_open = true;
}

void campaign_state::evolve(const session_ended&) { session_open = false; }

// Told and remembered in the log; nothing in the game depends on them.
void campaign_state::evolve(const world_event_noted&) {}
void campaign_state::evolve(const dice_rolled&) {}

// A state never knows of its snapshots: the fold from a snapshot and from the start are equal.
void campaign_state::evolve(const snapshot_taken&) {}

void campaign_state::evolve(const creature_added& happened) {
  const stat_block& stats = happened.stats;
  creature added;
  added.name = stats.name;
  added.kind = stats.kind;
  added.source = stats.source;
  added.hp = added.max_hp = stats.hit_points;
  added.armor_class = stats.armor_class;
  added.level = stats.level;
  added.hit_dice = stats.hit_dice;
  added.hit_die = stats.hit_die;
  added.abilities = stats.abilities;
  added.damage_immunities = stats.damage_immunities;
  added.damage_resistances = stats.damage_resistances;
  added.damage_vulnerabilities = stats.damage_vulnerabilities;
  added.condition_immunities = stats.condition_immunities;
  added.traits = stats.traits;
  added.attacks = stats.attacks;
  for (const std::string& item : stats.equipment) ++added.inventory[item];
  creatures.insert_or_assign(happened.creature, std::move(added));
}

void campaign_state::evolve(const damage_dealt& happened) {
  creature& target = named(happened.target);
  target.hp = after_damage(target.hp, happened.total);
  std::erase_if(pending_attacks, [&](const pending_attack& attack) {
    return attack.target == happened.target && attack.outcome != attack_outcome::miss;
  });
  // With the damage of the last hit the attack is over; nobody wants to hear of its misses again.
  const bool over = std::all_of(
      pending_attacks.begin(), pending_attacks.end(),
      [](const pending_attack& attack) { return attack.outcome == attack_outcome::miss; });
  if (over) pending_attacks.clear();
}

void campaign_state::evolve(const end_defied& happened) {
  if (happened.success) named(happened.creature).hp = 1;
}

void campaign_state::evolve(const healed& happened) {
  creature& target = named(happened.target);
  target.hp = after_healing(target.hp, happened.amount, target.max_hp);
}

void campaign_state::evolve(const rest_taken& happened) {
  creature& sleeper = named(happened.creature);
  if (happened.rest == rest_length::long_rest) sleeper.hp = sleeper.max_hp;
  sleeper.hit_dice_used =
      std::max(plus(sleeper.hit_dice_used, -std::int64_t{happened.hit_dice_regained}), 0);
}

void campaign_state::evolve(const hit_dice_spent& happened) {
  creature& spender = named(happened.creature);
  spender.hit_dice_used = plus(spender.hit_dice_used, happened.count);
  spender.hp = after_healing(spender.hp, happened.healed, spender.max_hp);
}

void campaign_state::evolve(const leveled_up& happened) {
  creature& hero = named(happened.creature);
  hero.level = happened.level;
  hero.hit_dice = plus(hero.hit_dice, 1);
  hero.max_hp = plus(hero.max_hp, happened.hit_points);
  hero.hp = plus(hero.hp, happened.hit_points);
}

void campaign_state::evolve(const inventory_changed& happened) {
  auto& inventory = named(happened.creature).inventory;
  const auto item = inventory.try_emplace(happened.item, 0).first;
  item->second = plus(item->second, happened.change);
  if (item->second <= 0) inventory.erase(item);
}

void campaign_state::evolve(const condition_gained& happened) {
  auto& conditions = named(happened.creature).conditions;
  const auto place = std::lower_bound(conditions.begin(), conditions.end(), happened.condition);
  if (place == conditions.end() || *place != happened.condition)
    conditions.insert(place, happened.condition);
}

void campaign_state::evolve(const condition_lost& happened) {
  std::erase(named(happened.creature).conditions, happened.condition);
}

void campaign_state::evolve(const check_asked& happened) {
  pending_checks.push_back(
      {happened.creature, happened.ability, happened.dc, happened.fails, happened.succeeds});
}

void campaign_state::evolve(const check_made& happened) {
  const auto answered =
      std::find_if(pending_checks.begin(), pending_checks.end(), [&](const pending_check& check) {
        return check.creature == happened.creature && check.ability == happened.ability &&
               check.dc == happened.dc;
      });
  if (answered != pending_checks.end()) pending_checks.erase(answered);
}

void campaign_state::evolve(const encounter_started& happened) {
  encounter = {};
  encounter.active = true;
  encounter.number = happened.encounter;
  pending_attacks.clear();
}

void campaign_state::evolve(const combatant_joined& happened) {
  encounter.combatants.push_back(happened.creature);
}

void campaign_state::evolve(const initiative_rolled& happened) {
  encounter.initiatives[happened.creature] = happened.total;
  encounter.turn_order = turn_order(encounter.initiatives);
}

void campaign_state::evolve(const turn_started& happened) {
  encounter.turn = happened.creature;
  encounter.round = happened.round;
  pending_attacks.clear();
}

void campaign_state::evolve(const attack_made& happened) {
  std::erase_if(pending_attacks, [&](const pending_attack& attack) {
    return attack.attacker != happened.attacker || attack.weapon != happened.weapon ||
           attack.target == happened.target;
  });
  pending_attacks.push_back(
      {happened.attacker, happened.weapon, happened.target, happened.outcome});
}

// Wounds stay; only who fights, in which order and whose turn it is ends with the encounter.
void campaign_state::evolve(const encounter_ended&) {
  const int fought = encounter.number;
  encounter = {};
  encounter.number = fought;
  pending_attacks.clear();
}

void campaign_state::evolve(const creature_left& happened) {
  const std::string& leaver = happened.creature;
  away.insert_or_assign(leaver, named(leaver));
  creatures.erase(leaver);
  std::erase(encounter.combatants, leaver);
  encounter.initiatives.erase(leaver);
  std::erase(encounter.turn_order, leaver);
  if (encounter.turn == leaver) encounter.turn.reset();
  std::erase_if(pending_attacks, [&](const pending_attack& attack) {
    return attack.attacker == leaver || attack.target == leaver;
  });
  std::erase_if(pending_checks,
                [&](const pending_check& check) { return check.creature == leaver; });
}

void campaign_state::evolve(const creature_returned& happened) {
  auto returning = away.extract(happened.creature);
  if (returning.empty())
    throw evstore::error{evstore::errc::corrupt,
                         "the creature \"" + happened.creature + "\" comes back and never left"};
  creatures.insert(std::move(returning));
}

void campaign_state::evolve(const undone& happened) {
  for (const std::string& newcomer : happened.gone) creatures.erase(newcomer);
  for (const auto& [changed, restored] : happened.creatures)
    creatures.insert_or_assign(changed, restored);
  session = happened.session;
  session_open = happened.session_open;
  encounter = happened.encounter;
  pending_attacks = happened.pending_attacks;
  pending_checks = happened.pending_checks;
  if (happened.away) away = *happened.away;
}

} // namespace dnd
