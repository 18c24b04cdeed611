#include "library/library.hpp"

#include "files/durable.hpp"
#include "files/slug.hpp"
#include "language/text.hpp"
#include "library/misprints.hpp"
#include "library/pages.hpp"
#include "rules/dice.hpp"

#include <evstore/yaml.hpp>

#include <set>
#include <system_error>
#include <utility>

namespace dnd {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view extension = ".yaml";

[[noreturn]] void damaged(const std::string& file, std::string path, const std::string& why) {
  evstore::error_place place;
  place.file = file;
  place.path = std::move(path);
  throw evstore::error{evstore::errc::decode_failed, why, std::move(place)};
}

/// `3d8` of a page; a hit die has no modifier.
dice_expression hit_dice_of(const std::string& text, const std::string& file) {
  const auto dice = parse_dice(text);
  if (!dice) damaged(file, "$.hit_dice", "\"" + text + "\": " + dice.error().message);
  return *dice;
}

template <class T>
std::vector<T> listed(const std::optional<std::vector<T>>& items) {
  return items.value_or(std::vector<T>{});
}

std::vector<std::string> indexes(const std::optional<std::vector<page::reference>>& references) {
  std::vector<std::string> found;
  for (const page::reference& reference : listed(references)) found.push_back(reference.index);
  return found;
}

/// The data set says `1` where a bite always does one point of damage.
std::string dice_of(const std::string& damage) {
  const bool is_number = !damage.empty() && damage.find_first_not_of("0123456789") == damage.npos;
  return is_number ? damage + "d1" : damage;
}

template <class Damage>
void add_damage(const Damage& part, std::vector<damage_dice>& to) {
  if (part.damage_type && part.damage_dice)
    to.push_back({dice_of(*part.damage_dice), part.damage_type->index});
}

attack_option attack_of(const page::action& action) {
  attack_option option{action.name, action.attack_bonus.value_or(0), {}};
  for (const page::action_damage& part : listed(action.damage)) {
    add_damage(part, option.damage);
    // Where the page leaves a choice, the first that it offers is what it does.
    if (part.from && part.from->options && !part.from->options->empty())
      add_damage(part.from->options->front(), option.damage);
  }
  return option;
}

stat_block stats_of(const page::monster& page, const std::string& file) {
  const dice_expression hit_dice = hit_dice_of(page.hit_dice, file);
  if (page.armor_class.empty()) damaged(file, "$.armor_class", "at least one is needed");
  stat_block stats;
  stats.name = page.name;
  stats.kind = creature_kind::monster;
  stats.armor_class = page.armor_class.front().value;
  stats.hit_points = page.hit_points;
  stats.hit_dice = hit_dice.count;
  stats.hit_die = hit_dice.sides;
  stats.abilities = {page.strength,     page.dexterity, page.constitution,
                     page.intelligence, page.wisdom,    page.charisma};
  stats.damage_immunities = listed(page.damage_immunities);
  stats.damage_resistances = listed(page.damage_resistances);
  stats.damage_vulnerabilities = listed(page.damage_vulnerabilities);
  stats.condition_immunities = indexes(page.condition_immunities);
  for (const page::trait& trait : listed(page.special_abilities))
    stats.traits.push_back(trait.name);
  for (const page::action& action : listed(page.actions))
    if (action.attack_bonus) stats.attacks.push_back(attack_of(action));
  return stats;
}

stat_block stats_of(const page::character& page, const std::string& file) {
  const dice_expression hit_dice = hit_dice_of(page.hit_dice, file);
  stat_block stats;
  stats.name = page.name;
  stats.kind = creature_kind::character;
  stats.level = page.level.value_or(hit_dice.count);
  stats.armor_class = page.armor_class;
  stats.hit_points = page.hit_points;
  stats.hit_dice = hit_dice.count;
  stats.hit_die = hit_dice.sides;
  const ability_scores plain;
  stats.abilities = {page.strength.value_or(plain.strength),
                     page.dexterity.value_or(plain.dexterity),
                     page.constitution.value_or(plain.constitution),
                     page.intelligence.value_or(plain.intelligence),
                     page.wisdom.value_or(plain.wisdom),
                     page.charisma.value_or(plain.charisma)};
  stats.damage_immunities = listed(page.damage_immunities);
  stats.damage_resistances = listed(page.damage_resistances);
  stats.damage_vulnerabilities = listed(page.damage_vulnerabilities);
  stats.condition_immunities = listed(page.condition_immunities);
  stats.traits = listed(page.traits);
  stats.attacks = listed(page.attacks);
  stats.equipment = listed(page.equipment);
  return stats;
}

template <class Page, class Proofread>
stat_block read_stats(const fs::path& path, std::string_view kind, Proofread proofread) {
  const std::string file = path.string();
  const std::string text = read_file(path);
  proofread(text, file);
  const auto page = evstore::yaml::read<Page>(text, {.file = file});
  stat_block stats = stats_of(page, file);
  stats.source = std::string{kind} + "/" + path.filename().string();
  if (stats.hit_points < 1) damaged(file, "$.hit_points", "a creature has at least one hit point");
  return stats;
}

/// The items of one shelf, in no order: file names without their extension.
template <class See>
void for_each_item(const fs::path& shelf, std::string_view kind, See see) {
  std::error_code absent;
  for (const fs::directory_entry& entry : fs::directory_iterator{shelf / kind, absent}) {
    const fs::path& path = entry.path();
    if (path.extension() == extension && !path.filename().string().starts_with('.')) see(path);
  }
}

} // namespace

std::optional<fs::path> library::find_page(std::string_view kind, std::string_view item) const {
  for (const fs::path& shelf : shelves_) {
    std::error_code unknown;
    fs::path exact = shelf / kind / (std::string{item} + std::string{extension});
    if (fs::exists(exact, unknown)) return exact;
    std::optional<fs::path> other_spelling;
    for_each_item(shelf, kind, [&](const fs::path& path) {
      const auto slug = slug_of(path.stem().string());
      if (slug && same_word(*slug, item)) other_spelling = path;
    });
    if (other_spelling) return other_spelling;
  }
  return std::nullopt;
}

std::optional<fs::path> library::find_page_by_name(std::string_view kind,
                                                   std::string_view name) const {
  const std::string wanted = folded(name);
  std::optional<fs::path> found;
  for (const fs::path& shelf : shelves_)
    for_each_item(shelf, kind, [&](const fs::path& path) {
      if (found) return;
      try {
        // Most pages do not speak of it at all, and need not be understood.
        const std::string text = read_file(path);
        if (folded(text).find(wanted) == std::string::npos) return;
        if (same_word(evstore::yaml::read<page::trait>(text, {}).name, wanted)) found = path;
      } catch (const evstore::error&) {
        // Not the one, or damaged, which its own name would say.
      }
    });
  return found;
}

std::optional<stat_block> library::find_creature(std::string_view name) const {
  const auto slug = slug_of(name);
  if (!slug) return std::nullopt;
  const std::string item = folded(*slug);
  for (const auto find : {&library::find_page, &library::find_page_by_name}) {
    const std::string_view wanted = find == &library::find_page ? item : name;
    if (const auto path = (this->*find)("characters", wanted))
      return read_stats<page::character>(*path, "characters", [&](auto text, auto& file) {
        refuse_misprints_of_character(text, file, *this);
      });
    if (const auto path = (this->*find)("monsters", wanted))
      return read_stats<page::monster>(*path, "monsters", [&](auto text, auto& file) {
        refuse_misprints_of_monster(text, file, *this);
      });
  }
  return std::nullopt;
}

std::vector<std::string> library::entries(std::string_view kind) const {
  std::set<std::string> found;
  for (const fs::path& shelf : shelves_)
    for_each_item(shelf, kind,
                  [&](const fs::path& path) { found.insert(folded(path.stem().string())); });
  return {found.begin(), found.end()};
}

} // namespace dnd
