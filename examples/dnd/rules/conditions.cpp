#include "rules/conditions.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace dnd {

namespace {

enum class lean : std::uint8_t { neither, advantage, disadvantage };

struct condition_rule {
  std::string_view name;
  bool forbids_actions;
  lean own;                 ///< of attacks by who has the condition
  lean against;             ///< of attacks against who has it
  std::string_view proviso; ///< under which either is so
  std::string_view meaning;
};

using enum lean;

// clang-format off: a table read by rows
constexpr std::array rules{
    condition_rule{"blinded", false, disadvantage, advantage, "",
                   "sees nothing; attacks with disadvantage, and is attacked with advantage"},
    condition_rule{"charmed", false, neither, neither, "",
                   "does not attack the charmer, who has advantage on talking to the charmed"},
    condition_rule{"deafened", false, neither, neither, "", "hears nothing"},
    condition_rule{
        "exhaustion", false, neither, neither, "",
        "disadvantage on ability checks; from the third level on attacks and saves, too"},
    condition_rule{
        "frightened", false, disadvantage, neither, "while the source of fear is in sight",
        "disadvantage on attacks and ability checks while the source of fear is in sight, "
        "and no step towards it"},
    condition_rule{"grappled", false, neither, neither, "", "speed 0"},
    condition_rule{"incapacitated", true, neither, neither, "", "no actions and no reactions"},
    condition_rule{"invisible", false, advantage, disadvantage, "",
                   "attacks with advantage, and is attacked with disadvantage"},
    condition_rule{
        "paralyzed", true, neither, advantage, "",
        "no actions, fails saves of str and dex; is attacked with advantage, and every hit "
        "from within 5 feet is critical"},
    condition_rule{
        "petrified", true, neither, advantage, "",
        "no actions, fails saves of str and dex; is attacked with advantage, and resistant "
        "to all damage"},
    condition_rule{"poisoned", false, disadvantage, neither, "",
                   "disadvantage on attacks and ability checks"},
    condition_rule{
        "prone", false, disadvantage, advantage, "from within 5 feet",
        "attacks with disadvantage; is attacked with advantage from within 5 feet, and with "
        "disadvantage from farther away"},
    condition_rule{"restrained", false, disadvantage, advantage, "",
                   "speed 0, disadvantage on attacks and saves of dex; is attacked with advantage"},
    condition_rule{"stunned", true, neither, advantage, "",
                   "no actions, fails saves of str and dex; is attacked with advantage"},
    condition_rule{
        "unconscious", true, neither, advantage, "",
        "no actions, fails saves of str and dex; is attacked with advantage, and every hit "
        "from within 5 feet is critical"},
};
// clang-format on

const condition_rule* find_rule(std::string_view condition) {
  const auto* found = std::find_if(rules.begin(), rules.end(), [&](const condition_rule& rule) {
    return rule.name == condition;
  });
  return found == rules.end() ? nullptr : found;
}

} // namespace

std::string_view meaning_of(std::string_view condition) {
  const condition_rule* rule = find_rule(condition);
  return rule == nullptr ? std::string_view{} : rule->meaning;
}

bool forbids_actions(std::string_view condition) {
  const condition_rule* rule = find_rule(condition);
  return rule != nullptr && rule->forbids_actions;
}

leaning leaning_of_attack(const condition_bearer& attacker, const condition_bearer& target) {
  leaning found;
  const auto weigh = [&](const condition_bearer& bearer, lean condition_rule::*side) {
    for (const std::string& condition : bearer.conditions) {
      const condition_rule* rule = find_rule(condition);
      if (rule == nullptr || rule->*side == neither) continue;
      // Who lies on the ground attacks badly at any distance.
      const bool always =
          rule->proviso.empty() || (rule->name == "prone" && side == &condition_rule::own);
      std::string reason = std::string{bearer.who} + " is " + condition;
      if (!always) reason.append(" (").append(rule->proviso).append(")");
      (rule->*side == advantage ? found.advantage : found.disadvantage)
          .push_back(std::move(reason));
    }
  };
  weigh(attacker, &condition_rule::own);
  weigh(target, &condition_rule::against);
  return found;
}

} // namespace dnd
