#include "loaded_dice.hpp"
#include "rules/abilities.hpp"
#include "rules/combat.hpp"
#include "rules/random_dice.hpp"
#include "rules/recovery.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <vector>

using namespace dnd;

namespace {

dice_expression parsed(std::string_view text) {
  const auto dice = parse_dice(text);
  if (!dice) FAIL(text << ": " << dice.error().message);
  return *dice;
}

dice_roll thrown(std::string_view text, std::initializer_list<int> faces) {
  loaded_dice dice{faces};
  dice_roll roll = throw_dice(parsed(text), dice);
  CHECK(dice.all_thrown());
  return roll;
}

using faces = std::vector<int>;

} // namespace

TEST_CASE("every form of dice notation has a canonical spelling") {
  const std::array<std::array<std::string_view, 2>, 13> forms{{{"d20", "1d20"},
                                                               {"3D6", "3d6"},
                                                               {"1d6 + 2", "1d6+2"},
                                                               {" 2 d 8 - 1 ", "2d8-1"},
                                                               {"4d6kh3", "4d6kh3"},
                                                               {"4D6KH3+1", "4d6kh3+1"},
                                                               {"2d20kl1", "2d20kl1"},
                                                               {"1d20a", "1d20a"},
                                                               {"d20d-1", "1d20d-1"},
                                                               {"7d1", "7d1"},
                                                               {"1000d1000", "1000d1000"},
                                                               {"1d4+0", "1d4"},
                                                               {"1d4-1000000", "1d4-1000000"}}};
  for (const auto& [text, canonical] : forms) {
    CAPTURE(text);
    CHECK(to_string(parsed(text)) == canonical);
    CHECK(parsed(canonical) == parsed(text));
  }
}

TEST_CASE("what is no dice is refused, and the error points at it") {
  struct refused {
    std::string_view text;
    std::size_t at;
    std::size_t length;
  };
  const std::array<refused, 15> all{{{"", 0, 0},
                                     {"0d6", 0, 1},
                                     {"1d0", 2, 1},
                                     {"3x6", 1, 2},
                                     {"999999999d6", 0, 9},
                                     {"99999999999999999999999d6", 0, 23},
                                     {"1d1001", 2, 4},
                                     {"d", 1, 0},
                                     {"4d6k3", 4, 1},
                                     {"4d6kh", 5, 0},
                                     {"4d6kh5", 5, 1},
                                     {"4d6kl0", 5, 1},
                                     {"2d20a", 5, 0},
                                     {"1d6+", 4, 0},
                                     {"1d6+2 fire", 6, 4}}};
  for (const auto& [text, at, length] : all) {
    CAPTURE(text);
    const auto dice = parse_dice(text);
    REQUIRE_FALSE(dice);
    CHECK_FALSE(dice.error().message.empty());
    CHECK(dice.error().at == at);
    CHECK(dice.error().length == length);
  }
}

TEST_CASE("the total is the kept dice and the modifier") {
  const dice_roll plain = thrown("3d6+1", {4, 1, 6});
  CHECK(plain.total == 12);
  CHECK(plain.raw == faces{4, 1, 6});
  CHECK(plain.kept == faces{4, 1, 6});
  CHECK(plain.dropped.empty());
  CHECK(plain.modifier == 1);

  const dice_roll highest = thrown("4d6kh3", {2, 5, 2, 6});
  CHECK(highest.total == 13);
  CHECK(highest.raw == faces{2, 5, 2, 6});
  CHECK(highest.kept == faces{2, 5, 6});
  CHECK(highest.dropped == faces{2});

  CHECK(thrown("2d20kl1", {7, 19}).total == 7);
}

TEST_CASE("advantage and disadvantage throw the one die twice") {
  const dice_roll advantage = thrown("1d20a+2", {3, 17});
  CHECK(advantage.total == 19);
  CHECK(advantage.kept == faces{17});
  CHECK(advantage.dropped == faces{3});
  CHECK(thrown("d20d", {3, 17}).total == 3);
}

TEST_CASE("fair dice stay within their faces, and a seed repeats them") {
  random_dice dice{42};
  random_dice again{42};
  std::array<int, 20> seen{};
  for (int i = 0; i < 10'000; ++i) {
    const dice_roll roll = throw_dice({.count = 3, .sides = 6, .modifier = 1}, dice);
    CHECK((roll.total >= 4 && roll.total <= 19));
    CHECK(roll == throw_dice({.count = 3, .sides = 6, .modifier = 1}, again));
    ++seen[static_cast<std::size_t>(roll.total)];
  }
  for (std::size_t total = 4; total <= 19; ++total) CHECK(seen[total] > 0);
}

TEST_CASE("an ability's modifier is half of what it has above ten, rounded down") {
  CHECK(ability_modifier(10) == 0);
  CHECK(ability_modifier(11) == 0);
  CHECK(ability_modifier(16) == 3);
  CHECK(ability_modifier(9) == -1);
  CHECK(ability_modifier(6) == -2);
  CHECK(ability_modifier(1) == -5);
}

TEST_CASE("a total that equals the armor class hits") {
  const auto judged = [](std::string_view text, std::initializer_list<int> faces, int armor_class) {
    return judge_attack(thrown(text, faces), parsed(text), armor_class);
  };
  CHECK(judged("1d1+7", {1}, 8) == attack_outcome::hit);
  CHECK(judged("1d1+6", {1}, 8) == attack_outcome::miss);
  CHECK(judged("1d20", {20}, 30) == attack_outcome::critical);
  CHECK(judged("1d20+50", {1}, 8) == attack_outcome::miss);
  CHECK(judged("1d20a", {20, 2}, 30) == attack_outcome::critical);
  CHECK(judged("1d20d", {20, 2}, 30) == attack_outcome::miss);
}

TEST_CASE("immunity leaves nothing, resistance halves, then vulnerability doubles") {
  const std::vector<std::string> fire{"fire"};
  const std::vector<std::string> none;
  CHECK(suffer(9, "fire", {fire, fire, fire}).amount == 0);
  CHECK(suffer(7, "fire", {none, fire, none}).amount == 3);
  CHECK(suffer(7, "fire", {none, none, fire}).amount == 14);
  CHECK(suffer(7, "fire", {none, fire, fire}).amount == 6);
  CHECK(suffer(7, "cold", {fire, fire, fire}).amount == 7);
  CHECK(suffer(-2, "cold", {none, none, none}).amount == 0);
  CHECK_FALSE(suffer(7, "cold", {none, none, none}).because);
}

TEST_CASE("hit points stay between nothing and their maximum") {
  CHECK(after_damage(22, 7) == 15);
  CHECK(after_damage(5, 2'000'000'000) == 0);
  CHECK(after_healing(15, 100, 22) == 22);
  CHECK(after_healing(2'000'000'000, 2'000'000'000, 2'100'000'000) == 2'100'000'000);
}

TEST_CASE("the highest initiative goes first, ties by id") {
  CHECK(turn_order({{"b", 12}, {"a", 12}, {"d", 3}, {"c", 17}, {"e", -1}}) ==
        std::vector<std::string>{"c", "a", "b", "d", "e"});
}

TEST_CASE("a hit die heals itself and constitution, and never takes away") {
  CHECK(healing_of_hit_dice(thrown("2d8", {5, 1}), 16) == 12);
  CHECK(healing_of_hit_dice(thrown("2d8", {5, 1}), 4) == 2);
}

TEST_CASE("a long rest gives back half of the hit dice, at least one, at most the spent ones") {
  CHECK(hit_dice_regained(6, 6) == 3);
  CHECK(hit_dice_regained(1, 1) == 1);
  CHECK(hit_dice_regained(6, 1) == 1);
  CHECK(hit_dice_regained(6, 0) == 0);
}

TEST_CASE("a level gives the fixed hit points of its die") {
  CHECK(hit_points_of_level(10, 14) == 8);
  CHECK(hit_points_of_level(6, 1) == 1);
}
