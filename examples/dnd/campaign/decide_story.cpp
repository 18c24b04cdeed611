#include "campaign/deliberation.hpp"
#include "language/text.hpp"
#include "rules/abilities.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dnd {

namespace {

const ability_name& ability_of(const mention& said) {
  std::string_view wanted = said.text;
  std::vector<std::string_view> known;
  for (const skill_name& skill : skills) {
    if (spelled_alike(skill.name, said.text)) wanted = skill.ability;
    known.push_back(skill.name);
  }
  std::vector<std::string> names;
  for (const ability_name& ability : abilities) {
    if (same_word(ability.index, wanted) || same_word(ability.name, wanted)) return ability;
    names.emplace_back(ability.index);
    known.push_back(ability.name);
  }
  const auto meant = nearest(said.text, known);
  refuse(said, "\"" + said.text + "\" is no ability and no skill; " +
                   (meant ? "did you mean " + std::string{*meant} + "?"
                          : "abilities are " + in_words(names)));
}

/// Anybody may throw dice: who is here, by id, the game master, or a player by any name that is no
/// slip of the fingers in one of somebody here.
std::string thrower(const deliberation& table, const mention& by) {
  if (same_word(by.text, game_master)) return game_master;
  const bool quoted = by.length > by.text.size();
  std::vector<std::string> known;
  for (const auto& [id, creature] : table.state().creatures) {
    if (same_word(by.text, id) || same_word(by.text, creature.name)) return table.id_of(by);
    known.push_back(id);
    known.push_back(creature.name);
  }
  if (const auto meant = quoted ? std::nullopt : nearest(by.text, known))
    refuse(by, "nobody here is called \"" + by.text + "\"; did you mean " + *meant +
                   "? A player of that name is put in quotes");
  return by.text;
}

/// What comes of a check, if it names a condition and the creature is not immune to it.
void gain_condition(deliberation& table, const std::string& id,
                    const std::optional<std::string>& condition) {
  if (!condition) return;
  const auto& immunities = table.creature_of(id).condition_immunities;
  if (std::find(immunities.begin(), immunities.end(), *condition) != immunities.end()) return;
  table.happens(condition_gained{id, *condition});
  table.recall(*condition);
}

} // namespace

void decide(deliberation& table, const command::roll& wanted) {
  std::string by = thrower(table, wanted.by);
  const dice_roll roll = table.roll(wanted.dice);
  table.happens(dice_rolled{std::move(by), roll.expression, roll.total, roll.raw, roll.kept,
                            roll.dropped, roll.modifier});
}

void decide(deliberation& table, const command::ask_check& wanted) {
  const auto condition = [&](const std::optional<mention>& name) -> std::optional<std::string> {
    if (!name) return std::nullopt;
    return table.entry_of("conditions", *name);
  };
  const std::string id = table.id_of(wanted.of);
  const std::string ability{ability_of(wanted.ability).index};
  for (const pending_check& pending : table.state().pending_checks)
    if (pending.creature == id && pending.ability == ability)
      refuse(wanted.of, id + " owes a check of " + ability + " already");
  table.happens(
      check_asked{id, ability, wanted.dc, condition(wanted.fails), condition(wanted.succeeds)});
}

void decide(deliberation& table, const command::check& wanted) {
  const ability_name& ability = ability_of(wanted.ability);
  const auto& pending = table.state().pending_checks;
  std::optional<std::string> by;
  if (wanted.by) by = table.id_of(*wanted.by);
  const auto asked = std::find_if(pending.begin(), pending.end(), [&](const auto& check) {
    return check.ability == ability.index && (!by || check.creature == *by);
  });
  if (asked == pending.end()) {
    std::vector<std::string> awaited;
    for (const pending_check& check : pending)
      awaited.push_back("check " + check.ability + " by: " + check.creature);
    refuse(wanted.ability, "no such check was asked for; " +
                               (awaited.empty() ? "see ask check: ABILITY of: NAME dc: NUMBER"
                                                : "the game waits for " + in_words(awaited)));
  }
  const pending_check check = *asked;
  const int score = table.creature_of(check.creature).abilities.*ability.score;
  dice_roll roll = table.roll(d20_with(ability_modifier(score)));
  const bool success = roll.total >= check.dc;
  table.happens(check_made{check.creature, check.ability, check.dc, std::move(roll), success});
  gain_condition(table, check.creature, success ? check.succeeds : check.fails);
}

void decide(deliberation& table, const command::inflict& wanted) {
  const std::string id = table.id_of(wanted.to);
  const std::string condition = table.entry_of("conditions", wanted.condition);
  const creature& victim = table.creature_of(id);
  const auto has = [&](const std::vector<std::string>& conditions) {
    return std::find(conditions.begin(), conditions.end(), condition) != conditions.end();
  };
  if (has(victim.conditions)) refuse(wanted.condition, id + " is " + condition + " already");
  if (has(victim.condition_immunities))
    return table.remark(id + " is immune: it never is " + condition + ".");
  table.happens(condition_gained{id, condition});
  table.recall(condition);
}

void decide(deliberation& table, const command::lift& wanted) {
  const std::string id = table.id_of(wanted.from);
  const auto& conditions = table.creature_of(id).conditions;
  const auto found = std::find_if(conditions.begin(), conditions.end(), [&](const auto& each) {
    return same_word(each, wanted.condition.text);
  });
  if (found != conditions.end()) return table.happens(condition_lost{id, *found});
  refuse(wanted.condition, id + " is not " + folded(wanted.condition.text) +
                               (conditions.empty() ? "" : ", but " + in_words(conditions)));
}

void decide(deliberation& table, const command::note& wanted) {
  table.happens(world_event_noted{wanted.text, game_master});
}

void decide(deliberation& table, const command::start_session& wanted) {
  if (table.state().session_open)
    refuse("session " + std::to_string(table.state().session) + " is open already");
  table.happens(session_started{table.state().session + 1, wanted.title});
}

void decide(deliberation& table, const command::end_session&) {
  if (!table.state().session_open) refuse("no session is open");
  table.happens(session_ended{table.state().session});
}

} // namespace dnd
