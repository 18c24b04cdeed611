#include "language/parse.hpp"
#include "language/syntax.hpp"
#include "language/text.hpp"
#include "language/words.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <variant>
#include <vector>

using namespace dnd;

namespace {

template <class Command>
Command deed(std::string_view line) {
  const auto parsed = parse_command(line);
  if (!parsed) FAIL(line << ": " << parsed.error().message);
  const auto* any = std::get_if<command::deed>(&*parsed);
  REQUIRE(any != nullptr);
  const auto* wanted = std::get_if<Command>(any);
  REQUIRE(wanted != nullptr);
  return *wanted;
}

complaint complaint_about(std::string_view line) {
  const auto parsed = parse_command(line);
  if (parsed) FAIL(line << " is understood");
  return parsed.error();
}

/// The part of the line that the complaint points at.
std::string blamed(const std::string& line) {
  const complaint why = complaint_about(line);
  return line.substr(why.at, why.length);
}

bool says(const complaint& why, std::string_view words) {
  return why.message.find(words) != std::string::npos;
}

} // namespace

TEST_CASE("an attack is read from its labels, in any order and any case") {
  const auto attack = deed<command::attack>(
      "ATTACK To: zombie-1 and: \"Ogre Zombie\" BY: Brunhild With: longsword");
  CHECK(attack.by->text == "Brunhild");
  REQUIRE(attack.with);
  CHECK(attack.with->text == "longsword");
  REQUIRE(attack.to.size() == 2);
  CHECK(attack.to[0].text == "zombie-1");
  CHECK(attack.to[1].text == "Ogre Zombie");
  CHECK_FALSE(attack.dice);
}

TEST_CASE("a label may touch its value") {
  const auto attack = deed<command::attack>("attack by:a to:b dice:1d20+3");
  CHECK(attack.by->text == "a");
  CHECK(attack.to.front().text == "b");
  CHECK(attack.dice->modifier == 3);
}

TEST_CASE("dice may have spaces, and a roll may name who throws") {
  CHECK(deed<command::roll>("roll 1d6 + 2").dice.modifier == 2);
  CHECK(deed<command::roll>("roll 3d6").by.text == "GM");
  const auto by = deed<command::roll>("roll by: Someone1 3d6+1");
  CHECK(by.by.text == "Someone1");
  CHECK(to_string(by.dice) == "3d6+1");
  CHECK(deed<command::roll>("roll 4d6kh3 by: \"Someone Else\"").by.text == "Someone Else");
}

TEST_CASE("damage has as many kinds as it has dice") {
  const auto damage = deed<command::damage>(
      "damage with: \"flame tongue\" to: zombie dice: 1d8 + 3 type: slashing dice: 2d6 type: fire");
  CHECK(damage.with->text == "flame tongue");
  CHECK(damage.to->text == "zombie");
  REQUIRE(damage.parts.size() == 2);
  CHECK(to_string(damage.parts[0].dice) == "1d8+3");
  CHECK(damage.parts[0].type.text == "slashing");
  CHECK(damage.parts[1].type.text == "fire");
  CHECK(deed<command::damage>("damage").parts.empty());
}

TEST_CASE("the other deeds are understood") {
  CHECK(deed<command::add>("add zombie and: zombie and: wolf").creatures.size() == 3);
  CHECK(deed<command::start_encounter>("encounter start with: a and: b").with.size() == 2);
  CHECK(deed<command::start_encounter>("Encounter START").with.empty());
  CHECK(deed<command::initiative>("initiative by: a 17").total == 17);
  CHECK(deed<command::initiative>("initiative -2 by: a").total == -2);
  CHECK_FALSE(deed<command::initiative>("initiative").by);
  CHECK(std::get<int>(deed<command::heal>("heal to: a amount: 5").amount) == 5);
  CHECK(std::get<dice_expression>(deed<command::heal>("heal to: a dice: 2d4+2").amount).count == 2);
  CHECK(deed<command::rest>("rest short by: a hit-dice: 2").hit_dice == 2);
  CHECK(deed<command::rest>("rest long by: a").length == rest_length::long_rest);
  CHECK(deed<command::level_up>("level-up by: a").by.text == "a");
  CHECK(deed<command::give>("give \"silver key\" to: a").item.text == "silver key");
  CHECK(deed<command::take>("take rope from: a").item.text == "rope");
  CHECK(deed<command::check>("check con by: a").by->text == "a");
  const auto asked = deed<command::ask_check>("ask check: con of: zombie dc: 15 fails: prone");
  CHECK(asked.dc == 15);
  CHECK(asked.fails->text == "prone");
  CHECK(*deed<command::start_session>("session start \"The mine\"").title == "The mine");
}

TEST_CASE("a note is taken as it stands") {
  CHECK(deed<command::note>("note \"the \\\"king\\\" is dead\"").text == "the \"king\" is dead");
  CHECK(deed<command::note>("note Gandalf: fly, you fools").text == "Gandalf: fly, you fools");
}

TEST_CASE("every command of the table is understood in some form") {
  const std::vector<std::string> lines{"add a",
                                       "remove a",
                                       "roll d6",
                                       "encounter start",
                                       "encounter end",
                                       "initiative",
                                       "turn",
                                       "attack by: a to: b",
                                       "damage",
                                       "heal to: a amount: 1",
                                       "inflict prone to: a",
                                       "lift prone from: a",
                                       "ask check: con of: a dc: 1",
                                       "check con",
                                       "rest short by: a",
                                       "rest long by: a",
                                       "level-up by: a",
                                       "give a to: b",
                                       "take a from: b",
                                       "note a",
                                       "session start",
                                       "session end",
                                       "session save",
                                       "undo",
                                       "status",
                                       "hint",
                                       "help",
                                       "quit"};
  REQUIRE(lines.size() == all_syntax().size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CAPTURE(lines[i]);
    CHECK(lines[i].starts_with(all_syntax()[i].keyword));
    CHECK(parse_command(lines[i]).has_value());
  }
}

TEST_CASE("a complaint points at the word and names the nearest one") {
  CHECK(blamed("rol 3d6") == "rol");
  CHECK(says(complaint_about("rol 3d6"), "did you mean roll?"));
  CHECK(says(complaint_about("atack by: a to: b"), "did you mean attack?"));
  CHECK(blamed("encounter strat") == "strat");
  CHECK(says(complaint_about("encounter strat"), "did you mean start?"));
  CHECK(blamed("damage to: zombie dise: 7d1 type: fire") == "dise:");
  CHECK(says(complaint_about("damage to: zombie dise: 7d1"), "did you mean dice:?"));
  CHECK(blamed("roll 3x6") == "x6");
  CHECK(blamed("damage to: a dice: 1d6 + x type: fire") == "x");
  CHECK(blamed("attack by: Ogre Zombie to: a") == "Zombie");
  CHECK(says(complaint_about("attack by: Ogre Zombie to: a"), "\"Ogre Zombie\""));
  CHECK(blamed("heal to: a amount: many") == "many");
  CHECK(blamed("note \"never closed") == "\"never closed");
  CHECK(blamed("attack by: to: b") == "by:");
  CHECK(blamed("attack by: a by: b to: c") == "by:");
  CHECK(blamed("attack by: a to: b to: c") == "to:");
  CHECK(says(complaint_about("attack by: a to: b to: c"), "go on with and:"));
  CHECK(blamed("and: zombie") == "and:");
  CHECK(blamed("turn around") == "around");
}

TEST_CASE("a command that takes one name says so, whoever goes on with another") {
  for (const std::string line :
       {"damage to: a and: b dice: 1d6 type: fire", "heal to: a and: b amount: 1",
        "inflict prone to: a and: b", "give rope to: a and: b", "lift prone from: a and: b"}) {
    CAPTURE(line);
    CHECK(blamed(line) == "and:");
    CHECK(says(complaint_about(line), line.substr(0, line.find(' ')) + " takes one name"));
  }
  for (const char* line : {"attack to: a dice: d20 and: b", "turn and: a"})
    CHECK(
        says(complaint_about(line), "and: continues a list of names, and none comes right before"));
}

TEST_CASE("undo counts commands, turns or rounds") {
  using unit = command::undo::unit;
  CHECK(deed<command::undo>("undo").count == 1);
  CHECK(deed<command::undo>("UNDO Steps: 3").count == 3);
  CHECK(deed<command::undo>("undo turn: 2").what == unit::turn);
  CHECK(deed<command::undo>("undo round: 1 by: gm").what == unit::round);
  CHECK(says(complaint_about("undo steps: 0"), "nothing to undo in 0"));
  CHECK(says(complaint_about("undo steps: 1 turn: 1"), "one thing at a time"));
  CHECK(blamed("undo by: Brunhild") == "Brunhild");
  CHECK(says(complaint_about("session end by: Brunhild"), "only the game master (GM)"));
}

TEST_CASE("what is missing is asked for") {
  CHECK(says(complaint_about("level-up"), "level-up needs by:"));
  CHECK(says(complaint_about("attack by: a"), "attack needs to:"));
  CHECK(says(complaint_about("roll"), "roll what?"));
  CHECK(says(complaint_about("encounter"), "start or end"));
  CHECK(says(complaint_about("heal to: a"), "either amount: or dice:"));
  CHECK(says(complaint_about("heal to: a amount: 1 dice: 1d4"), "either amount: or dice:"));
  CHECK(says(complaint_about("damage dice: 1d6"), "what type:"));
  CHECK(says(complaint_about("damage type: fire"), "dice: comes before"));
  CHECK(says(complaint_about("damage dice: 1d6 dice: 1d6 type: fire"), "no type: yet"));
  CHECK(says(complaint_about("initiative 12"), "whose initiative"));
}

TEST_CASE("quotes with nothing between them are no name and no text") {
  for (const std::string line :
       {"give \"\" to: zombie-1", "give \" \" to: zombie-1", "give rope to: \"\"", "note \"\"",
        "note \"  \"", "add zombie and: \"\"", "attack by: \"\" to: a"}) {
    CAPTURE(line);
    CHECK(says(complaint_about(line), "nothing stands between the quotes"));
    CHECK(blamed(line).front() == '"');
  }
  CHECK(deed<command::note>("note the sign says \" \", or so").text ==
        "the sign says \" \", or so");
}

TEST_CASE("commands of other games are no commands") {
  for (const auto* line : {"cast fireball", "move to: door", "42", "\"add\""})
    CHECK_FALSE(parse_command(line).has_value());
}

TEST_CASE("hostile lines are refused and cost little") {
  CHECK(says(complaint_about(std::string(70'000, 'x')), "longer than"));
  CHECK(says(complaint_about("note \x01"), "control character"));
  CHECK(says(complaint_about("note \xff"), "UTF-8"));
  CHECK(says(complaint_about("heal to: a amount: 99999999999999999999"), "up to 1000000"));
  std::string kinds = "damage to: a";
  for (int i = 0; i < 21; ++i) kinds += " dice: 1000d1000 type: fire";
  CHECK(says(complaint_about(kinds), "at most 20"));
}

TEST_CASE("blank lines and remarks are silent") {
  CHECK(is_silent(""));
  CHECK(is_silent("  \t\r"));
  CHECK(is_silent("  # the fight begins"));
  CHECK_FALSE(is_silent("turn # not a remark"));
}

TEST_CASE("the words to blame are underlined, whatever stands before them") {
  CHECK(point_at("roll 3x6", {"", 6, 2}) == "  roll 3x6\n        ^~\n");
  CHECK(point_at("nöte x", {"", 6, 1}) == "  nöte x\n       ^\n");
  CHECK(point_at("turn", {"no place"}).empty());
}

TEST_CASE("the nearest word is one slip away, or the only one that begins so") {
  const std::vector<std::string> words{"zombie", "ogre-zombie", "goblin", "hobgoblin"};
  CHECK(nearest("zomibe", words) == "zombie");
  CHECK(nearest("GOBLIM", words) == "goblin");
  CHECK(nearest("hob", words) == "hobgoblin");
  CHECK_FALSE(nearest("dragon", words));
  CHECK_FALSE(nearest("", words));
}

TEST_CASE("what people say who know the game is told how it is said here") {
  const auto why = [](std::string_view line) {
    const auto understood = parse_command(line);
    return understood ? std::string{} : understood.error().message;
  };
  using Catch::Contains;
  CHECK_THAT(why("cast fireball"), Contains("say attack with: SPELL"));
  CHECK_THAT(why("start"), Contains("did you mean encounter start or session start?"));
  CHECK_THAT(why("attack goblin"), Contains("say to: goblin"));
  CHECK_THAT(why("heal mira 5"), Contains("say to: mira"));
  CHECK_THAT(why("roll"), Contains("roll what? usage: "));
  CHECK_THAT(why("initiative by: mira 5 7"), !Contains("quotes"));
}

TEST_CASE("a note in quotes may be followed by who speaks, and by nothing else") {
  CHECK(deed<command::note>("note \"x\" by: GM").text == "x");
  CHECK_FALSE(parse_command("note \"x\" by: Mira").has_value());
  CHECK_FALSE(parse_command("note \"x\" to: GM").has_value());
  CHECK(deed<command::note>("note \"Halt!\" says he").text == "\"Halt!\" says he");
}

TEST_CASE("folding knows every script") {
  CHECK(folded("BJÖRN") == "björn");
  CHECK(same_word("STRASSE", "straße"));
  CHECK(same_word("Bjo\u0308rn", "BJÖRN")); // an accent of its own, or in one
  CHECK(same_word("ΣΊΣΥΦΟΣ", "σίσυφος"));
  CHECK_FALSE(same_word("bjorn", "björn"));
  CHECK(folded("\xff Ä") == "\xff Ä"); // no UTF-8: left alone
  CHECK(columns("Åsgård") == 6);
  CHECK(columns("日本") == 4);
  CHECK(padded("Å", 3) == "Å  ");
}
