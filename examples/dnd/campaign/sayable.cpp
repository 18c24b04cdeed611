#include "campaign/sayable.hpp"

#include "language/text.hpp"
#include "rules/abilities.hpp"

#include <utility>

namespace dnd {

namespace {

void append(std::vector<std::string>& to, std::vector<std::string> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::vector<std::string> abilities_by_index() {
  std::vector<std::string> found;
  for (const ability_name& ability : abilities) found.emplace_back(ability.index);
  return found;
}

} // namespace

std::vector<std::string> sayable_names::names(meaning what, std::string_view speaker) const {
  std::vector<std::string> found;
  switch (what) {
  case meaning::anything:
  case meaning::topic: break;
  case meaning::creature:
    for (const auto& [id, creature] : state_.creatures) found.push_back(id);
    break;
  case meaning::newcomer:
    for (const auto& [id, creature] : state_.away) found.push_back(id);
    for (std::string& name : library_.entries("characters"))
      if (!state_.creatures.contains(name) && !state_.away.contains(name))
        found.push_back(std::move(name));
    append(found, library_.entries("monsters"));
    break;
  case meaning::combatant:
    found = names(meaning::creature, speaker);
    append(found, names(meaning::newcomer, speaker));
    break;
  case meaning::weapon: return weapons_of(speaker);
  case meaning::ability: return abilities_by_index();
  case meaning::asked_ability: return asked_abilities();
  case meaning::damage_type: return library_.entries("damage-types");
  case meaning::condition: return library_.entries("conditions");
  case meaning::goods:
    found = library_.entries("equipment");
    append(found, library_.entries("magic-items"));
    break;
  case meaning::carried:
    for (const auto& [id, creature] : state_.creatures)
      for (const auto& [item, count] : creature.inventory) found.push_back(item);
    break;
  }
  return found;
}

/// Of everybody, while it is not said who attacks.
std::vector<std::string> sayable_names::weapons_of(std::string_view speaker) const {
  std::vector<std::string> found;
  for (const auto& [id, creature] : state_.creatures) {
    const bool meant =
        speaker.empty() || same_word(id, speaker) || same_word(creature.name, speaker);
    if (!meant) continue;
    for (const attack_option& option : creature.attacks) found.push_back(folded(option.name));
  }
  return found;
}

std::vector<std::string> sayable_names::asked_abilities() const {
  std::vector<std::string> found;
  for (const pending_check& check : state_.pending_checks) found.push_back(check.ability);
  return found.empty() ? abilities_by_index() : found;
}

} // namespace dnd
