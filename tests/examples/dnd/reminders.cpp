// What the rules say of conditions, said when it matters.
#include "rules/conditions.hpp"
#include "table.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace dnd;

namespace {

std::vector<std::string> remarks(table& at, std::string_view line,
                                 std::initializer_list<int> faces = {}) {
  const auto decided = at.decides(line, faces);
  REQUIRE(decided);
  return decided->remarks;
}

} // namespace

TEST_CASE("an attack that the rules give advantage or disadvantage is said to have it") {
  table at;
  at.play("add zombie and: brunhild").play("inflict poisoned to: brunhild");
  const auto said = remarks(at, "attack by: brunhild to: zombie", {15});
  REQUIRE(said.size() == 1);
  CHECK(said.front() ==
        "By the rules this attack has disadvantage: brunhild is poisoned. To throw "
        "it so: undo, and dice: 1d20d+5");
  // Who throws it so, or with the table's own dice, has thought of it.
  CHECK(remarks(at, "attack by: brunhild to: zombie dice: 1d20d+5", {15, 12}).empty());
  CHECK(remarks(at, "attack by: brunhild to: zombie rolled: 12").empty());

  at.play("inflict prone to: zombie");
  CHECK(remarks(at, "attack by: brunhild to: zombie", {15}).empty()); // one of each: neither
  at.play("lift poisoned from: brunhild");
  CHECK(has(remarks(at, "attack by: brunhild to: zombie", {15}).front(),
            "advantage: zombie-1 is prone (from within 5 feet)"));
}

TEST_CASE("a condition is explained when it comes and at the beginning of a turn") {
  table at;
  at.play("add brunhild").play("encounter start with: brunhild").play("initiative", {9});
  CHECK(has(remarks(at, "inflict prone to: brunhild").front(), "prone: attacks with disadvantage"));
  at.play("inflict prone to: brunhild");
  CHECK(has(remarks(at, "turn").front(), "prone: attacks with disadvantage"));
}

TEST_CASE("who cannot act by the rules is said not to") {
  CHECK(forbids_actions("stunned"));
  CHECK_FALSE(forbids_actions("prone"));
  CHECK_FALSE(forbids_actions("homesick"));
  CHECK(meaning_of("homesick").empty());
}

TEST_CASE("the leaning of an attack is what both sides bring to it") {
  const std::vector<std::string> none;
  const auto lean = [&](const std::vector<std::string>& own,
                        const std::vector<std::string>& other) {
    const leaning found = leaning_of_attack({"a", own}, {"b", other});
    return std::to_string(found.advantage.size()) + "+" + std::to_string(found.disadvantage.size());
  };
  CHECK(lean(none, none) == "0+0");
  CHECK(lean({"blinded", "restrained"}, none) == "0+2");
  CHECK(lean({"invisible"}, none) == "1+0");
  CHECK(lean(none, {"invisible"}) == "0+1");
  for (const char* helpless :
       {"blinded", "paralyzed", "petrified", "restrained", "stunned", "unconscious", "prone"})
    CHECK(lean(none, {helpless}) == "1+0");
  for (const char* harmless : {"charmed", "deafened", "grappled", "exhaustion"})
    CHECK(lean({harmless}, {harmless}) == "0+0");
}

TEST_CASE("what the books say of a defence in a sentence is left to the game master, aloud") {
  table at;
  at.library.harden("zombie", "bludgeoning, piercing, and slashing from nonmagical weapons");
  at.play("add zombie");
  const auto said = remarks(at, "damage to: zombie dice: 1d6 type: slashing", {3});
  REQUIRE(said.size() == 1);
  CHECK(has(said.front(), "resistant to bludgeoning, piercing, and slashing from nonmagical"));
  CHECK(remarks(at, "damage to: zombie dice: 1d6 type: radiant", {3}).empty());
}
