#include "campaign/deliberation.hpp"
#include "language/text.hpp"
#include "rules/combat.hpp"
#include "rules/recovery.hpp"

#include <algorithm>
#include <optional>

namespace dnd {

namespace {

/// `monsters/ogre-zombie.yaml` -> `ogre-zombie`; an id is one word, whatever the page is called.
std::string stem_of(std::string_view source) {
  const std::size_t slash = source.rfind('/');
  const std::size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  std::string stem = folded(source.substr(begin, source.rfind('.') - begin));
  std::replace(stem.begin(), stem.end(), ' ', '-');
  return stem;
}

[[noreturn]] void refuse_unknown(const deliberation& table, const mention& name) {
  std::vector<std::string> known = table.library().entries("monsters");
  const std::vector<std::string> characters = table.library().entries("characters");
  known.insert(known.end(), characters.begin(), characters.end());
  const auto suggestion = nearest(name.text, known);
  refuse(name, "no book knows \"" + name.text + "\"" +
                   (suggestion ? "; did you mean " + *suggestion + "?" : ""));
}

void require_peace(const deliberation& table) {
  if (table.state().encounter.active) refuse("nobody rests in a fight; encounter end ends it");
}

/// SRD 5.1, "Resting": who rests has at least 1 hit point at the start of it.
void require_consciousness(const creature& sleeper, const std::string& id, const mention& name) {
  if (sleeper.hp > 0) return;
  refuse(name, id + " has no hit points: nobody rests without any; heal to: " + id +
                   " amount: 1 brings one back");
}

/// The hit points that healing really brings: they stop at the maximum.
int gain_of(const creature& who, int healing) {
  return after_healing(who.hp, healing, who.max_hp) - who.hp;
}

/// Who was here once comes back as they were; a kind of monster is always one more of them.
std::optional<std::string> bring_back(deliberation& table, const mention& name) {
  for (const auto& [id, creature] : table.state().away) {
    const bool by_name =
        creature.kind == creature_kind::character && same_word(creature.name, name.text);
    if (!by_name && !same_word(id, name.text)) continue;
    std::string returning = id;
    table.happens(creature_returned{returning});
    return returning;
  }
  return std::nullopt;
}

/// The way the creature's own list spells an item that is called like this, in any case and with
/// blanks or hyphens; absent if it has none.
std::optional<std::string> find_item(const creature& who, std::string_view said) {
  for (const auto& [item, count] : who.inventory)
    if (spelled_alike(item, said)) return item;
  return std::nullopt;
}

} // namespace

std::string bring(deliberation& table, const mention& name) {
  if (auto id = bring_back(table, name)) return *std::move(id);
  auto stats = table.library().find_creature(name.text);
  if (!stats) refuse_unknown(table, name);
  std::string id = stem_of(stats->source);
  const auto is_taken = [&](const std::string& wanted) {
    return table.state().creatures.contains(wanted) || table.state().away.contains(wanted);
  };
  if (stats->kind == creature_kind::character) {
    if (table.state().creatures.contains(id))
      refuse(name, stats->name + " is here already, as " + id);
    if (table.state().away.contains(id)) {
      table.happens(creature_returned{id});
      return id;
    }
  } else {
    int number = 1;
    while (is_taken(id + "-" + std::to_string(number))) ++number;
    id += "-" + std::to_string(number);
  }
  table.happens(creature_added{id, std::move(*stats)});
  return id;
}

void decide(deliberation& table, const command::add& wanted) {
  for (const mention& name : wanted.creatures) {
    if (table.state().creatures.contains(folded(name.text)))
      refuse(name, folded(name.text) + " is here already");
    const std::string id = bring(table, name);
    if (table.state().encounter.active) join_fight(table, id);
  }
}

void decide(deliberation& table, const command::remove& wanted) {
  for (const mention& name : wanted.creatures) {
    const std::string id = table.id_of(name);
    if (table.state().encounter.turn == id)
      refuse(name, "it is the turn of " + id + "; say turn first");
    table.happens(creature_left{id});
  }
}

void decide(deliberation& table, const command::heal& wanted) {
  const std::string target = table.id_of(wanted.to);
  const creature& wounded = table.creature_of(target);
  if (const int* amount = std::get_if<int>(&wanted.amount)) {
    table.happens(healed{target, gain_of(wounded, *amount), std::nullopt});
    return;
  }
  dice_roll roll = table.roll(std::get<dice_expression>(wanted.amount));
  const int gained = gain_of(wounded, std::max(roll.total, 0));
  table.happens(healed{target, gained, std::move(roll)});
}

void decide(deliberation& table, const command::rest& wanted) {
  require_peace(table);
  const std::string id = table.id_of(wanted.by);
  const creature& sleeper = table.creature_of(id);
  require_consciousness(sleeper, id, wanted.by);
  if (wanted.length == rest_length::long_rest) {
    const int regained = hit_dice_regained(sleeper.hit_dice, sleeper.hit_dice_used);
    table.happens(rest_taken{id, wanted.length, regained});
    return;
  }
  const int left = sleeper.hit_dice - sleeper.hit_dice_used;
  if (wanted.hit_dice > left)
    refuse(wanted.by, id + " has " + std::to_string(left) + " of " +
                          std::to_string(sleeper.hit_dice) + " hit dice left");
  const int die = sleeper.hit_die;
  const int constitution = sleeper.abilities.constitution;
  table.happens(rest_taken{id, wanted.length, 0});
  if (wanted.hit_dice == 0) return;
  dice_roll roll = table.roll({.count = wanted.hit_dice, .sides = die});
  const int restored = gain_of(sleeper, healing_of_hit_dice(roll, constitution));
  table.happens(hit_dice_spent{id, wanted.hit_dice, std::move(roll), restored});
}

void decide(deliberation& table, const command::level_up& wanted) {
  constexpr int highest_level = 20;
  const std::string id = table.id_of(wanted.by);
  const creature& hero = table.creature_of(id);
  if (!hero.level) refuse(wanted.by, id + " has no level: only characters gain levels");
  if (*hero.level >= highest_level) refuse(wanted.by, id + " has reached level 20");
  const int gained = hit_points_of_level(hero.hit_die, hero.abilities.constitution);
  table.happens(leveled_up{id, *hero.level + 1, gained});
}

void decide(deliberation& table, const command::give& wanted) {
  const std::string id = table.id_of(wanted.to);
  std::string item = find_item(table.creature_of(id), wanted.item.text).value_or(wanted.item.text);
  table.happens(inventory_changed{id, std::move(item), wanted.amount});
}

void decide(deliberation& table, const command::take& wanted) {
  const std::string id = table.id_of(wanted.from);
  const auto& inventory = table.creature_of(id).inventory;
  if (auto item = find_item(table.creature_of(id), wanted.item.text)) {
    const int count = inventory.at(*item);
    if (count < wanted.amount)
      refuse(wanted.item, id + " has only " + std::to_string(count) + " x " + *item);
    return table.happens(inventory_changed{id, *std::move(item), -wanted.amount});
  }
  std::vector<std::string> carried;
  for (const auto& [item, count] : inventory) carried.push_back(item);
  const auto suggestion = nearest(wanted.item.text, carried);
  refuse(wanted.item, id + " carries no \"" + wanted.item.text + "\"" +
                          (suggestion        ? "; did you mean " + *suggestion + "?"
                           : carried.empty() ? ""
                                             : ", but " + in_words(carried)));
}

} // namespace dnd
