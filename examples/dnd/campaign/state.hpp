#pragma once

#include "events.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What the log adds up to. Plain data and `evolve`: no dice, no clock, no files, so that every
/// replay of the same events gives the same state.

namespace dnd {

struct creature {
  std::string name;
  creature_kind kind = creature_kind::monster;
  std::string source;
  int hp = 0;
  int max_hp = 0;
  int armor_class = 10;
  std::optional<int> level;
  int hit_dice = 0;
  int hit_die = 8;
  int hit_dice_used = 0;
  ability_scores abilities;
  std::vector<std::string> conditions;
  std::map<std::string, int> inventory;
  std::vector<std::string> damage_immunities;
  std::vector<std::string> damage_resistances;
  std::vector<std::string> damage_vulnerabilities;
  std::vector<std::string> condition_immunities;
  std::vector<std::string> traits;
  std::vector<attack_option> attacks;

  friend bool operator==(const creature&, const creature&) = default;
};

/// The fight that goes on, or how many there have been.
struct encounter {
  bool active = false;
  int number = 0; ///< of the current or the last one; 0: none yet
  int round = 0;  ///< 0 until the first turn
  std::optional<std::string> turn;
  std::vector<std::string> combatants;
  std::map<std::string, int> initiatives;
  std::vector<std::string> turn_order;

  friend bool operator==(const encounter&, const encounter&) = default;
};

/// The last attack, as long as its damage has not been dealt.
struct pending_attack {
  std::string attacker;
  std::string weapon;
  std::string target;
  attack_outcome outcome = attack_outcome::miss;

  friend bool operator==(const pending_attack&, const pending_attack&) = default;
};

struct pending_check {
  std::string creature;
  std::string ability;
  int dc = 0;
  std::optional<std::string> fails;
  std::optional<std::string> succeeds;

  friend bool operator==(const pending_check&, const pending_check&) = default;
};

struct campaign_state {
  std::string name;
  std::string id;
  int session = 0; ///< of the current or the last one; 0: none yet
  bool session_open = false;
  std::map<std::string, creature> creatures; ///< by id
  dnd::encounter encounter;
  std::vector<pending_attack> pending_attacks;
  std::vector<pending_check> pending_checks;

  void evolve(const campaign_started& happened);
  void evolve(const session_started& happened);
  void evolve(const session_ended& happened);
  void evolve(const world_event_noted& happened);
  void evolve(const snapshot_taken& happened);
  void evolve(const creature_added& happened);
  void evolve(const damage_dealt& happened);
  void evolve(const healed& happened);
  void evolve(const rest_taken& happened);
  void evolve(const hit_dice_spent& happened);
  void evolve(const leveled_up& happened);
  void evolve(const inventory_changed& happened);
  void evolve(const condition_gained& happened);
  void evolve(const dice_rolled& happened);
  void evolve(const check_asked& happened);
  void evolve(const check_made& happened);
  void evolve(const encounter_started& happened);
  void evolve(const combatant_joined& happened);
  void evolve(const initiative_rolled& happened);
  void evolve(const turn_started& happened);
  void evolve(const attack_made& happened);
  void evolve(const encounter_ended& happened);

  friend bool operator==(const campaign_state&, const campaign_state&) = default;

private:
  /// An id that no event of the log added means that somebody edited the log: throws
  /// `errc::corrupt`.
  creature& named(const std::string& creature_id);
};

} // namespace dnd
