#include "history/diff.hpp"

#include "language/text.hpp"

#include <evstore/describe.hpp>
#include <evstore/json/write.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace dnd {

EVSTORE_DESCRIBE(number_change, from, to)
EVSTORE_DESCRIBE(item_change, item, from, to)
EVSTORE_DESCRIBE(presence, creature, name, hp, max_hp)
EVSTORE_DESCRIBE(creature_change, creature, name, hp, max_hp, armor_class, level, hit_dice,
                 hit_dice_used, conditions_gained, conditions_lost, items)
EVSTORE_DESCRIBE(fight_mark, encounter, active, round, turn)
EVSTORE_DESCRIBE(fight_change, from, to)
EVSTORE_DESCRIBE(difference, from, to, session, fight, came, gone, fell, stood, changed)

namespace {

std::optional<number_change> change_of(int from, int to) {
  if (from == to) return std::nullopt;
  return number_change{from, to};
}

/// What is in the first, which is sorted like the second, and not in that.
std::vector<std::string> without(const std::vector<std::string>& all,
                                 const std::vector<std::string>& some) {
  std::vector<std::string> rest;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::back_inserter(rest));
  return rest;
}

int count_of(const std::map<std::string, int>& inventory, const std::string& item) {
  const auto found = inventory.find(item);
  return found == inventory.end() ? 0 : found->second;
}

std::vector<item_change> items_between(const std::map<std::string, int>& before,
                                       const std::map<std::string, int>& after) {
  std::map<std::string, int> all = before;
  all.insert(after.begin(), after.end());
  std::vector<item_change> changed;
  for (const auto& [item, any] : all) {
    const item_change change{item, count_of(before, item), count_of(after, item)};
    if (change.from != change.to) changed.push_back(change);
  }
  return changed;
}

creature_change compare(const std::string& id, const creature& before, const creature& after) {
  creature_change found;
  found.creature = id;
  found.name = after.name;
  found.hp = change_of(before.hp, after.hp);
  found.max_hp = change_of(before.max_hp, after.max_hp);
  found.armor_class = change_of(before.armor_class, after.armor_class);
  found.level = change_of(before.level.value_or(0), after.level.value_or(0));
  found.hit_dice = change_of(before.hit_dice, after.hit_dice);
  found.hit_dice_used = change_of(before.hit_dice_used, after.hit_dice_used);
  found.conditions_gained = without(after.conditions, before.conditions);
  found.conditions_lost = without(before.conditions, after.conditions);
  found.items = items_between(before.inventory, after.inventory);
  return found;
}

presence presence_of(const std::string& id, const creature& who) {
  return {id, who.name, who.hp, who.max_hp};
}

fight_mark mark_of(const encounter& fight) {
  return {fight.number, fight.active, fight.round, fight.turn};
}

std::string words_for(const number_change& change) {
  return std::to_string(change.from) + " -> " + std::to_string(change.to);
}

std::string words_for(const fight_mark& fight) {
  if (fight.encounter == 0) return "none yet";
  std::string text = std::to_string(fight.encounter);
  if (!fight.active) return text + ", over";
  if (fight.turn) text += ", round " + std::to_string(fight.round) + ", turn of " + *fight.turn;
  return text + ", going on";
}

std::string words_for(const presence& who) {
  return who.creature + " (" + who.name + ", HP " + std::to_string(who.hp) + "/" +
         std::to_string(who.max_hp) + ")";
}

std::string words_for(const creature_change& change) {
  std::vector<std::string> parts;
  const auto add = [&](const char* what, const std::optional<number_change>& number) {
    if (number) parts.push_back(what + words_for(*number));
  };
  add("HP ", change.hp);
  add("at most ", change.max_hp);
  add("AC ", change.armor_class);
  add("level ", change.level);
  add("hit dice ", change.hit_dice);
  add("hit dice used ", change.hit_dice_used);
  for (const std::string& condition : change.conditions_gained) parts.push_back("now " + condition);
  for (const std::string& condition : change.conditions_lost)
    parts.push_back("no longer " + condition);
  for (const item_change& item : change.items)
    parts.push_back(item.item + " " + words_for(number_change{item.from, item.to}));
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : ", ").append(part);
  return text;
}

/// Lines of two columns.
class listing {
public:
  void add(std::string what, std::string text) {
    width_ = std::max(width_, what.size());
    lines_.emplace_back(std::move(what), std::move(text));
  }

  template <class Items>
  void add_list(const char* what, const Items& items) {
    std::string text;
    for (const auto& item : items) {
      if (!text.empty()) text += ", ";
      if constexpr (std::is_same_v<typename Items::value_type, presence>)
        text += words_for(item);
      else
        text += item;
    }
    if (!items.empty()) add(what, std::move(text));
  }

  void append_to(std::vector<std::string>& lines) const {
    for (const auto& [what, text] : lines_)
      lines.push_back("  " + what + std::string(width_ - what.size() + 2, ' ') + text);
  }

private:
  std::size_t width_ = 0;
  std::vector<std::pair<std::string, std::string>> lines_;
};

} // namespace

bool creature_change::is_any() const {
  return hp || max_hp || armor_class || level || hit_dice || hit_dice_used ||
         !conditions_gained.empty() || !conditions_lost.empty() || !items.empty();
}

bool difference::is_any() const {
  return session || fight || !came.empty() || !gone.empty() || !fell.empty() || !stood.empty() ||
         !changed.empty();
}

difference compare(const campaign_state& before, const campaign_state& after) {
  difference found;
  found.session = change_of(before.session, after.session);
  if (const fight_change fight{mark_of(before.encounter), mark_of(after.encounter)};
      fight.from != fight.to)
    found.fight = fight;
  for (const auto& [id, who] : before.creatures)
    if (!after.creatures.contains(id)) found.gone.push_back(presence_of(id, who));
  for (const auto& [id, who] : after.creatures) {
    const auto known = before.creatures.find(id);
    const bool is_new = known == before.creatures.end();
    const bool was_up = is_new || known->second.hp > 0;
    if (was_up && who.hp == 0) found.fell.push_back(id);
    if (!was_up && who.hp > 0) found.stood.push_back(id);
    if (is_new) {
      found.came.push_back(presence_of(id, who));
    } else if (creature_change change = compare(id, known->second, who); change.is_any()) {
      found.changed.push_back(std::move(change));
    }
  }
  return found;
}

difference compare(const campaign_log& log, const stretch& between) {
  campaign_state before;
  campaign_state after;
  log.replay(between.to, [&](const log_entry& entry) {
    if (entry.position == between.from) before = entry.after;
    if (entry.position == between.to) after = entry.after;
    return true;
  });
  difference found = compare(before, after);
  found.from = between.from;
  found.to = between.to;
  return found;
}

std::vector<std::string> describe(const difference& found) {
  std::vector<std::string> lines{"From event " + std::to_string(found.from) + " to event " +
                                 std::to_string(found.to) +
                                 (found.is_any() ? ":" : " nothing changed.")};
  listing list;
  if (found.session) list.add("session", words_for(*found.session));
  if (found.fight)
    list.add("encounter", words_for(found.fight->from) + " -> " + words_for(found.fight->to));
  list.add_list("came", found.came);
  list.add_list("gone", found.gone);
  list.add_list("fell", found.fell);
  list.add_list("stood up", found.stood);
  for (const creature_change& change : found.changed) list.add(change.creature, words_for(change));
  list.append_to(lines);
  return lines;
}

std::string to_json(const difference& found) {
  std::string text;
  evstore::json::write(found, text);
  return text;
}

} // namespace dnd
