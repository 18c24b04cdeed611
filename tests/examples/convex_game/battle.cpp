#include "game/battle.hpp"

#include "called.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <memory>
#include <string>
#include <vector>

using namespace called;
using Catch::Contains;
using convex_game::battle;

namespace {

/// A die that falls as it was told, and then on 1.
battle::die loaded(std::vector<int> falls) {
  return [left = std::make_shared<std::vector<int>>(falls.rbegin(), falls.rend())](int sides) {
    if (left->empty()) return 1;
    const int fell = left->back();
    left->pop_back();
    CHECK(fell <= sides);
    return fell;
  };
}

/// Stands at (x, 500), and is ten pixels wide.
object somebody(const char* label, const char* side, double hp, double x, object more = {}) {
  more.set("label", label);
  more.set("side", side);
  more.set("hp", hp);
  more.set("maxHp", hp);
  more.set("pixel_box", array{480.0, x - 5, 500.0, x + 5});
  return more;
}

/// Two of ours; a wolf that is quick and hunts the weakest, and a golem that is slow.
value pass(object more = {}) {
  more.set("entities",
           object{{"ada", somebody("Ada", "ours", 10, 100, {{"reach", 300.0}, {"pace", 100.0}})},
                  {"bob", somebody("Bob", "ours", 6, 200, {{"reach", 300.0}, {"pace", 100.0}})},
                  {"chest", somebody("Chest", "things", 1, 260, {{"heals", 4.0}})},
                  {"golem", somebody("Golem", "theirs", 20, 1000,
                                     {{"reach", 100.0}, {"pace", 200.0}, {"die", 8.0}})},
                  {"wolf", somebody("Wolf", "theirs", 5, 450,
                                    {{"reach", 100.0}, {"pace", 300.0}, {"hunts", "weakest"}})}});
  return more;
}

const value& of(const battle& fought, std::string_view who, std::string_view what) {
  return field(field(field(fought.state(), "entities"), who), what);
}

std::vector<std::string> told(const battle& fought) {
  std::vector<std::string> all;
  for (const auto& each : fought.told()) all.push_back(each.content);
  return all;
}

} // namespace

TEST_CASE("a strike hurts as the die falls, and is told with it") {
  battle fight{pass(), loaded({4})};
  fight.strike("bob", "wolf");
  CHECK(of(fight, "wolf", "hp") == value{1.0});
  CHECK(told(fight) == std::vector<std::string>{"Bob strikes at Wolf: 4. 1 of 5 left."});
  CHECK(fight.told().front().data == value{object{{"logs", array{"1d6 = 4"}}}});
}

TEST_CASE("who strikes at whom is limited, and what is refused changes nothing") {
  battle fight{pass(), loaded({})};
  const value before = fight.state();
  const auto refused = [&](const char* by, const char* target, const char* words) {
    CHECK_THROWS_WITH(fight.strike(by, target), Contains(words));
  };
  refused("ada", "ada", "Ada does not strike at itself");
  refused("ada", "bob", "Bob is on the same side");
  refused("ada", "wolf", "Wolf is too far away");
  refused("ada", "chest", "too far away"); // things are opened by hand
  refused("wolf", "bob", "Wolf does what it wants");
  refused("chest", "bob", "Chest does nothing");
  refused("ghost", "bob", "There is no ghost");
  refused("bob", "ghost", "There is no ghost");
  CHECK(fight.state() == before);
  fight.strike("bob", "wolf");
  refused("bob", "wolf", "Bob has struck in this turn already");
}

TEST_CASE("in a turn one walks as far as one's pace leads from where the turn began") {
  battle fight{pass({{"ground", array{450.0, 0.0, 600.0, 1000.0}}}), loaded({})};
  CHECK(fight.walk("ada", {200, 500}) == std::array<double, 4>{480, 195, 500, 205});
  CHECK(fight.walk("ada", {100, 550}) == std::array<double, 4>{530, 95, 550, 105});
  CHECK_THROWS_WITH(fight.walk("ada", {210, 500}), Contains("Ada cannot walk so far"));
  CHECK_THROWS_WITH(fight.walk("ada", {100, 560}), Contains("cannot walk so far")); // it is deep
  CHECK_THROWS_WITH(fight.walk("ada", {100, 449}), Contains("Nobody can stand there"));
  CHECK_THROWS_WITH(fight.walk("wolf", {440, 500}), Contains("Wolf does what it wants"));
}

TEST_CASE("a chest heals who opens it, once") {
  value state = pass();
  battle hurt{state, loaded({5})};
  hurt.end_turn(); // the wolf goes for the weakest
  CHECK(of(hurt, "bob", "hp") == value{1.0});
  battle fight{hurt.state(), loaded({})};
  fight.strike("bob", "chest");
  CHECK(of(fight, "bob", "hp") == value{5.0});
  CHECK(told(fight) ==
        std::vector<std::string>{"Bob opens Chest and drinks what is in it: 5 of 6."});
  CHECK_THROWS_WITH(fight.strike("ada", "chest"), Contains("Chest is down already"));
}

TEST_CASE("when the turn ends the others come, and strike when they are there") {
  battle fight{pass({{"dawn", 8.0}}), loaded({3})};
  fight.end_turn();
  CHECK(told(fight) == std::vector<std::string>{"Golem comes nearer.",
                                                "Wolf strikes at Bob: 3. 3 of 6 left.",
                                                "Turn 2 of 8. The lanterns burn lower."});
  CHECK(of(fight, "golem", "pixel_box") == value{array{480.0, 795.0, 500.0, 805.0}});
  CHECK(of(fight, "wolf", "pixel_box") == value{array{480.0, 285.0, 500.0, 295.0}});
  CHECK(field(fight.state(), "turn") == value{2.0});
  CHECK(of(fight, "bob", "stood") == of(fight, "bob", "pixel_box"));
  battle again{pass({{"dawn", 8.0}}), loaded({3})}; // what they do follows from the state alone
  again.end_turn();
  CHECK(again.state() == fight.state());
}

TEST_CASE("a hunter goes for the weakest, others for the nearest") {
  value state = pass();
  state.get_if<object>()
      ->find("entities")
      ->get_if<object>()
      ->find("ada")
      ->get_if<object>()
      ->set("hp", 2.0);
  battle fight{state, loaded({})};
  fight.end_turn();
  CHECK(told(fight).at(1) == "Wolf strikes at Ada: 1. 1 of 10 left.");                // past Bob
  CHECK(of(fight, "golem", "pixel_box") == value{array{480.0, 795.0, 500.0, 805.0}}); // to Bob
}

TEST_CASE("it is won when nobody is left who would come") {
  value state = pass();
  object& entities = *state.get_if<object>()->find("entities")->get_if<object>();
  entities.erase("golem");
  object late = somebody("Late wolf", "theirs", 1, 300, {{"arrives", 2.0}});
  entities.set("zwolf", late);
  battle fight{state, loaded({6})};
  CHECK_THROWS_WITH(fight.strike("ada", "zwolf"), Contains("There is no zwolf in this game yet"));
  fight.strike("bob", "wolf");
  CHECK(of(fight, "wolf", "hp") == value{0.0});
  CHECK_FALSE(has(fight.state(), "outcome")); // one is to come
  fight.end_turn();
  CHECK(told(fight) == std::vector<std::string>{"Bob strikes at Wolf: 6, and Wolf goes down.",
                                                "Turn 2.", "Late wolf comes out of the dark."});
  fight.strike("ada", "zwolf");
  CHECK(field(fight.state(), "outcome") == value{"won"});
  CHECK_THROWS_WITH(fight.end_turn(), Contains("The game is over"));
  CHECK_THROWS_WITH(fight.strike("bob", "zwolf"), Contains("The game is over"));
  CHECK_THROWS_WITH(fight.walk("bob", {200, 500}), Contains("The game is over"));
}

TEST_CASE("it is won when morning comes, and lost when nobody of ours is up") {
  battle held{pass({{"turn", 8.0}, {"dawn", 8.0}}), loaded({})};
  held.end_turn();
  CHECK(field(held.state(), "outcome") == value{"won"});
  CHECK(told(held).back() == "Morning comes. The pass is held!");

  value weak = pass({{"turn", 8.0}, {"dawn", 8.0}});
  for (const char* const name : {"ada", "bob"})
    weak.get_if<object>()
        ->find("entities")
        ->get_if<object>()
        ->find(name)
        ->get_if<object>()
        ->set("hp", name[0] == 'a' ? 0.0 : 1.0);
  battle lost{weak, loaded({})};
  lost.end_turn();
  CHECK(field(lost.state(), "outcome") == value{"lost"});
  CHECK(told(lost).back() == "The lanterns go out. The pass is lost.");
}

TEST_CASE("entities may be a list, and of any shape") {
  battle fight{object{{"entities", array{7.0, object{{"id", "a"}}, object{{"id", "a"}, {"hp", 1.0}},
                                         object{{"name", "b"}, {"hp", "x"}, {"pixel_box", "y"}},
                                         object{{"side", "theirs"}}}}},
               loaded({6})};
  fight.strike("a", "b");
  CHECK(told(fight) == std::vector<std::string>{"a strikes at b: 6. 4 of 10 left."});
  fight.end_turn();
  CHECK(field(fight.state(), "turn") == value{2.0});
  CHECK_THROWS_WITH((battle{value{7.0}, loaded({})}), Contains("Invalid game state"));
  const object less_than_no_reach{{"a", object{{"side", "ours"}}},
                                  {"b", object{{"side", "theirs"}, {"reach", -1.0}}}};
  battle nowhere{object{{"entities", less_than_no_reach}}, loaded({2})};
  nowhere.end_turn();
  CHECK(told(nowhere).front() == "b strikes at a: 2. 8 of 10 left.");
  array many;
  for (int i = 0; i < 201; ++i) many.emplace_back(object{{"id", std::to_string(i)}});
  CHECK_THROWS_WITH((battle{object{{"entities", many}}, loaded({})}), Contains("Too many figures"));
  const std::string label(101, 'x');
  const object one{{"ada", somebody(label.c_str(), "ours", 10, 100)}};
  CHECK_THROWS_WITH((battle{object{{"entities", one}}, loaded({})}), Contains("label is too long"));
  CHECK_THROWS_WITH(fight.walk("a", {1, 1}), Contains("a stands nowhere"));
}
