#include "srd/proofread.hpp"

#include "rules/dice.hpp"
#include "srd/page_text.hpp"

#include <evstore/error.hpp>

#include <algorithm>
#include <optional>

namespace dnd::srd {

namespace {

std::optional<std::string> wrong_with_reading(const item& monster, const books& library) {
  try {
    if (library.find_creature(monster.index)) return std::nullopt;
    return "no command can name it";
  } catch (const evstore::error& unreadable) {
    return unreadable.what();
  }
}

std::optional<std::string> wrong_with_hit_points(const item& monster) {
  const json_tree* said = monster.content.find("hit_points");
  const json_tree* roll = monster.content.find("hit_points_roll");
  if (said == nullptr || roll == nullptr) return std::nullopt;
  const auto dice = parse_dice(roll->text);
  if (!dice) return "hit_points_roll " + roll->text + ": " + dice.error().message;
  const int average = std::max(dice->count * (dice->sides + 1) / 2 + dice->modifier, 1);
  if (said->text == std::to_string(average)) return std::nullopt;
  return said->text + " hit points, and " + roll->text + " are " + std::to_string(average) +
         " on average";
}

} // namespace

std::vector<misprint> proofread(const data_set& from, const books& library) {
  std::vector<misprint> found;
  for (const item& monster : from.items()) {
    if (monster.kind != "monsters") continue;
    for (auto& why : {wrong_with_reading(monster, library), wrong_with_hit_points(monster)})
      if (why) found.push_back({page_name(monster.kind, monster.index), *why});
  }
  return found;
}

} // namespace dnd::srd
