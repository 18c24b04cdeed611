#include "campaign/deliberation.hpp"
#include "language/text.hpp"
#include "rules/abilities.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dnd {

namespace {

void require_fight(const deliberation& table) {
  if (!table.state().encounter.active) refuse("there is no fight; begin one with encounter start");
}

bool is_combatant(const campaign_state& state, const std::string& id) {
  const auto& fighting = state.encounter.combatants;
  return std::find(fighting.begin(), fighting.end(), id) != fighting.end();
}

void roll_initiative(deliberation& table, const std::string& id) {
  dice_roll roll =
      table.roll(d20_with(ability_modifier(table.creature_of(id).abilities.dexterity)));
  const int total = roll.total;
  table.happens(initiative_rolled{id, total, std::move(roll)});
}

/// An id, or the name of a character, is the one that is here; the name of a kind of monster is always
/// one more of them.
std::optional<std::string> find_present(const campaign_state& state, const mention& name) {
  for (const auto& [id, creature] : state.creatures)
    if (same_word(id, name.text) ||
        (creature.kind == creature_kind::character && same_word(creature.name, name.text)))
      return id;
  return std::nullopt;
}

} // namespace

void join_fight(deliberation& table, const std::string& id) {
  if (is_combatant(table.state(), id)) refuse(id + " is in the fight already");
  table.happens(combatant_joined{id});
  if (table.creature_of(id).kind == creature_kind::monster) roll_initiative(table, id);
}

void decide(deliberation& table, const command::start_encounter& wanted) {
  if (table.state().encounter.active)
    refuse("encounter " + std::to_string(table.state().encounter.number) + " is already active");
  table.happens(encounter_started{table.state().encounter.number + 1});
  if (wanted.with.empty()) {
    for (const auto& [id, creature] : campaign_state{table.state()}.creatures)
      if (creature.hp > 0 || creature.kind == creature_kind::character) join_fight(table, id);
    return;
  }
  for (const mention& name : wanted.with) {
    const auto here = find_present(table.state(), name);
    join_fight(table, here ? *here : bring(table, name));
  }
}

void decide(deliberation& table, const command::end_encounter&) {
  require_fight(table);
  std::vector<std::string> fallen;
  for (const std::string& id : table.state().encounter.combatants) {
    const creature& fighter = table.creature_of(id);
    if (fighter.hp == 0 && fighter.kind == creature_kind::monster) fallen.push_back(id);
  }
  table.happens(encounter_ended{table.state().encounter.number});
  std::string names;
  for (const std::string& id : fallen) names.append(names.empty() ? "" : " and: ").append(id);
  if (!names.empty()) table.remark("The fallen can be taken from the table: remove " + names);
}

void decide(deliberation& table, const command::initiative& wanted) {
  require_fight(table);
  const auto& initiatives = table.state().encounter.initiatives;
  if (!wanted.by) {
    std::vector<std::string> waiting;
    for (const std::string& id : table.state().encounter.combatants)
      if (!initiatives.contains(id)) waiting.push_back(id);
    if (waiting.empty()) refuse("everybody in the fight has rolled initiative");
    for (const std::string& id : waiting) roll_initiative(table, id);
    return;
  }
  const std::string id = table.id_of(*wanted.by);
  if (const auto rolled = initiatives.find(id); rolled != initiatives.end())
    refuse(*wanted.by, id + " has initiative " + std::to_string(rolled->second) + " already");
  if (!is_combatant(table.state(), id)) table.happens(combatant_joined{id});
  if (wanted.total)
    table.happens(initiative_rolled{id, *wanted.total, std::nullopt});
  else
    roll_initiative(table, id);
}

void decide(deliberation& table, const command::turn&) {
  require_fight(table);
  const encounter& fight = table.state().encounter;
  std::vector<std::string> waiting;
  for (const std::string& id : fight.combatants)
    if (!fight.initiatives.contains(id)) waiting.push_back(id);
  if (!waiting.empty())
    refuse(in_words(waiting) + " must roll first: initiative by: " + waiting.front());

  const auto& order = fight.turn_order;
  const auto current =
      fight.turn ? std::find(order.begin(), order.end(), *fight.turn) : order.end();
  const auto start = current == order.end() ? std::size_t{0}
                                            : static_cast<std::size_t>(current - order.begin()) + 1;
  for (std::size_t step = 0; step < order.size(); ++step) {
    const std::size_t at = start + step;
    const std::string& id = order[at % order.size()];
    const creature& next = table.creature_of(id);
    // Dead monsters have no turns; characters at 0 hit points do, to fight death.
    if (next.hp == 0 && next.kind == creature_kind::monster) continue;
    const int rounds_begun = fight.round == 0 ? 1 : fight.round;
    const std::vector<std::string> conditions = next.conditions;
    table.happens(turn_started{id, rounds_begun + static_cast<int>(at / order.size())});
    for (const std::string& condition : conditions) table.recall(condition);
    return;
  }
  refuse("nobody in the fight can act; encounter end ends it");
}

} // namespace dnd
