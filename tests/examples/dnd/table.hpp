#pragma once

#include "campaign/decide.hpp"
#include "campaign/narrate.hpp"
#include "campaign/past.hpp"
#include "campaign/state.hpp"
#include "language/parse.hpp"
#include "loaded_dice.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dnd {

/// Books that a test can hold in its head.
class small_books final : public books {
public:
  small_books() {
    stat_block zombie;
    zombie.name = "Zombie";
    zombie.source = "monsters/zombie.yaml";
    zombie.armor_class = 8;
    zombie.hit_points = 22;
    zombie.hit_dice = 3;
    zombie.abilities = {13, 6, 16, 3, 6, 5};
    zombie.damage_immunities = {"poison"};
    zombie.condition_immunities = {"poisoned"};
    zombie.attacks = {{"Slam", 3, {{"1d6+1", "bludgeoning"}}}};
    pages_["zombie"] = zombie;

    stat_block hero;
    hero.name = "Brunhild";
    hero.kind = creature_kind::character;
    hero.source = "characters/brunhild.yaml";
    hero.armor_class = 16;
    hero.hit_points = 28;
    hero.hit_dice = 3;
    hero.level = 3;
    hero.abilities.constitution = 14;
    hero.attacks = {{"Longsword", 5, {{"1d8+3", "slashing"}}}};
    hero.equipment = {"rope"};
    pages_["brunhild"] = hero;
  }

  [[nodiscard]] std::optional<stat_block> find_creature(std::string_view name) const override {
    const auto found = pages_.find(std::string{name});
    return found == pages_.end() ? std::nullopt : std::optional{found->second};
  }
  [[nodiscard]] std::vector<std::string> entries(std::string_view kind) const override {
    if (kind == "monsters") return {"zombie"};
    if (kind == "characters") return {"brunhild"};
    if (kind == "damage-types") return {"bludgeoning", "poison", "radiant", "slashing"};
    return {"poisoned", "prone"};
  }

  void teach(const std::string& name, const std::string& trait) {
    pages_.at(name).traits.push_back(trait);
  }

  void harden(const std::string& name, const std::string& resistance) {
    pages_.at(name).damage_resistances.push_back(resistance);
  }
  void add_character(const std::string& page, const std::string& name) {
    stat_block hero = pages_.at("brunhild");
    hero.name = name;
    hero.source = "characters/" + page + ".yaml";
    pages_[page] = hero;
  }

private:
  std::map<std::string, stat_block, std::less<>> pages_;
};

/// The past of a table, in memory: what it was like before each command.
class remembered_past final : public past {
public:
  void remember(const campaign_state& before, const std::vector<event>& events,
                std::string_view line) {
    const std::string said{line};
    const std::uint64_t first = end_ + 1;
    end_ += events.size();
    if (const auto* back = std::get_if<undone>(&events.front())) {
      while (!steps_.empty() && steps_.back().first >= back->first) {
        steps_.pop_back();
        states_.pop_back();
      }
      return;
    }
    step taken{.first = first, .last = end_, .said = said};
    for (const event& happened : events)
      if (const auto* turn = std::get_if<turn_started>(&happened)) {
        taken.begins_turn = true;
        taken.begins_round = turn->round != before.encounter.round;
      }
    steps_.push_back(taken);
    states_.push_back(before);
  }

  [[nodiscard]] std::vector<step> steps() const override { return steps_; }
  [[nodiscard]] campaign_state state_before(std::uint64_t position) const override {
    for (std::size_t i = 0; i < steps_.size(); ++i)
      if (steps_[i].first == position) return states_[i];
    FAIL("nobody asked for a state between commands");
    return {};
  }

private:
  std::vector<step> steps_;
  std::vector<campaign_state> states_;
  std::uint64_t end_ = 0;
};

/// A table where lines are played and nothing is stored.
struct table {
  small_books library;
  campaign_state state;
  remembered_past before;
  std::vector<event> log;

  evstore::result<decision, complaint> decides(std::string_view line,
                                               std::initializer_list<int> faces = {}) {
    const auto wanted = parse_command(line);
    if (!wanted) FAIL(line << ": " << wanted.error().message);
    loaded_dice dice{faces};
    auto decided = decide(state, std::get<command::deed>(*wanted), dice, library, before);
    if (decided) CHECK(dice.all_thrown());
    return decided;
  }

  table& play(std::string_view line, std::initializer_list<int> faces = {}) {
    const auto decided = decides(line, faces);
    if (!decided) FAIL(line << ": " << decided.error().message);
    if (!decided->events.empty()) before.remember(state, decided->events, line);
    for (const event& happened : decided->events) {
      std::visit([&](const auto& payload) { state.evolve(payload); }, happened);
      CHECK_FALSE(narrate(happened, state).empty());
      log.push_back(happened);
    }
    return *this;
  }

  std::string refusal(std::string_view line, std::initializer_list<int> faces = {}) {
    const auto decided = decides(line, faces);
    if (decided) FAIL(line << " is not refused");
    return decided.error().message;
  }

  const creature& who(const std::string& id) const { return state.creatures.at(id); }
};

inline bool has(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

} // namespace dnd
