// Who is here, who has left, and who is meant.
#include "table.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace dnd;

TEST_CASE("who leaves comes back as they were, and no id is given twice") {
  table at;
  at.play("add brunhild and: zombie").play("damage to: brunhild dice: 1d1+4 type: slashing", {1});
  at.play("remove Brunhild and: zombie-1");
  CHECK(at.state.creatures.empty());
  CHECK(has(at.refusal("heal to: brunhild amount: 1"), "brunhild has left; add brunhild"));
  at.play("add zombie");
  CHECK(at.state.creatures.contains("zombie-2"));
  at.play("add brunhild");
  CHECK(at.who("brunhild").hp == 23);
  at.play("add ZOMBIE-1");
  CHECK(at.state.creatures.size() == 3);
  CHECK(at.state.away.empty());
}

TEST_CASE("who leaves a fight has no turn in it, owes no check, and is not attacked any more") {
  table at;
  at.play("add brunhild").play("encounter start with: brunhild and: zombie and: zombie", {9, 8});
  at.play("initiative by: brunhild 15").play("turn");
  CHECK(has(at.refusal("remove brunhild"), "it is the turn of brunhild; say turn first"));
  at.play("attack to: zombie-1", {15}).play("ask check: con of: zombie-1 dc: 10");
  at.play("remove zombie-1");
  CHECK(at.state.pending_attacks.empty());
  CHECK(at.state.pending_checks.empty());
  CHECK(at.state.encounter.turn_order == std::vector<std::string>{"brunhild", "zombie-2"});
  at.play("turn");
  CHECK(at.state.encounter.turn == "zombie-2");
  at.play("add zombie-1", {3});
  CHECK(at.state.encounter.initiatives.at("zombie-1") == 1);
}

TEST_CASE("leaving and coming back can be taken back") {
  table at;
  at.play("add brunhild").play("add zombie");
  const campaign_state all_here = at.state;
  at.play("remove zombie and: brunhild");
  const campaign_state all_gone = at.state;
  at.play("add brunhild").play("undo");
  CHECK(at.state == all_gone);
  at.play("undo");
  CHECK(at.state == all_here);
}

TEST_CASE("a fight can begin with somebody who was away") {
  table at;
  at.play("add brunhild").play("damage to: brunhild dice: 1d1 type: slashing", {1});
  at.play("remove brunhild").play("encounter start with: brunhild");
  CHECK(at.who("brunhild").hp == 27);
  CHECK(at.state.encounter.combatants == std::vector<std::string>{"brunhild"});
}

TEST_CASE("in a fight a name means who still stands in it") {
  table at;
  at.play("add zombie and: zombie and: zombie and: brunhild");
  at.play("encounter start with: zombie-1 and: zombie-2 and: brunhild", {9, 8});
  CHECK(has(at.refusal("heal to: zombie amount: 1"), "which zombie? zombie-1 or zombie-2"));
  at.play("damage to: zombie-1 dice: 1d1+21 type: slashing", {1});
  at.play("attack by: brunhild to: zombie", {15});
  CHECK(std::get<attack_made>(at.log.back()).target == "zombie-2");
  at.play("damage", {5}).play("encounter end");
  CHECK(has(at.refusal("heal to: zombie amount: 1"), "zombie-1, zombie-2 or zombie-3"));
}

TEST_CASE("the end of a fight says how the fallen leave the table") {
  table at;
  at.play("encounter start with: zombie and: zombie", {9, 8});
  at.play("damage to: zombie-2 dice: 1d1+21 type: slashing", {1});
  CHECK(has(at.decides("encounter end")->remarks.front(), "remove zombie-2"));
}

TEST_CASE("names are found in any case of any script") {
  table at;
  at.library.add_character("björn", "BJÖRN der Große");
  at.play("add björn");
  at.play("heal to: BJÖRN amount: 1").play("heal to: Bjo\u0308rn amount: 1");
  at.play("heal to: \"björn DER GROSSE\" amount: 1");
  CHECK(has(at.refusal("heal to: bjron amount: 1"), "did you mean björn?"));
}

TEST_CASE("anybody throws dice, but nobody by a slip of the fingers") {
  table at;
  at.play("add brunhild");
  CHECK(has(at.refusal("roll by: brunhlid d20"), "did you mean brunhild?"));
  const auto thrower = [&] { return std::get<dice_rolled>(at.log.back()).by; };
  at.play("roll by: BRUNHILD d20", {3});
  CHECK(thrower() == "brunhild");
  at.play("roll by: Someone1 d20", {3});
  CHECK(thrower() == "Someone1");
  at.play("roll by: \"Brunhilda\" d20", {3});
  CHECK(thrower() == "Brunhilda");
  at.play("roll by: gm d20", {3}).play("roll d20", {3});
  CHECK(thrower() == "GM");
}

TEST_CASE("things are found however they are spelled, and come in numbers") {
  table at;
  at.play("add brunhild").play("give \"Silver Key\" to: brunhild amount: 3");
  at.play("give silver-key to: brunhild");
  CHECK(at.who("brunhild").inventory.at("Silver Key") == 4);
  CHECK(narrate(at.log.back(), at.state) == "brunhild gets Silver Key.");
  CHECK(has(at.refusal("take silver-key from: brunhild amount: 5"), "has only 4 x Silver Key"));
  at.play("take \"silver key\" from: brunhild amount: 4");
  CHECK(narrate(at.log.back(), at.state) == "brunhild loses 4 x Silver Key.");
  CHECK_FALSE(at.who("brunhild").inventory.contains("Silver Key"));
}

TEST_CASE("undo says what it takes back") {
  table at;
  at.play("add brunhild").play("add zombie").play("note \"a\"").play("undo");
  CHECK(narrate(at.log.back(), at.state) == "The last command is taken back (event 3): note \"a\"");
  at.play("undo steps: 2");
  CHECK(narrate(at.log.back(), at.state) ==
        "The last 2 commands are taken back (events 1 to 2):\n    add brunhild\n    add zombie");
}
