#include "campaign/deliberation.hpp"
#include "language/text.hpp"
#include "rules/abilities.hpp"
#include "rules/combat.hpp"
#include "rules/conditions.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dnd {

namespace {

const attack_option* find_attack(const creature& attacker, std::string_view name) {
  const auto found =
      std::find_if(attacker.attacks.begin(), attacker.attacks.end(),
                   [&](const attack_option& option) { return same_word(option.name, name); });
  return found == attacker.attacks.end() ? nullptr : &*found;
}

/// Why this weapon, or none, is no attack of this creature.
std::string no_such_attack(const creature& attacker, const std::optional<mention>& weapon) {
  std::vector<std::string> names;
  for (const attack_option& option : attacker.attacks) names.push_back(folded(option.name));
  if (names.empty()) return attacker.name + " has no attack of its own; say dice:";
  const auto suggestion = weapon ? nearest(weapon->text, names) : std::nullopt;
  return attacker.name + " has " + in_words(names) +
         (suggestion ? "; did you mean " + *suggestion + "?" : ", or say dice:");
}

std::string attacker_of(const deliberation& table, const command::attack& wanted) {
  if (wanted.by) return table.id_of(*wanted.by);
  const auto& turn = table.state().encounter.turn;
  if (!turn) refuse("it is nobody's turn; say who attacks with by: NAME");
  return *turn;
}

/// Harm that is about to be done to one creature.
struct blow {
  std::string target;
  bool critical = false;
  std::optional<std::string> cause;
  std::vector<command::damage::part> parts;
};

dice_expression stored_dice(const damage_dice& stored, const mention& weapon) {
  const auto dice = parse_dice(stored.dice);
  if (!dice)
    refuse(weapon, "the books give this weapon the damage \"" + stored.dice +
                       "\", which is no dice; say dice: and type:");
  return *dice;
}

/// The dice of the weapon that a pending attack hit with.
std::vector<command::damage::part> weapon_dice(const deliberation& table,
                                               const pending_attack& attack,
                                               const mention& weapon) {
  const attack_option* option = find_attack(table.creature_of(attack.attacker), attack.weapon);
  if (option == nullptr || option->damage.empty())
    refuse(weapon, "the books give " + attack.weapon + " no damage; say dice: and type:");
  std::vector<command::damage::part> parts;
  for (const damage_dice& stored : option->damage) {
    const dice_expression dice = stored_dice(stored, weapon);
    const bool doubled = attack.outcome == attack_outcome::critical;
    parts.push_back({doubled ? critical(dice) : dice, {stored.type}});
  }
  return parts;
}

const pending_attack* find_pending(const campaign_state& state, const std::string& target,
                                   const std::optional<mention>& weapon) {
  const auto found = std::find_if(
      state.pending_attacks.begin(), state.pending_attacks.end(), [&](const auto& attack) {
        return attack.target == target && (!weapon || same_word(attack.weapon, weapon->text));
      });
  return found == state.pending_attacks.end() ? nullptr : &*found;
}

/// Whom the command hurts: whom it names, or everybody that the last attack hit.
std::vector<std::string> targets_of(const deliberation& table, const command::damage& wanted) {
  if (wanted.to) return {table.id_of(*wanted.to)};
  std::vector<std::string> attacked;
  for (const pending_attack& attack : table.state().pending_attacks)
    attacked.push_back(attack.target);
  if (attacked.empty()) refuse("whom does it hurt? no attack came before; say to: NAME");
  return attacked;
}

blow prepare_blow(const deliberation& table, const command::damage& wanted, std::string target,
                  const pending_attack* attack) {
  const bool critical = attack != nullptr && attack->outcome == attack_outcome::critical;
  blow prepared{std::move(target), critical, std::nullopt, wanted.parts};
  if (wanted.with)
    prepared.cause = wanted.with->text;
  else if (attack != nullptr)
    prepared.cause = attack->weapon;
  if (prepared.parts.empty()) {
    const mention blamed = wanted.with.value_or(mention{});
    if (attack == nullptr) refuse(blamed, "how much? say dice: and type:, or attack first");
    prepared.parts = weapon_dice(table, *attack, blamed);
  }
  return prepared;
}

/// Undead Fortitude: whoever has it may yet stand when a blow takes the last hit points.
void defy_end(deliberation& table, const damage_dealt& dealt) {
  const creature& fallen = table.creature_of(dealt.target);
  const auto trait = std::find_if(fallen.traits.begin(), fallen.traits.end(), [](const auto& name) {
    return same_word(name, "Undead Fortitude");
  });
  if (trait == fallen.traits.end()) return;
  for (const damage_part& part : dealt.parts)
    if (part.type == "radiant" && part.dealt > 0) return;
  dice_roll roll =
      table.roll_behind_the_screen(d20_with(ability_modifier(fallen.abilities.constitution)));
  const int dc = fortitude_dc(dealt.total);
  const bool success = roll.total >= dc;
  table.happens(end_defied{dealt.target, *trait, dc, std::move(roll), success});
}

/// What the conditions of both mean for an attack that was thrown without regard to them.
void remind_of_conditions(deliberation& table, const std::string& attacker,
                          const std::string& target, dice_expression dice) {
  const auto bearer = [&](const std::string& id) -> condition_bearer {
    return {id, table.creature_of(id).conditions};
  };
  for (const std::string& condition : bearer(attacker).conditions)
    if (forbids_actions(condition))
      table.remark("By the rules " + attacker + " takes no actions: it is " + condition + ".");
  const leaning found = leaning_of_attack(bearer(attacker), bearer(target));
  const bool for_it = !found.advantage.empty();
  if (for_it == !found.disadvantage.empty()) return;
  dice.keep = for_it ? keep_rule::advantage : keep_rule::disadvantage;
  table.remark("By the rules this attack has " +
               std::string{for_it ? "advantage: " : "disadvantage: "} +
               in_words(for_it ? found.advantage : found.disadvantage) +
               ". To throw it so: undo, and dice: " + to_string(dice));
}

/// What the books say of damage like this in a sentence, which the game cannot judge.
std::vector<std::string> conditional_defences(const creature& target, const damage_dealt& dealt) {
  std::vector<std::string> found;
  const auto look = [&](const std::vector<std::string>& sayings, std::string_view means) {
    for (const std::string& saying : sayings) {
      if (saying.find(' ') == std::string::npos) continue;
      const bool speaks =
          std::any_of(dealt.parts.begin(), dealt.parts.end(), [&](const damage_part& part) {
            return part.dealt > 0 && folded(saying).find(part.type) != std::string::npos;
          });
      if (speaks) found.push_back(std::string{means} + " to " + saying);
    }
  };
  look(target.damage_immunities, "immune");
  look(target.damage_resistances, "resistant");
  look(target.damage_vulnerabilities, "vulnerable");
  return found;
}

void strike(deliberation& table, blow prepared) {
  const creature& target = table.creature_of(prepared.target);
  const bool stood = target.hp > 0;
  const defences hide{target.damage_immunities, target.damage_resistances,
                      target.damage_vulnerabilities};
  damage_dealt dealt{prepared.target, std::move(prepared.cause), {}, 0};
  for (const command::damage::part& part : prepared.parts) {
    dice_roll roll = table.roll(part.dice);
    suffered effect = suffer(roll.total, part.type.text, hide);
    dealt.total += effect.amount;
    dealt.parts.push_back(
        {part.type.text, std::move(roll), effect.amount, std::move(effect.because)});
  }
  const std::vector<std::string> sayings = conditional_defences(target, dealt);
  table.happens(dealt);
  for (const std::string& saying : sayings)
    table.remark("The books say of " + dealt.target + ": " + saying +
                 ". That is yours to judge: heal what was too much.");
  const bool falls = stood && table.creature_of(dealt.target).hp == 0;
  if (falls && !prepared.critical) defy_end(table, dealt);
}

} // namespace

void decide(deliberation& table, const command::attack& wanted) {
  const std::string attacker_id = attacker_of(table, wanted);
  const creature& attacker = table.creature_of(attacker_id);
  if (attacker.hp == 0)
    refuse(wanted.by.value_or(mention{}),
           attacker_id + " has no hit points left and cannot attack");

  const attack_option* option = nullptr;
  if (wanted.with)
    option = find_attack(attacker, wanted.with->text);
  else if (!attacker.attacks.empty())
    option = &attacker.attacks.front();
  if (option == nullptr && !wanted.dice) {
    refuse(wanted.with ? *wanted.with : wanted.by.value_or(mention{}),
           no_such_attack(attacker, wanted.with));
  }
  const std::string weapon = option != nullptr ? folded(option->name)
                             : wanted.with     ? wanted.with->text
                                               : std::string{"bare hands"};
  const dice_expression dice =
      wanted.dice.value_or(d20_with(option != nullptr ? option->bonus : 0));

  for (const mention& name : wanted.to) {
    const std::string target = table.id_of(name);
    const int armor_class = table.creature_of(target).armor_class;
    dice_roll roll = table.roll(dice);
    const attack_outcome outcome = judge_attack(roll, dice, armor_class);
    table.happens(attack_made{attacker_id, weapon, target, std::move(roll), armor_class, outcome});
    if (dice.keep == keep_rule::all && dice.count == 1 && wanted.rolled.empty())
      remind_of_conditions(table, attacker_id, target, dice);
  }
}

void decide(deliberation& table, const command::damage& said) {
  command::damage wanted = said;
  for (command::damage::part& part : wanted.parts)
    part.type.text = table.entry_of("damage-types", part.type);
  std::vector<blow> blows;
  for (std::string& target : targets_of(table, wanted)) {
    const pending_attack* attack = find_pending(table.state(), target, wanted.with);
    if (attack != nullptr && attack->outcome == attack_outcome::miss)
      table.remark(attack->attacker + " missed " + target + " with " + attack->weapon +
                   ": no damage. (For harm of another cause say with:)");
    else
      blows.push_back(prepare_blow(table, wanted, std::move(target), attack));
  }
  for (blow& prepared : blows) strike(table, std::move(prepared));
}

} // namespace dnd
