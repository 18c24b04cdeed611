#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dnd {

struct ability_scores {
  int strength = 10;
  int dexterity = 10;
  int constitution = 10;
  int intelligence = 10;
  int wisdom = 10;
  int charisma = 10;

  friend bool operator==(const ability_scores&, const ability_scores&) = default;
};

struct damage_dice {
  std::string dice;
  std::string type;

  friend bool operator==(const damage_dice&, const damage_dice&) = default;
};

struct attack_option {
  std::string name;
  int bonus = 0;
  std::vector<damage_dice> damage;

  friend bool operator==(const attack_option&, const attack_option&) = default;
};

enum class creature_kind : std::uint8_t { monster, character };

/// A monster or a character as it is now.
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

} // namespace dnd
