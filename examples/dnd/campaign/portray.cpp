#include "campaign/portray.hpp"

#include "language/text.hpp"
#include "rules/abilities.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>

namespace dnd {

namespace {

/// `#######...`: how much of a creature is left.
std::string bar(int hp, int max_hp) {
  constexpr int width = 10;
  const std::int64_t tenths =
      max_hp > 0 ? (std::int64_t{hp} * width + max_hp - 1) / max_hp : std::int64_t{0};
  const auto share = static_cast<int>(std::clamp<std::int64_t>(tenths, 0, width));
  return std::string(static_cast<std::size_t>(share), '#') +
         std::string(static_cast<std::size_t>(width - share), '.');
}

/// What there is to know of a creature in passing.
std::string remarks(const creature& who) {
  std::vector<std::string> all;
  if (who.level) all.push_back("level " + std::to_string(*who.level));
  if (who.hit_dice_used > 0)
    all.push_back("hit dice used " + std::to_string(who.hit_dice_used) + "/" +
                  std::to_string(who.hit_dice));
  if (who.hp == 0) all.emplace_back("down");
  all.insert(all.end(), who.conditions.begin(), who.conditions.end());
  for (const auto& [item, count] : who.inventory)
    all.push_back(count == 1 ? item : std::to_string(count) + " x " + item);
  std::string text;
  for (const std::string& remark : all) text.append(text.empty() ? "  " : ", ").append(remark);
  return text;
}

std::string turn_line(const encounter& fight) {
  if (!fight.active) return "no encounter";
  std::string text = "encounter " + std::to_string(fight.number);
  if (fight.turn) text += ", round " + std::to_string(fight.round) + ", turn of " + *fight.turn;
  if (!fight.turn_order.empty()) {
    text += "; order:";
    for (const std::string& id : fight.turn_order)
      text += " " + id + " (" + std::to_string(fight.initiatives.at(id)) + ")";
  }
  return text;
}

std::string session_line(const campaign_state& state) {
  if (state.session == 0) return "none yet";
  return std::to_string(state.session) + (state.session_open ? " (open)" : " (over)");
}

tone tone_of(const creature& who) {
  if (who.hp == 0) return tone::quiet;
  if (who.hp * std::int64_t{4} <= who.max_hp) return tone::harm;
  return who.hp * std::int64_t{2} <= who.max_hp ? tone::wounded : tone::plain;
}

std::string with_sign(int number) { return (number < 0 ? "" : "+") + std::to_string(number); }

std::string describe(const attack_option& attack) {
  std::string text = folded(attack.name) + " " + with_sign(attack.bonus);
  for (const damage_dice& part : attack.damage) text += ", " + part.dice + " " + part.type;
  return text;
}

/// `  label      a, b and c`, if there is anything.
void list(std::vector<told>& lines, std::string label, const std::vector<std::string>& what) {
  constexpr std::size_t width = 15;
  if (!what.empty()) lines.push_back({"  " + padded(std::move(label), width) + in_words(what)});
}

} // namespace

std::vector<std::string> roll_call(const std::map<std::string, creature>& creatures) {
  std::vector<std::string> ids;
  for (const auto& [id, who] : creatures) ids.push_back(id);
  const auto key = [](const std::string& id) {
    return std::tuple{std::string_view{id}.substr(0, id.rfind('-')), id.size(),
                      std::string_view{id}};
  };
  std::sort(ids.begin(), ids.end(),
            [&](const auto& left, const auto& right) { return key(left) < key(right); });
  return ids;
}

std::vector<told> portray(const campaign_state& state) {
  std::vector<told> lines{{"  session   " + session_line(state)},
                          {"  turn      " + turn_line(state.encounter)}};
  for (const pending_check& check : state.pending_checks)
    lines.push_back({"  waits for " + check.creature + ": check " + check.ability +
                         " by: " + check.creature + " (against " + std::to_string(check.dc) + ")",
                     tone::turn});
  if (state.creatures.empty()) lines.push_back({"  nobody is here yet"});
  std::size_t width = 0;
  for (const auto& [id, who] : state.creatures) width = std::max(width, columns(id));
  for (const std::string& id : roll_call(state.creatures)) {
    const creature& who = state.creatures.at(id);
    const std::string hp = std::to_string(who.hp) + "/" + std::to_string(who.max_hp);
    lines.push_back({"  " + padded(id, width) + "  HP " + padded(hp, 7) + " [" +
                         bar(who.hp, who.max_hp) + "]  AC " + std::to_string(who.armor_class) +
                         remarks(who),
                     tone_of(who)});
  }
  const std::vector<std::string> away = roll_call(state.away);
  if (!away.empty()) lines.push_back({"  away      " + in_words(away), tone::quiet});
  return lines;
}

std::vector<told> portray(const std::string& id, const creature& who) {
  std::vector<told> lines;
  lines.push_back({who.name + " (" + id + "), from " + who.source, tone::heading});
  lines.push_back({"  HP " + std::to_string(who.hp) + "/" + std::to_string(who.max_hp) + " [" +
                       bar(who.hp, who.max_hp) + "], AC " + std::to_string(who.armor_class) +
                       (who.level ? ", level " + std::to_string(*who.level) : std::string{}),
                   tone_of(who)});
  std::string scores = " ";
  for (const ability_name& ability : abilities) {
    const int score = who.abilities.*ability.score;
    scores += " " + std::string{ability.index} + " " + std::to_string(score) + " (" +
              with_sign(ability_modifier(score)) + ")";
  }
  lines.push_back({std::move(scores)});
  list(lines, "hit dice",
       {std::to_string(who.hit_dice - who.hit_dice_used) + " of " + std::to_string(who.hit_dice) +
        " left, d" + std::to_string(who.hit_die)});
  list(lines, "is", who.conditions);
  std::vector<std::string> attacks;
  for (const attack_option& attack : who.attacks) attacks.push_back(describe(attack));
  for (const std::string& attack : attacks) list(lines, "attacks with", {attack});
  std::vector<std::string> items;
  for (const auto& [item, count] : who.inventory)
    items.push_back(count == 1 ? item : std::to_string(count) + " x " + item);
  list(lines, "carries", items);
  list(lines, "has", who.traits);
  list(lines, "immune to", who.damage_immunities);
  list(lines, "resistant to", who.damage_resistances);
  list(lines, "vulnerable to", who.damage_vulnerabilities);
  list(lines, "never", who.condition_immunities);
  return lines;
}

} // namespace dnd
