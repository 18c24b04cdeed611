#include "history/telling.hpp"

#include "history/english.hpp"
#include "language/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace dnd {

namespace {

/// `rope-hempen-50-feet` -> `rope hempen 50 feet`: ids of the books, spoken.
std::string spoken_id(std::string id) {
  std::replace(id.begin(), id.end(), '-', ' ');
  return id;
}

/// The part of a name before its first word in lower case, if there is one.
std::string short_name(const std::string& name) {
  for (std::size_t at = name.find(' '); at != std::string::npos; at = name.find(' ', at + 1))
    if (at + 1 < name.size() && name[at + 1] >= 'a' && name[at + 1] <= 'z')
      return name.substr(0, at);
  return name;
}

std::string ability(const std::string& said) {
  constexpr std::array<std::string_view, 6> all{"strength",     "dexterity", "constitution",
                                                "intelligence", "wisdom",    "charisma"};
  for (const std::string_view name : all)
    if (said.size() >= 3 && name.starts_with(folded(said))) return std::string{name};
  return said;
}

std::string points(std::int64_t amount, std::string_view type) {
  return std::to_string(amount) + (type.empty() ? "" : " " + std::string{type}) + " damage";
}

std::string became(const std::string& condition) {
  if (condition == "exhaustion") return "was exhausted";
  if (condition == "prone") return "was knocked prone";
  if (condition == "unconscious") return "fell unconscious";
  if (condition == "invisible") return "turned invisible";
  return "was " + condition;
}

std::string was_no_longer(const std::string& condition) {
  if (condition == "exhaustion") return "was rested again";
  if (condition == "prone") return "got up again";
  if (condition == "unconscious") return "came to";
  if (condition == "invisible") return "could be seen again";
  return "was no longer " + condition;
}

} // namespace

telling::telling(const std::map<std::string, figure>& cast, const std::set<std::string>& appearing)
    : cast_{cast} {
  std::map<std::string, int> bearers;
  for (const std::string& id : appearing)
    if (const auto found = cast.find(id); found != cast.end()) ++bearers[found->second.name];
  for (const std::string& id : appearing)
    if (const auto found = cast.find(id); found != cast.end() && bearers[found->second.name] > 1)
      one_of_several_.insert(id);
}

bool telling::is_character(const std::string& id) const {
  const auto found = cast_.find(id);
  return found != cast_.end() && found->second.kind == creature_kind::character;
}

std::string telling::name(const std::string& id) const {
  const auto found = cast_.find(id);
  if (found == cast_.end()) return id; // a player, or somebody whose coming was undone
  const figure& who = found->second;
  if (one_of_several_.contains(id)) {
    const std::size_t hyphen = id.rfind('-');
    return who.name + (hyphen == std::string::npos ? " " + id : " " + id.substr(hyphen + 1));
  }
  return who.kind == creature_kind::character ? short_name(who.name) : "the " + folded(who.name);
}

std::string telling::names(const std::vector<std::string>& ids) const {
  std::vector<std::string> all;
  for (const std::string& id : ids) all.push_back(name(id));
  return in_words(all);
}

std::string telling::company(const std::vector<std::string>& ids) const {
  std::vector<std::string> all;
  std::vector<std::pair<std::string, int>> kinds;
  for (const std::string& id : ids) {
    if (is_character(id)) {
      all.push_back(name(id));
      continue;
    }
    const auto found = cast_.find(id);
    const std::string kind = folded(found == cast_.end() ? id : found->second.name);
    const auto known = std::find_if(kinds.begin(), kinds.end(),
                                    [&](const auto& each) { return each.first == kind; });
    if (known == kinds.end())
      kinds.emplace_back(kind, 1);
    else
      ++known->second;
  }
  for (const auto& [kind, count] : kinds) all.push_back(english::some(count, kind));
  return in_words(all);
}

std::string telling::attack(const beat& told, std::size_t fallen) const {
  constexpr std::array<std::string_view, 3> felling{"felled", "brought down", "struck down"};
  const std::string target = name(told.who);
  const std::string attacker = name(told.by);
  const std::string with = " with " + english::with_article(spoken_id(told.what));
  const bool critical = told.outcome == attack_outcome::critical;
  if (told.outcome == attack_outcome::miss) {
    if (told.natural == 1) return attacker + " rolled a natural 1 and missed " + target;
    return attacker + " missed " + target;
  }
  if (told.fell && is_character(told.who))
    return (critical ? attacker + " landed a critical hit: the "
                     : english::possessive(attacker) + " ") +
           spoken_id(told.what) + " brought " + target + " down with " +
           points(told.amount, told.damage_type);
  if (told.fell)
    return attacker + " " + std::string{felling.at(fallen % felling.size())} + " " + target + with +
           (critical ? ", a critical hit for " : ", for ") + points(told.amount, told.damage_type);
  if (critical)
    return attacker + " landed a critical hit on " + target + with +
           (told.amount > 0 ? ", for " + points(told.amount, told.damage_type) : "");
  return attacker + " hit " + target + with +
         (told.amount > 0 ? " for " + points(told.amount, told.damage_type) : "");
}

std::string telling::harm(const beat& told) const {
  if (told.amount == 0)
    return name(told.who) + " took no harm from " +
           (told.what.empty() ? told.damage_type + " damage" : spoken_id(told.what));
  const std::string text = name(told.who) + " took " + points(told.amount, told.damage_type) +
                           (told.what.empty() ? "" : " from " + spoken_id(told.what));
  if (!told.fell) return text;
  return text + (is_character(told.who) ? " and went down" : " and fell");
}

std::string telling::healing(const beat& told) const {
  const std::string who = name(told.who);
  if (told.stood) return who + " was brought back with " + english::counted(told.hp, "hit point");
  if (told.amount == 0) return {};
  return who + " was healed by " + std::to_string(told.amount) + ", to " +
         english::counted(told.hp, "hit point");
}

std::string telling::clause(const beat& told, std::size_t fallen) const {
  const std::string who = name(told.who);
  switch (told.kind) {
  case beat_kind::attack: return attack(told, fallen);
  case beat_kind::harm: return harm(told);
  case beat_kind::healing: return healing(told);
  case beat_kind::rest:
    return who + " took a " + told.what + " rest" + (told.stood ? " and stood up again" : "");
  case beat_kind::hit_dice:
    return who + " spent " + english::counted(told.dc, "hit die") + " and " +
           (told.amount > 0 ? "regained " + english::counted(told.amount, "hit point")
                            : "was at the maximum");
  case beat_kind::level: return who + " reached level " + std::to_string(told.amount);
  case beat_kind::item: {
    const std::string item = spoken_id(told.what);
    return told.amount > 0 ? who + " received " + english::some(told.amount, item)
                           : who + " parted with " + english::some(-told.amount, item);
  }
  case beat_kind::condition:
    return who + " " + (told.amount < 0 ? was_no_longer(told.what) : became(told.what));
  case beat_kind::check:
    return who + (told.success ? " made" : " failed") + " " +
           english::with_article(ability(told.what)) + " check against " + std::to_string(told.dc) +
           (told.natural == 20  ? " with a natural 20"
            : told.natural == 1 ? " with a natural 1"
                                : " with " + std::to_string(told.amount));
  case beat_kind::note:
    return (folded(told.by) == "gm" ? "the game master" : name(told.by)) + " noted: “" + told.what +
           "”";
  case beat_kind::dice:
    return name(told.by) + " rolled " +
           (told.natural == 20  ? "a natural 20"
            : told.natural == 1 ? "a natural 1"
                                : std::to_string(told.amount) + " with " + told.what);
  case beat_kind::arrival:
    return is_character(told.who) ? who + " joined the company" : who + " appeared";
  case beat_kind::entrance: return who + " joined the fight";
  case beat_kind::departure: return is_character(told.who) ? who + " left the company" : "";
  }
  return {};
}

int weight_of(const beat& told, const telling& words) {
  if (told.fell) return words.is_character(told.who) ? 10 : 8;
  if (told.stood) return 8;
  switch (told.kind) {
  case beat_kind::attack:
    if (told.outcome == attack_outcome::critical) return 6;
    return told.natural == 1 ? 4 : 1;
  case beat_kind::level: return 7;
  case beat_kind::note: return 7;
  case beat_kind::condition: return told.amount < 0 ? 2 : 4;
  case beat_kind::rest:
  case beat_kind::entrance:
  case beat_kind::arrival:
  case beat_kind::hit_dice:
  case beat_kind::item: return 3;
  case beat_kind::check: return told.natural == 20 || told.natural == 1 ? 4 : 3;
  case beat_kind::dice: return told.natural == 20 || told.natural == 1 ? 4 : 0;
  case beat_kind::departure: return words.is_character(told.who) ? 3 : 0;
  case beat_kind::harm: return 2;
  case beat_kind::healing: return told.amount > 0 ? 2 : 0;
  }
  return 0;
}

std::set<std::string> appearing_in(const chapter& told) {
  std::set<std::string> all;
  for (const scene& each : told.scenes) {
    all.insert(each.combatants.begin(), each.combatants.end());
    for (const beat& happened : each.beats) {
      all.insert(happened.who);
      all.insert(happened.by);
    }
  }
  all.erase("");
  return all;
}

} // namespace dnd
