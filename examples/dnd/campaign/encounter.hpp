#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dnd {

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

enum class attack_outcome : std::uint8_t { miss, hit, critical };

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

} // namespace dnd
