#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// SRD 5.1, "Appendix PH-A: Conditions", as far as a game master wants to be reminded of it at the
/// table. The game decides nothing by it: distance, sight and fear are the game master's to judge.

namespace dnd {

/// What who has the condition can and cannot do, in a few words; empty for one that SRD 5.1 does
/// not have.
std::string_view meaning_of(std::string_view condition);

/// Whether who has the condition takes no actions.
bool forbids_actions(std::string_view condition);

struct condition_bearer {
  std::string_view who;
  std::span<const std::string> conditions;
};

/// Why an attack is thrown with advantage or with disadvantage; of both, neither counts.
struct leaning {
  std::vector<std::string> advantage;
  std::vector<std::string> disadvantage;
};
leaning leaning_of_attack(const condition_bearer& attacker, const condition_bearer& target);

} // namespace dnd
