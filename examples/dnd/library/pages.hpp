#pragma once

#include "events.hpp"
#include "schema.hpp"

#include <evstore/describe.hpp>

#include <optional>
#include <string>
#include <vector>

/// The pages of the books, as they stand in YAML. Monsters have the fields of the public 5e SRD
/// data set, of which the game needs these; what else is on a page is not read.

namespace dnd::page {

struct reference {
  std::string index;
};
EVSTORE_DESCRIBE(reference, index)

struct armor_class {
  int value = 10;
};
EVSTORE_DESCRIBE(armor_class, value)

struct trait {
  std::string name;
};
EVSTORE_DESCRIBE(trait, name)

struct damage_option {
  std::optional<reference> damage_type;
  std::optional<std::string> damage_dice;
};
EVSTORE_DESCRIBE(damage_option, damage_type, damage_dice)

struct damage_options {
  std::optional<std::vector<damage_option>> options;
};
EVSTORE_DESCRIBE(damage_options, options)

/// Damage that leaves a choice (one hand or two) has only what to choose from.
struct action_damage {
  std::optional<reference> damage_type;
  std::optional<std::string> damage_dice;
  std::optional<damage_options> from;
};
EVSTORE_DESCRIBE(action_damage, damage_type, damage_dice, from)

struct action {
  std::string name;
  std::optional<int> attack_bonus;
  std::optional<std::vector<action_damage>> damage;
};
EVSTORE_DESCRIBE(action, name, attack_bonus, damage)

struct monster {
  std::string name;
  std::vector<page::armor_class> armor_class;
  int hit_points = 1;
  std::string hit_dice;
  int strength = 10;
  int dexterity = 10;
  int constitution = 10;
  int intelligence = 10;
  int wisdom = 10;
  int charisma = 10;
  std::optional<std::vector<std::string>> damage_immunities;
  std::optional<std::vector<std::string>> damage_resistances;
  std::optional<std::vector<std::string>> damage_vulnerabilities;
  std::optional<std::vector<reference>> condition_immunities;
  std::optional<std::vector<trait>> special_abilities;
  std::optional<std::vector<action>> actions;
};
EVSTORE_DESCRIBE(monster, name, armor_class, hit_points, hit_dice, strength, dexterity,
                 constitution, intelligence, wisdom, charisma, damage_immunities,
                 damage_resistances, damage_vulnerabilities, condition_immunities,
                 special_abilities, actions)

/// A character is written by hand: short, and most of it optional.
struct character {
  std::string name;
  std::optional<int> level; ///< absent: as many as hit dice
  int armor_class = 10;
  int hit_points = 1;
  std::string hit_dice;
  std::optional<int> strength;
  std::optional<int> dexterity;
  std::optional<int> constitution;
  std::optional<int> intelligence;
  std::optional<int> wisdom;
  std::optional<int> charisma;
  std::optional<std::vector<std::string>> damage_immunities;
  std::optional<std::vector<std::string>> damage_resistances;
  std::optional<std::vector<std::string>> damage_vulnerabilities;
  std::optional<std::vector<std::string>> condition_immunities;
  std::optional<std::vector<std::string>> traits;
  std::optional<std::vector<attack_option>> attacks;
  std::optional<std::vector<std::string>> equipment;
};
EVSTORE_DESCRIBE(character, name, level, armor_class, hit_points, hit_dice, strength, dexterity,
                 constitution, intelligence, wisdom, charisma, damage_immunities,
                 damage_resistances, damage_vulnerabilities, condition_immunities, traits, attacks,
                 equipment)

} // namespace dnd::page
