#include "campaign/deliberation.hpp"
#include "language/text.hpp"
#include "rules/abilities.hpp"
#include "rules/combat.hpp"

#include <algorithm>
#include <optional>

namespace dnd {

namespace {

constexpr int d20 = 20;

dice_roll roll_d20(deliberation& table, int modifier) {
  return table.roll({.count = 1, .sides = d20, .modifier = modifier});
}

void require_fight(const deliberation& table) {
  if (!table.state().encounter.active) refuse("there is no fight; begin one with encounter start");
}

bool is_combatant(const campaign_state& state, const std::string& id) {
  const auto& fighting = state.encounter.combatants;
  return std::find(fighting.begin(), fighting.end(), id) != fighting.end();
}

void roll_initiative(deliberation& table, const std::string& id) {
  dice_roll roll = roll_d20(table, ability_modifier(table.creature_of(id).abilities.dexterity));
  const int total = roll.total;
  table.happens(initiative_rolled{id, total, std::move(roll)});
}

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
  dice_roll roll = roll_d20(table, ability_modifier(fallen.abilities.constitution));
  const int dc = fortitude_dc(dealt.total);
  const bool success = roll.total >= dc;
  table.happens(end_defied{dealt.target, *trait, dc, std::move(roll), success});
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
  table.happens(dealt);
  const bool falls = stood && table.creature_of(dealt.target).hp == 0;
  if (falls && !prepared.critical) defy_end(table, dealt);
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
    const std::string id = folded(name.text);
    const auto known = table.state().creatures.find(id);
    // The name of a kind of monster is always one more of them; an id is the one that is here.
    join_fight(table, known != table.state().creatures.end() ? id : bring(table, name));
  }
}

void decide(deliberation& table, const command::end_encounter&) {
  require_fight(table);
  table.happens(encounter_ended{table.state().encounter.number});
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
    table.happens(turn_started{id, rounds_begun + static_cast<int>(at / order.size())});
    return;
  }
  refuse("nobody in the fight can act; encounter end ends it");
}

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
  const dice_expression dice = wanted.dice.value_or(
      dice_expression{.count = 1, .sides = d20, .modifier = option != nullptr ? option->bonus : 0});

  for (const mention& name : wanted.to) {
    const std::string target = table.id_of(name);
    const int armor_class = table.creature_of(target).armor_class;
    dice_roll roll = table.roll(dice);
    const attack_outcome outcome = judge_attack(roll, dice, armor_class);
    table.happens(attack_made{attacker_id, weapon, target, std::move(roll), armor_class, outcome});
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
