#include "campaign/narrate.hpp"

#include "language/text.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace dnd {

namespace {

std::string hit_points(const creature& who) {
  return "HP " + std::to_string(who.hp) + "/" + std::to_string(who.max_hp);
}

std::string hit_dice(int count) {
  return count == 1 ? "1 hit die" : std::to_string(count) + " hit dice";
}

/// One sentence for each event type.
struct narrator {
  const campaign_state& after;

  const creature& named(const std::string& id) const { return after.creatures.at(id); }

  std::string operator()(const campaign_started& e) const {
    return "The campaign \"" + e.name + "\" begins.";
  }
  std::string operator()(const session_started& e) const {
    return "Session " + std::to_string(e.session) + " begins" +
           (e.title ? ": " + *e.title + "." : ".");
  }
  std::string operator()(const session_ended& e) const {
    return "Session " + std::to_string(e.session) + " ends.";
  }
  std::string operator()(const world_event_noted& e) const { return e.by + " notes: " + e.text; }
  std::string operator()(const snapshot_taken& e) const {
    return "Snapshot of event " + std::to_string(e.position) + " (" + e.reason + ").";
  }
  std::string operator()(const creature_added& e) const {
    const creature& added = named(e.creature);
    return e.creature + " is here: " + added.name + ", AC " + std::to_string(added.armor_class) +
           ", " + hit_points(added) + ".";
  }
  std::string operator()(const damage_dealt& e) const {
    std::vector<std::string> parts;
    for (const damage_part& part : e.parts) {
      std::string text = std::to_string(part.dealt) + " " + part.type;
      if (part.because)
        text += " (" + *part.because + "; rolled " + std::to_string(part.roll.total) + ")";
      parts.push_back(std::move(text));
    }
    const creature& target = named(e.target);
    return e.target + " takes " + in_words(parts) + " damage" +
           (e.cause ? " from " + *e.cause : "") + ": " + hit_points(target) +
           (target.hp == 0 ? ", down." : ".");
  }
  std::string operator()(const end_defied& e) const {
    return e.creature + " defies its end by " + e.trait + ": " + narrate(e.roll) + " against " +
           std::to_string(e.dc) + ", " +
           (e.success ? "and stands: " + hit_points(named(e.creature)) + "." : "in vain.");
  }
  std::string operator()(const healed& e) const {
    return e.target +
           (e.amount > 0 ? " is healed by " + std::to_string(e.amount) : " is at the maximum") +
           ": " + hit_points(named(e.target)) + ".";
  }
  std::string operator()(const rest_taken& e) const {
    if (e.rest == rest_length::short_rest) return e.creature + " takes a short rest.";
    return e.creature + " takes a long rest: " + hit_points(named(e.creature)) + ", " +
           hit_dice(e.hit_dice_regained) + " regained.";
  }
  std::string operator()(const hit_dice_spent& e) const {
    const creature& spender = named(e.creature);
    return e.creature + " spends " + hit_dice(e.count) + " (" + narrate(e.roll) + ") and " +
           (e.healed > 0 ? "regains " + std::to_string(e.healed) : "is at the maximum") + ": " +
           hit_points(spender) + ", " + std::to_string(spender.hit_dice_used) + "/" +
           std::to_string(spender.hit_dice) + " hit dice used.";
  }
  std::string operator()(const leveled_up& e) const {
    return e.creature + " reaches level " + std::to_string(e.level) + ": " +
           hit_points(named(e.creature)) + ".";
  }
  std::string operator()(const inventory_changed& e) const {
    const int count = e.change > 0 ? e.change : -e.change;
    return e.creature + (e.change > 0 ? " gets " : " loses ") +
           (count == 1 ? "" : std::to_string(count) + " x ") + e.item + ".";
  }
  std::string operator()(const condition_lost& e) const {
    return e.creature + " is no longer " + e.condition + ".";
  }
  std::string operator()(const condition_gained& e) const {
    return e.creature + " is " + e.condition + ".";
  }
  std::string operator()(const dice_rolled& e) const {
    return e.by + " rolls " +
           narrate({e.expression, e.total, e.raw, e.kept, e.dropped, e.modifier}) + ".";
  }
  std::string operator()(const check_asked& e) const {
    return e.creature + " must roll a check of " + e.ability + " against " + std::to_string(e.dc) +
           ".";
  }
  std::string operator()(const check_made& e) const {
    return e.creature + " rolls " + narrate(e.roll) + " for " + e.ability + " against " +
           std::to_string(e.dc) + ": " + (e.success ? "success." : "failure.");
  }
  std::string operator()(const encounter_started& e) const {
    return "Encounter " + std::to_string(e.encounter) + " begins.";
  }
  std::string operator()(const combatant_joined& e) const {
    return e.creature + " joins the fight.";
  }
  std::string operator()(const initiative_rolled& e) const {
    return e.creature + " has initiative " + std::to_string(e.total) +
           (e.roll ? " (" + narrate(*e.roll) + ")." : ".");
  }
  std::string operator()(const turn_started& e) const {
    return "Round " + std::to_string(e.round) + ": it is the turn of " + e.creature + ".";
  }
  std::string operator()(const attack_made& e) const {
    const char* outcome = e.outcome == attack_outcome::miss  ? "a miss."
                          : e.outcome == attack_outcome::hit ? "a hit!"
                                                             : "a critical hit!";
    return e.attacker + " attacks " + e.target + " with " + e.weapon + ": " + narrate(e.roll) +
           " against AC " + std::to_string(e.armor_class) + ", " + outcome;
  }
  std::string operator()(const encounter_ended& e) const {
    return "Encounter " + std::to_string(e.encounter) + " ends.";
  }
  std::string operator()(const undone& e) const {
    const std::string events =
        e.first == e.last ? "event " + std::to_string(e.first)
                          : "events " + std::to_string(e.first) + " to " + std::to_string(e.last);
    const std::string what =
        (e.commands == 1 ? "The last command is"
                         : "The last " + std::to_string(e.commands) + " commands are") +
        " taken back";
    if (!e.said || e.said->empty()) return what + ": " + events + ".";
    std::string lines;
    for (const std::string& line : *e.said)
      lines.append(e.said->size() == 1 ? " " : "\n    ").append(line);
    return what + " (" + events + "):" + lines;
  }
  std::string operator()(const creature_left& e) const { return e.creature + " leaves."; }
  std::string operator()(const creature_returned& e) const {
    const creature& back = named(e.creature);
    return e.creature + " is back: " + back.name + ", AC " + std::to_string(back.armor_class) +
           ", " + hit_points(back) + ".";
  }
};

/// Somebody of the other side who stands; monsters and characters are the sides.
std::optional<std::string> find_foe(const campaign_state& state, const std::string& of) {
  const creature_kind own = state.creatures.at(of).kind;
  for (const std::string& id : state.encounter.combatants) {
    const creature& other = state.creatures.at(id);
    if (other.kind != own && other.hp > 0) return id;
  }
  return std::nullopt;
}

} // namespace

std::string narrate(const dice_roll& roll) {
  const auto list = [](const std::vector<int>& dice) {
    constexpr std::size_t most_shown = 20;
    std::string text = "[";
    for (std::size_t i = 0; i < dice.size() && i < most_shown; ++i)
      text += (i == 0 ? "" : ", ") + std::to_string(dice[i]);
    return text + (dice.size() > most_shown ? ", ...]" : "]");
  };
  std::string text = roll.expression + ": " + list(roll.kept);
  if (!roll.dropped.empty()) text += " without " + list(roll.dropped);
  if (roll.modifier > 0) text += " + " + std::to_string(roll.modifier);
  if (roll.modifier < 0) text += " - " + std::to_string(-std::int64_t{roll.modifier});
  return text + " = " + std::to_string(roll.total);
}

std::string narrate(const event& happened, const campaign_state& after) {
  return std::visit(narrator{after}, happened);
}

std::string hint(const campaign_state& state) {
  if (!state.pending_checks.empty()) {
    const pending_check& first = state.pending_checks.front();
    return "The game waits for a check: check " + first.ability + " by: " + first.creature;
  }
  for (const pending_attack& attack : state.pending_attacks)
    if (attack.outcome != attack_outcome::miss)
      return attack.target + " was hit with " + attack.weapon +
             ": damage (with the weapon's dice), or damage dice: DICE type: TYPE";
  if (state.creatures.empty()) return "Nobody is here yet: add zombie";
  if (!state.encounter.active)
    return state.session_open ? "Begin a fight: encounter start with: zombie"
                              : "Begin a session: session start";
  for (const std::string& id : state.encounter.combatants)
    if (!state.encounter.initiatives.contains(id))
      return id + " has no initiative yet: initiative by: " + id;
  if (!state.encounter.turn) return "Everybody has rolled: turn";
  const std::string& turn = *state.encounter.turn;
  if (const auto foe = find_foe(state, turn))
    return "It is the turn of " + turn + ": attack by: " + turn + " to: " + *foe;
  return "Nobody is left to fight: encounter end";
}

} // namespace dnd
