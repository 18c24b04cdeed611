#pragma once

#include "campaign/creature.hpp"
#include "campaign/encounter.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What can happen in a campaign, as plain facts in the past tense. Whatever was decided by dice or
/// by a book is in the event: replaying a log rolls nothing and reads no YAML.

namespace dnd {

/// The outcome of a throw, as it lay on the table.
struct dice_roll {
  std::string expression; ///< canonical notation, `4d6kh3+1`
  int total = 0;          ///< the kept dice plus the modifier
  std::vector<int> raw;   ///< every die, in the order of the throw
  std::vector<int> kept;
  std::vector<int> dropped;
  int modifier = 0;

  friend bool operator==(const dice_roll&, const dice_roll&) = default;
};

/// What the books say about a creature at the moment it enters the campaign.
struct stat_block {
  std::string name;
  creature_kind kind = creature_kind::monster;
  std::string source; ///< the file it was read from, relative to the books: `monsters/zombie.yaml`
  int armor_class = 10;
  int hit_points = 1;
  int hit_dice = 1; ///< how many
  int hit_die = 8;  ///< how many sides each has
  std::optional<int> level;
  ability_scores abilities;
  std::vector<std::string> damage_immunities;
  std::vector<std::string> damage_resistances;
  std::vector<std::string> damage_vulnerabilities;
  std::vector<std::string> condition_immunities;
  std::vector<std::string> traits;
  std::vector<attack_option> attacks;
  std::vector<std::string> equipment;

  friend bool operator==(const stat_block&, const stat_block&) = default;
};

// --- the story
// --------------------------------------------------------------------------------------

/// The first event of every log: the display name, and the id that snapshots must agree with.
struct campaign_started {
  std::string name;
  std::string campaign;
};

struct session_started {
  int session = 0;
  std::optional<std::string> title;
};

struct session_ended {
  int session = 0;
};

struct world_event_noted {
  std::string text;
  std::string by;
};

/// `snapshot.yaml` was written for the state after `position`; the event itself comes after it.
struct snapshot_taken {
  std::uint64_t position = 0;
  std::string file;
  std::string digest;
  std::string reason;
};

// --- creatures
// --------------------------------------------------------------------------------------

struct creature_added {
  std::string creature; ///< its id for the rest of the campaign: `zombie-1`
  stat_block stats;
};

/// Away from the table, with all that it has; whoever comes back comes back like that.
struct creature_left {
  std::string creature;
};

struct creature_returned {
  std::string creature;
};

struct damage_part {
  std::string type;
  dice_roll roll;
  int dealt = 0;                      ///< after immunity, resistance and vulnerability
  std::optional<std::string> because; ///< what made `dealt` differ from the roll

  friend bool operator==(const damage_part&, const damage_part&) = default;
};

struct damage_dealt {
  std::string target;
  std::optional<std::string> cause; ///< the weapon, spell or mishap
  std::vector<damage_part> parts;
  int total = 0;
};

/// A creature at 0 hit points threw a die against its end (Undead Fortitude); success leaves it 1.
struct end_defied {
  std::string creature;
  std::string trait;
  int dc = 0;
  dice_roll roll;
  bool success = false;
};

struct healed {
  std::string target;
  int amount = 0; ///< gained; logs of before may say more, hit points stop at their maximum
  std::optional<dice_roll> roll;
};

enum class rest_length : std::uint8_t { short_rest, long_rest };

struct rest_taken {
  std::string creature;
  rest_length rest = rest_length::short_rest;
  int hit_dice_regained = 0;
};

struct hit_dice_spent {
  std::string creature;
  int count = 0;
  dice_roll roll;
  int healed = 0; ///< gained, as above
};

struct leveled_up {
  std::string creature;
  int level = 0;
  int hit_points = 0; ///< gained
};

struct inventory_changed {
  std::string creature;
  std::string item;
  int change = 0; ///< how many more; negative: fewer
};

struct condition_gained {
  std::string creature;
  std::string condition;
};

struct condition_lost {
  std::string creature;
  std::string condition;
};

// --- dice
// -------------------------------------------------------------------------------------------

struct dice_rolled {
  std::string by;
  std::string expression;
  int total = 0;
  std::vector<int> raw;
  std::vector<int> kept;
  std::vector<int> dropped;
  int modifier = 0;
};

/// The game waits until the creature has rolled. `fails` and `succeeds` name the conditions that
/// follow.
struct check_asked {
  std::string creature;
  std::string ability;
  int dc = 0;
  std::optional<std::string> fails;
  std::optional<std::string> succeeds;
};

struct check_made {
  std::string creature;
  std::string ability;
  int dc = 0;
  dice_roll roll;
  bool success = false;
};

// --- the fight
// --------------------------------------------------------------------------------------

struct encounter_started {
  int encounter = 0;
};

struct combatant_joined {
  std::string creature;
};

struct initiative_rolled {
  std::string creature;
  int total = 0;
  std::optional<dice_roll> roll; ///< absent when the player rolled real dice and said the result
};

struct turn_started {
  std::string creature;
  int round = 0;
};

struct attack_made {
  std::string attacker;
  std::string weapon;
  std::string target;
  dice_roll roll;
  int armor_class = 0;
  attack_outcome outcome = attack_outcome::miss;
};

struct encounter_ended {
  int encounter = 0;
};

// --- second thoughts
// --------------------------------------------------------------------------------

/// Commands were taken back. Their events stay in the log; what they changed is as it was before
/// them, and is said here in full, so that a state needs no memory of the past.
struct undone {
  std::uint64_t first = 0;                   ///< the first event that was taken back
  std::uint64_t last = 0;                    ///< the last one
  int commands = 0;                          ///< how many
  std::vector<std::string> gone;             ///< creatures that had not come yet
  std::map<std::string, creature> creatures; ///< those that had changed
  int session = 0;
  bool session_open = false;
  dnd::encounter encounter;
  std::vector<pending_attack> pending_attacks;
  std::vector<pending_check> pending_checks;
  std::optional<std::map<std::string, creature>> away; ///< all who were, if others are now
  std::optional<std::vector<std::string>> said; ///< the commands as they were typed; of older logs
                                                ///< and of many commands at once not
};

/// Any of them; `schema.hpp` gives each its stored name.
using event = std::variant<campaign_started, session_started, session_ended, world_event_noted,
                           snapshot_taken, creature_added, damage_dealt, end_defied, healed,
                           rest_taken, hit_dice_spent, leveled_up, inventory_changed,
                           condition_gained, condition_lost, dice_rolled, check_asked, check_made,
                           encounter_started, combatant_joined, initiative_rolled, turn_started,
                           attack_made, encounter_ended, undone, creature_left, creature_returned>;

} // namespace dnd
