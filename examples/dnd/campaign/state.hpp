#pragma once

#include "campaign/creature.hpp"
#include "campaign/encounter.hpp"
#include "events.hpp"

#include <map>
#include <string>
#include <vector>

/// What the log adds up to. Plain data and `evolve`: no dice, no clock, no files, so that every
/// replay of the same events gives the same state.

namespace dnd {

struct campaign_state {
  std::string name;
  std::string id;
  int session = 0; ///< of the current or the last one; 0: none yet
  bool session_open = false;
  std::map<std::string, creature> creatures; ///< by id
  std::map<std::string, creature> away;      ///< who has left, as they were; no id is given twice
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
  void evolve(const end_defied& happened);
  void evolve(const healed& happened);
  void evolve(const rest_taken& happened);
  void evolve(const hit_dice_spent& happened);
  void evolve(const leveled_up& happened);
  void evolve(const inventory_changed& happened);
  void evolve(const condition_gained& happened);
  void evolve(const condition_lost& happened);
  void evolve(const dice_rolled& happened);
  void evolve(const check_asked& happened);
  void evolve(const check_made& happened);
  void evolve(const encounter_started& happened);
  void evolve(const combatant_joined& happened);
  void evolve(const initiative_rolled& happened);
  void evolve(const turn_started& happened);
  void evolve(const attack_made& happened);
  void evolve(const encounter_ended& happened);
  void evolve(const undone& happened);
  void evolve(const creature_left& happened);
  void evolve(const creature_returned& happened);

  friend bool operator==(const campaign_state&, const campaign_state&) = default;

private:
  /// An id that no event of the log added means that somebody edited the log: throws
  /// `errc::corrupt`.
  creature& named(const std::string& creature_id);
};

} // namespace dnd
