#include "history/diff.hpp"
#include "history/points.hpp"

#include "files/problem.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace dnd;

namespace {

creature zombie(int hp) {
  creature made;
  made.name = "Zombie";
  made.hp = hp;
  made.max_hp = 22;
  return made;
}

/// A log of 40 events: what came before, and two sessions with a fight in the first.
landmarks forty_events() {
  landmarks known;
  known.end = 40;
  known.sessions = {{0, {1, 4}}, {1, {5, 20}}, {2, {21, 40}}};
  known.encounters = {{1, {8, 15}}};
  return known;
}

std::string why_not(const landmarks& known, const char* point) {
  try {
    find_point(known, point);
  } catch (const problem& said) {
    return said.what();
  }
  return {};
}

} // namespace

TEST_CASE("equal states have no difference, and that is said") {
  campaign_state state;
  state.creatures["zombie-1"] = zombie(22);
  const difference found = compare(state, state);
  CHECK_FALSE(found.is_any());
  CHECK(describe(found) == std::vector<std::string>{"From event 0 to event 0 nothing changed."});
}

TEST_CASE("a difference says only what is different") {
  campaign_state before;
  before.creatures["zombie-1"] = zombie(22);
  before.creatures["zombie-1"].conditions = {"poisoned", "prone"};
  before.creatures["zombie-1"].inventory = {{"rope", 2}, {"torch", 1}};
  campaign_state after = before;
  creature& changed = after.creatures["zombie-1"];
  changed.hp = 7;
  changed.conditions = {"blinded", "prone"};
  changed.inventory = {{"rope", 2}, {"lamp", 3}};

  const difference found = compare(before, after);
  REQUIRE(found.changed.size() == 1);
  CHECK(
      to_json(found) ==
      R"({"from":0,"to":0,"came":[],"gone":[],"fell":[],"stood":[],"changed":[{"creature":"zombie-1",)"
      R"("name":"Zombie","hp":{"from":22,"to":7},"conditions_gained":["blinded"],)"
      R"("conditions_lost":["poisoned"],"items":[{"item":"lamp","from":0,"to":3},)"
      R"({"item":"torch","from":1,"to":0}]}]})");
  CHECK(describe(found).at(1) ==
        "  zombie-1  HP 22 -> 7, now blinded, no longer poisoned, lamp 0 -> 3, torch 1 -> 0");
}

TEST_CASE("who came, who is gone, who fell and who stood up again are told apart") {
  campaign_state before;
  before.creatures["falls"] = zombie(5);
  before.creatures["stands"] = zombie(0);
  before.creatures["leaves"] = zombie(22);
  before.creatures["stays down"] = zombie(0);
  campaign_state after;
  after.creatures["falls"] = zombie(0);
  after.creatures["stands"] = zombie(1);
  after.creatures["comes dead"] = zombie(0);
  after.creatures["stays down"] = zombie(0);

  const difference found = compare(before, after);
  REQUIRE(found.came.size() == 1);
  CHECK(found.came.front().creature == "comes dead");
  REQUIRE(found.gone.size() == 1);
  CHECK(found.gone.front().creature == "leaves");
  CHECK(found.fell == std::vector<std::string>{"comes dead", "falls"});
  CHECK(found.stood == std::vector<std::string>{"stands"});
  CHECK(found.changed.size() == 2);
}

TEST_CASE("a fight that begins, goes on and ends is a change") {
  campaign_state before;
  campaign_state after;
  after.encounter.active = true;
  after.encounter.number = 1;
  after.encounter.round = 2;
  after.encounter.turn = "zombie-1";
  CHECK(describe(compare(before, after)).at(1) ==
        "  encounter  none yet -> 1, round 2, turn of zombie-1, going on");
  campaign_state later = after;
  later.encounter = {};
  later.encounter.number = 1;
  CHECK(describe(compare(after, later)).at(1) ==
        "  encounter  1, round 2, turn of zombie-1, going on -> 1, over");
}

TEST_CASE("points are numbers, ends and marks") {
  const landmarks known = forty_events();
  CHECK(find_point(known, "0") == 0);
  CHECK(find_point(known, "17") == 17);
  CHECK(find_point(known, "start") == 0);
  CHECK(find_point(known, "Now") == 40);
  CHECK(find_point(known, "session:2") == 21);
  CHECK(find_point(known, "session:1:end") == 20);
  CHECK(find_point(known, "encounter:1") == 8);
  CHECK(find_point(known, "Encounter:1:END") == 15);
}

TEST_CASE("a point that is none is refused in words that lead on") {
  const landmarks known = forty_events();
  CHECK(why_not(known, "41") == "the log has 40 events, there is no 41");
  CHECK(why_not(known, "session:3") == "there is no session 3; there are 0, 1 and 2");
  CHECK(why_not(known, "session:x") == "\"x\" is no number of a session; say session:2");
  for (const char* point : {"", "-1", "4x", "yesterday", ":end", "99999999999999999999"})
    CHECK(why_not(known, point).find("is no point in a campaign") != std::string::npos);
}

TEST_CASE("a session or an encounter is found by its number, and what there is is said of others") {
  const landmarks known = forty_events();
  CHECK(find_session(known, 2).from == 21);
  CHECK(find_encounter(known, 1).to == 15);
  CHECK_THROWS_WITH(find_session(known, 7), "there is no session 7; there are 0, 1 and 2");
  CHECK_THROWS_WITH(find_encounter(known, 77), "there is no encounter 77; there is only 1");
}

TEST_CASE("a stretch goes from just before a session to its end, else from one point to another") {
  const landmarks known = forty_events();
  const auto pair = [](const stretch& found) { return std::pair{found.from, found.to}; };
  CHECK(pair(find_stretch(known, "session:1", {})) == std::pair{4UL, 20UL});
  CHECK(pair(find_stretch(known, "session:0", {})) == std::pair{0UL, 4UL});
  CHECK(pair(find_stretch(known, "30", {})) == std::pair{30UL, 40UL});
  CHECK(pair(find_stretch(known, "session:1:end", {})) == std::pair{20UL, 40UL});
  CHECK(pair(find_stretch(known, "encounter:1:end", "3")) == std::pair{3UL, 15UL});
}
