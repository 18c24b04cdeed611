#include "table.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

using namespace dnd;

TEST_CASE("monsters are numbered, characters are not") {
  table at;
  at.play("add zombie and: zombie").play("add zombie").play("add brunhild");
  CHECK(at.state.creatures.size() == 4);
  CHECK(at.who("zombie-3").hp == 22);
  CHECK(at.who("brunhild").inventory.at("rope") == 1);
  CHECK(has(at.refusal("add brunhild"), "here already"));
  CHECK(has(at.refusal("add zombi"), "did you mean zombie?"));
}

TEST_CASE("a name that only one creature has names it; an id always does") {
  table at;
  at.play("add zombie").play("damage to: ZOMBIE dice: 2d1 type: slashing", {1, 1});
  CHECK(at.who("zombie-1").hp == 20);
  at.play("add zombie");
  CHECK(has(at.refusal("heal to: zombie amount: 1"), "which zombie? zombie-1 or zombie-2"));
  at.play("damage to: zombie-2 dice: 3d1 type: slashing", {1, 1, 1});
  CHECK(at.who("zombie-1").hp == 20);
  CHECK(at.who("zombie-2").hp == 19);
  CHECK(has(at.refusal("heal to: nobody amount: 1"), "nobody here is called"));
}

TEST_CASE("a name that nobody knows is pointed at") {
  table at;
  at.play("add zombie");
  const auto decided = at.decides("heal to: zomby-1 amount: 1");
  REQUIRE_FALSE(decided);
  CHECK(decided.error().at == 9);
  CHECK(decided.error().length == 7);
  CHECK(has(decided.error().message, "did you mean zombie-1?"));
}

TEST_CASE("an immune creature takes the hit and no harm") {
  table at;
  at.play("add zombie").play("damage to: zombie dice: 2d1 type: poison", {1, 1});
  CHECK(at.who("zombie-1").hp == 22);
  const auto& dealt = std::get<damage_dealt>(at.log.back());
  CHECK(dealt.total == 0);
  CHECK(dealt.parts[0].because == "immune");
  CHECK(has(at.refusal("damage to: zombie dice: 1d1 type: slahing"), "did you mean slashing?"));
}

TEST_CASE("damage after a hit needs no names, and after a miss there is none") {
  table at;
  at.play("add zombie and: brunhild");
  at.play("attack by: brunhild to: zombie dice: 1d1+7", {1}).play("damage", {5});
  CHECK(at.who("zombie-1").hp == 14);

  at.play("attack by: brunhild to: zombie dice: 1d1+6", {1});
  const std::size_t events = at.log.size();
  at.play("damage").play("damage to: zombie dice: 7d1 type: slashing");
  CHECK(at.log.size() == events);
  CHECK_FALSE(at.decides("damage")->remarks.empty());
  // A falling rock does not care who missed whom.
  at.play("damage with: rock to: zombie dice: 1d1 type: bludgeoning", {1});
  CHECK(at.who("zombie-1").hp == 13);
}

TEST_CASE("each target of an attack has its own roll and its own damage") {
  table at;
  at.play("add zombie and: zombie and: brunhild");
  at.play("attack by: brunhild to: zombie-1 and: zombie-2", {15, 2}).play("damage", {4});
  CHECK(at.who("zombie-1").hp == 15);
  CHECK(at.who("zombie-2").hp == 22);
}

TEST_CASE("a critical hit throws the weapon's dice twice") {
  table at;
  at.play("add zombie and: brunhild").play("attack by: brunhild to: zombie", {20});
  at.play("damage", {8, 8});
  CHECK(at.who("zombie-1").hp == 3);
}

TEST_CASE("whose turn it is attacks, if nobody is named") {
  table at;
  at.play("add brunhild");
  CHECK(has(at.refusal("attack to: brunhild"), "nobody's turn"));
  at.play("encounter start with: zombie and: brunhild", {12}).play("initiative by: brunhild 20");
  CHECK(has(at.refusal("attack to: zombie"), "nobody's turn"));
  at.play("turn").play("attack to: zombie", {15}).play("damage", {4});
  CHECK(at.who("zombie-1").hp == 15);
  at.play("turn").play("attack to: brunhild", {2});
  CHECK(std::get<attack_made>(at.log.back()).attacker == "zombie-1");
}

TEST_CASE("who is down does not attack") {
  table at;
  at.play("add zombie and: brunhild");
  at.play("damage to: zombie dice: 22d1 type: slashing",
          {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  CHECK(at.who("zombie-1").hp == 0);
  CHECK(has(at.refusal("attack by: zombie to: brunhild"), "no hit points"));
  at.play("heal to: zombie amount: 100");
  CHECK(at.who("zombie-1").hp == 22);
}

TEST_CASE("monsters roll initiative, characters are asked, turns go round") {
  table at;
  at.play("add brunhild").play("encounter start with: zombie and: zombie and: brunhild", {12, 12});
  CHECK(at.state.encounter.initiatives ==
        std::map<std::string, int>{{"zombie-1", 10}, {"zombie-2", 10}});
  CHECK(has(at.refusal("turn"), "brunhild must roll first"));
  CHECK(has(at.refusal("encounter start"), "already active"));
  at.play("initiative by: brunhild 10");
  CHECK(has(at.refusal("initiative by: brunhild 12"), "already"));
  CHECK(at.state.encounter.turn_order ==
        std::vector<std::string>{"brunhild", "zombie-1", "zombie-2"});

  std::vector<std::string> turns;
  for (int i = 0; i < 4; ++i) turns.push_back(*at.play("turn").state.encounter.turn);
  CHECK(turns == std::vector<std::string>{"brunhild", "zombie-1", "zombie-2", "brunhild"});
  CHECK(at.state.encounter.round == 2);

  at.play("damage to: zombie-2 dice: 3d1 type: slashing", {1, 1, 1}).play("encounter end");
  CHECK_FALSE(at.state.encounter.active);
  CHECK(at.who("zombie-2").hp == 19);
  CHECK(has(at.refusal("encounter end"), "no fight"));
  at.play("encounter start with: zombie-2", {5});
  CHECK(at.state.encounter.number == 2);
  CHECK(at.who("zombie-2").hp == 19);
}

TEST_CASE("a character who is here joins a fight by id or by name") {
  for (const auto* name : {"tom", "TOM", "\"Sir Thomas\"", "\"sir thomas\""}) {
    table at;
    at.library.add_character("tom", "Sir Thomas");
    at.play("add tom").play("encounter start with: " + std::string{name});
    CHECK(at.state.encounter.combatants == std::vector<std::string>{"tom"});
  }
}

TEST_CASE("the game waits for a check that was asked for") {
  table at;
  at.play("add zombie and: brunhild").play("ask check: con of: zombie dc: 15 fails: prone");
  for (const char* act :
       {"attack by: brunhild to: zombie", "damage to: zombie dice: 1d1 type: slashing", "turn",
        "heal to: zombie amount: 1", "rest long by: brunhild", "level-up by: brunhild",
        "encounter start", "encounter end", "initiative"})
    CHECK(has(at.refusal(act), "the game waits for zombie-1: check con"));
  at.play("note meanwhile").play("give rope to: brunhild").play("undo");
  CHECK(has(at.refusal("check str"), "no such check"));
  at.play("check con", {11});
  CHECK(at.who("zombie-1").conditions == std::vector<std::string>{"prone"});
  CHECK(at.state.pending_checks.empty());

  at.play("ask check: constitution of: zombie dc: 15 fails: poisoned").play("check con", {1});
  CHECK(at.who("zombie-1").conditions == std::vector<std::string>{"prone"});
  at.play("ask check: con of: zombie dc: 15 fails: poisoned").play("check con", {12});
  CHECK(std::get<check_made>(at.log.back()).success);
}

TEST_CASE("conditions come and go as the game master says") {
  table at;
  at.play("add zombie and: brunhild").play("inflict prone to: brunhild");
  at.play("INFLICT Poisoned TO: Brunhild");
  CHECK(at.who("brunhild").conditions == std::vector<std::string>{"poisoned", "prone"});
  CHECK(has(at.refusal("inflict prone to: brunhild"), "is prone already"));
  CHECK(has(at.refusal("inflict pron to: brunhild"), "did you mean prone?"));
  CHECK(has(at.refusal("lift prone from: zombie"), "zombie-1 is not prone"));

  const std::size_t events = at.log.size();
  at.play("inflict poisoned to: zombie");
  CHECK(at.log.size() == events);
  CHECK(has(at.decides("inflict poisoned to: zombie")->remarks.front(), "zombie-1 is immune"));

  at.play("lift poisoned from: brunhild");
  CHECK(at.who("brunhild").conditions == std::vector<std::string>{"prone"});
  CHECK(has(at.refusal("lift poisoned from: brunhild"), "is not poisoned, but prone"));
  at.play("lift Prone from: brunhild").play("undo");
  CHECK(at.who("brunhild").conditions == std::vector<std::string>{"prone"});
}

TEST_CASE("hit dice are spent on a short rest while there are some") {
  table at;
  at.play("add brunhild").play("damage to: brunhild dice: 20d1 type: slashing", {1, 1, 1, 1, 1,
                                                                                 1, 1, 1, 1, 1,
                                                                                 1, 1, 1, 1, 1,
                                                                                 1, 1, 1, 1, 1});
  at.play("rest short by: brunhild hit-dice: 1", {6});
  CHECK(at.who("brunhild").hit_dice_used == 1);
  CHECK(at.who("brunhild").hp == 16);
  at.play("rest short by: brunhild hit-dice: 2", {1, 1});
  CHECK(has(at.refusal("rest short by: brunhild hit-dice: 1"), "0 of 3 hit dice left"));
  at.play("rest long by: brunhild");
  CHECK(at.who("brunhild").hp == 28);
  CHECK(at.who("brunhild").hit_dice_used == 2);
}

TEST_CASE("who has no hit points does not rest, neither long nor short") {
  table at;
  at.play("add brunhild").play("damage to: brunhild dice: 1d1+27 type: slashing", {1});
  for (const char* rest :
       {"rest long by: brunhild", "rest short by: brunhild", "rest short by: brunhild hit-dice: 1"})
    CHECK(has(at.refusal(rest), "brunhild has no hit points: nobody rests without any"));
  CHECK(at.who("brunhild").hp == 0);
  at.play("heal to: brunhild amount: 1").play("rest long by: brunhild");
  CHECK(at.who("brunhild").hp == 28);
}

TEST_CASE("healing is what was gained, whatever the dice showed") {
  table at;
  at.play("add brunhild").play("damage to: brunhild dice: 1d1+4 type: slashing", {1});
  const auto told = [&] { return narrate(at.log.back(), at.state); };
  at.play("heal to: brunhild dice: 1d4", {3});
  CHECK(told() == "brunhild is healed by 3: HP 26/28.");
  at.play("heal to: brunhild dice: 1d8+2", {8});
  CHECK(told() == "brunhild is healed by 2: HP 28/28.");
  CHECK(std::get<healed>(at.log.back()).roll->total == 10);
  at.play("heal to: brunhild amount: 5");
  CHECK(told() == "brunhild is at the maximum: HP 28/28.");

  at.play("damage to: brunhild dice: 1d1 type: slashing", {1});
  at.play("rest short by: brunhild hit-dice: 1", {8});
  CHECK(has(told(), "and regains 1: HP 28/28"));
  at.play("rest short by: brunhild hit-dice: 1", {8});
  CHECK(has(told(), "and is at the maximum: HP 28/28"));
}

TEST_CASE("characters gain levels, monsters do not") {
  table at;
  at.play("add brunhild and: zombie").play("level-up by: brunhild");
  CHECK(at.who("brunhild").level == 4);
  CHECK(at.who("brunhild").max_hp == 35);
  CHECK(at.who("brunhild").hit_dice == 4);
  CHECK(has(at.refusal("level-up by: zombie"), "no level"));
}

TEST_CASE("things change hands") {
  table at;
  at.play("add brunhild").play("give \"silver key\" to: brunhild").play("give rope to: brunhild");
  CHECK(at.who("brunhild").inventory.at("rope") == 2);
  at.play("take \"Silver Key\" from: brunhild");
  CHECK_FALSE(at.who("brunhild").inventory.contains("silver key"));
  CHECK(has(at.refusal("take ropes from: brunhild"), "did you mean rope?"));
}

TEST_CASE("sessions are marks, one open at a time") {
  table at;
  CHECK(has(at.refusal("session end"), "no session"));
  at.play("session start").play("session end").play("session start \"Two\"");
  CHECK(at.state.session == 2);
  CHECK(has(at.refusal("session start"), "open already"));
}

TEST_CASE("a refused command leaves the state as it was") {
  table at;
  at.play("add zombie");
  const campaign_state before = at.state;
  static_cast<void>(at.refusal("add zombie and: unicorn"));
  static_cast<void>(at.refusal("encounter start with: zombie and: unicorn", {10}));
  CHECK(at.state == before);
}

TEST_CASE("the same events make the same state, wherever the replay begins") {
  table at;
  at.play("session start").play("add zombie and: brunhild");
  at.play("encounter start with: zombie-1 and: brunhild", {9})
      .play("initiative", {11})
      .play("turn");
  at.play("attack by: brunhild to: zombie", {15}).play("damage", {4}).play("encounter end");
  at.play("rest long by: brunhild").play("session end");
  for (std::size_t cut = 0; cut <= at.log.size(); ++cut) {
    campaign_state replayed;
    const auto replay = [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i)
        std::visit([&](const auto& payload) { replayed.evolve(payload); }, at.log[i]);
    };
    replay(0, cut);
    const campaign_state snapshot = replayed;
    replayed = snapshot;
    replay(cut, at.log.size());
    CHECK(replayed == at.state);
  }
}

TEST_CASE("an event about a creature that nobody added is damage") {
  campaign_state state;
  CHECK_THROWS_WITH(state.evolve(healed{"ghost-1", 1, {}}), Catch::Contains("ghost-1"));
}

TEST_CASE("there is always a hint") {
  table at;
  CHECK(has(hint(at.state), "add"));
  at.play("add zombie and: brunhild");
  CHECK(has(hint(at.state), "session start"));
  at.play("session start");
  CHECK(has(hint(at.state), "encounter start"));
  at.play("encounter start", {10});
  CHECK(has(hint(at.state), "initiative by: brunhild"));
  at.play("initiative", {10}).play("turn");
  CHECK(has(hint(at.state), "attack by: brunhild"));
  at.play("attack by: brunhild to: zombie", {15});
  CHECK(has(hint(at.state), "damage"));
}

TEST_CASE("an undead that loses its last hit points may defy its end") {
  table at;
  at.library.teach("zombie", "Undead Fortitude");
  at.play("add zombie");
  SECTION("against 5 and the damage, by a throw of Constitution that replay keeps") {
    at.play("damage to: zombie dice: 7d1 type: slashing", {1, 1, 1, 1, 1, 1, 1});
    at.play("damage to: zombie dice: 1d1+14 type: slashing", {1, 17});
    CHECK(at.who("zombie-1").hp == 1);
    const auto& defied = std::get<end_defied>(at.log.back());
    CHECK(defied.dc == 20);
    CHECK(defied.roll.total == 20);
    campaign_state again;
    for (const event& happened : at.log)
      std::visit([&](const auto& payload) { again.evolve(payload); }, happened);
    CHECK(again == at.state);
  }
  SECTION("one below is not enough") {
    at.play("damage to: zombie dice: 1d1+6 type: slashing", {1});
    at.play("damage to: zombie dice: 1d1+14 type: slashing", {1, 16});
    CHECK(at.who("zombie-1").hp == 0);
  }
  SECTION("22 damage at once is more than any throw") {
    at.play("damage to: zombie dice: 1d1+21 type: slashing", {1, 20});
    CHECK(std::get<end_defied>(at.log.back()).dc == 27);
    CHECK(at.who("zombie-1").hp == 0);
  }
  SECTION("not radiant damage, not even a part of it") {
    at.play("damage to: zombie dice: 1d1+20 type: slashing dice: 1d1+1 type: radiant", {1, 1});
    CHECK(at.who("zombie-1").hp == 0);
  }
  SECTION("not a critical hit") {
    at.play("add brunhild").play("attack by: brunhild to: zombie", {20});
    at.play("damage to: zombie dice: 1d1+29 type: slashing", {1});
    CHECK(at.who("zombie-1").hp == 0);
  }
  SECTION("and who lies there already does not get up by more of it") {
    at.play("damage to: zombie dice: 1d1+21 type: slashing", {1, 1});
    at.play("damage to: zombie dice: 1d1 type: slashing", {1});
    CHECK(at.who("zombie-1").hp == 0);
  }
}

TEST_CASE("undo takes commands back, the last one first, and goes on where it stopped") {
  table at;
  at.play("add zombie").play("add brunhild");
  const campaign_state whole = at.state;
  at.play("damage to: zombie dice: 1d1+6 type: slashing", {1});
  const campaign_state wounded = at.state;
  at.play("damage to: brunhild dice: 1d1+4 type: slashing", {1}).play("add zombie");
  at.play("undo steps: 2");
  CHECK(at.state == wounded);
  at.play("undo");
  CHECK(at.state == whole);
  at.play("note \"again\"").play("undo").play("undo steps: 2");
  CHECK(at.state.creatures.empty());
  CHECK(at.refusal("undo") == "cannot undo 1 command: there are none");
}

TEST_CASE("undo says how much there is to undo") {
  table at;
  at.play("add zombie").play("note \"one\"");
  CHECK(at.refusal("undo steps: 100") == "cannot undo 100 commands: there are only 2");
  CHECK(at.refusal("undo turn: 1") == "cannot undo 1 turn: there are none");
}

TEST_CASE("undo brings back turns, rounds and fights that are over") {
  table at;
  at.play("add brunhild").play("encounter start with: brunhild and: zombie", {10});
  at.play("initiative by: brunhild 15").play("turn");
  const campaign_state first_turn = at.state;
  at.play("damage to: zombie dice: 1d1 type: slashing", {1}).play("turn");
  at.play("damage to: brunhild dice: 1d1 type: slashing", {1}).play("turn");
  CHECK(at.state.encounter.round == 2);
  at.play("damage to: zombie dice: 1d1 type: slashing", {1});
  const campaign_state second_round = at.state;
  at.play("encounter end").play("undo");
  CHECK(at.state == second_round);
  at.play("undo turn: 1");
  CHECK(at.state.encounter.round == 1);
  CHECK(at.state.encounter.turn == "zombie-1");
  at.play("turn").play("undo round: 1");
  CHECK(at.state.encounter.round == 1);
  CHECK(at.who("brunhild").hp == 27);
  at.play("undo turn: 1");
  CHECK(at.state.encounter == first_turn.encounter);
  CHECK(at.who("zombie-1").hp == 21);
  at.play("undo round: 1");
  CHECK_FALSE(at.state.encounter.turn);
}

TEST_CASE("a check of a skill is one of its ability") {
  table at;
  at.play("add brunhild").play("ask check: Stealth of: brunhild dc: 10");
  CHECK(std::get<check_asked>(at.log.back()).ability == "dex");
  at.play("check \"stealth\"", {12}).play("ask check: \"sleight of hand\" of: brunhild dc: 10");
  CHECK(has(at.refusal("check str"), "the game waits for check dex by: brunhild"));
  at.play("check sleight-of-hand", {12});
  CHECK(at.state.pending_checks.empty());
  CHECK(has(at.refusal("ask check: stelth of: brunhild dc: 10"), "did you mean stealth?"));
}

TEST_CASE("with the damage of the last hit an attack is over, its misses with it") {
  table at;
  at.play("add zombie and: zombie and: brunhild");
  at.play("attack by: brunhild to: zombie-1 and: zombie-2", {2, 15}).play("damage", {4});
  CHECK(at.state.pending_attacks.empty());
}
