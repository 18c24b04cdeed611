// What the dice on the table showed counts as much as what the program throws.
#include "table.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace dnd;

TEST_CASE("an attack takes what a real die showed, and adds what belongs to it") {
  table at;
  at.play("add zombie and: brunhild").play("attack by: brunhild to: zombie rolled: 3");
  CHECK(std::get<attack_made>(at.log.back()).roll.total == 8);
  CHECK(std::get<attack_made>(at.log.back()).outcome == attack_outcome::hit);
  at.play("attack by: brunhild to: zombie rolled: 20");
  CHECK(std::get<attack_made>(at.log.back()).outcome == attack_outcome::critical);
  // The weapon's die, twice.
  at.play("damage rolled: 8 1");
  CHECK(at.who("zombie-1").hp == 10);
  at.play("attack by: brunhild to: zombie dice: 1d20a+5 rolled: 2, 17");
  CHECK(std::get<attack_made>(at.log.back()).roll.kept == std::vector{17});
}

TEST_CASE("every throw of a command can be a real one") {
  table at;
  at.play("add brunhild").play("damage to: brunhild dice: 2d6 type: poison rolled: 6 4");
  CHECK(at.who("brunhild").hp == 18);
  at.play("heal to: brunhild dice: 2d4+2 rolled: 1 1");
  CHECK(at.who("brunhild").hp == 22);
  at.play("rest short by: brunhild hit-dice: 1 rolled: 2");
  CHECK(at.who("brunhild").hp == 26);
  at.play("roll by: brunhild 4d6kh3 rolled: 1 6 6 5");
  CHECK(std::get<dice_rolled>(at.log.back()).total == 17);
  at.play("ask check: con of: brunhild dc: 15").play("check con rolled: 13");
  CHECK(std::get<check_made>(at.log.back()).success);
  at.play("encounter start with: brunhild").play("initiative by: brunhild rolled: 12");
  CHECK(at.state.encounter.initiatives.at("brunhild") == 12);
}

TEST_CASE("real dice are as many as are thrown, with the faces that they have") {
  table at;
  at.play("add zombie and: zombie and: brunhild");
  CHECK(has(at.refusal("attack by: brunhild to: zombie-1 rolled: 21"), "a d20 shows 1 to 20"));
  CHECK(has(at.refusal("attack by: brunhild to: zombie-1 rolled: 0"), "a d20 shows 1 to 20"));
  CHECK(has(at.refusal("attack by: brunhild to: zombie-1 rolled: 3 4"), "no more dice"));
  CHECK(has(at.refusal("attack by: brunhild to: zombie-1 and: zombie-2 rolled: 3"), "more dice"));
  CHECK(has(at.refusal("rest short by: brunhild rolled: 3"), "no dice are thrown"));
  const auto second = at.decides("roll 2d6 rolled: 3 7");
  REQUIRE_FALSE(second);
  CHECK(second.error().at == 19);
  CHECK(second.error().length == 1);
}

TEST_CASE("what the game throws behind the screen is never on the table") {
  table at;
  at.library.teach("zombie", "Undead Fortitude");
  at.play("add zombie").play("damage to: zombie dice: 1d8+15 type: slashing rolled: 8", {20});
  CHECK(at.who("zombie-1").hp == 0);
  CHECK(std::get<end_defied>(at.log.back()).roll.raw == std::vector{20});
}

TEST_CASE("a number in the place of dice is told where it belongs") {
  const auto number = parse_command("attack by: a to: b dice: 20");
  REQUIRE_FALSE(number);
  CHECK(has(number.error().message, "rolled: 20"));
  for (const char* line :
       {"attack by: a to: b rolled: x", "attack by: a to: b rolled: 1d4", "initiative rolled: 3",
        "initiative by: a 3 rolled: 3", "heal to: a amount: 3 rolled: 2"})
    CHECK_FALSE(parse_command(line).has_value());
}
