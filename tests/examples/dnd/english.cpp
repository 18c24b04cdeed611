#include "history/english.hpp"

#include <catch2/catch.hpp>

using namespace dnd;

TEST_CASE("things have the article that they are said with") {
  CHECK(english::with_article("longsword") == "a longsword");
  CHECK(english::with_article("axe") == "an axe");
  CHECK(english::with_article("unicorn") == "a unicorn");
  CHECK(english::with_article("claws") == "claws");
  CHECK(english::with_article("rations 1 day") == "rations 1 day");
  CHECK(english::with_article("glass bottle") == "a glass bottle");
  CHECK(english::with_article("").empty());
}

TEST_CASE("monsters come in numbers") {
  for (const auto& [one, many] :
       {std::pair{"zombie", "zombies"}, std::pair{"dire wolf", "dire wolves"},
        std::pair{"mummy", "mummies"}, std::pair{"lich", "liches"},
        std::pair{"swarm of bats", "swarms of bats"}, std::pair{"elk", "elk"},
        std::pair{"hit die", "hit dice"}, std::pair{"boy", "boys"}})
    CHECK(english::plural(one) == many);
  CHECK(english::some(1, "ogre") == "an ogre");
  CHECK(english::some(3, "ogre") == "three ogres");
  CHECK(english::some(13, "ogre") == "13 ogres");
  CHECK(english::counted(0, "round") == "no rounds");
}

TEST_CASE("numbers have their order") {
  CHECK(english::ordinal(1) == "first");
  CHECK(english::ordinal(12) == "twelfth");
  for (const auto& [number, said] :
       {std::pair{13, "13th"}, std::pair{21, "21st"}, std::pair{22, "22nd"},
        std::pair{103, "103rd"}, std::pair{111, "111th"}})
    CHECK(english::ordinal(number) == said);
}

TEST_CASE("times of the log are told as days and hours") {
  CHECK(english::date("2026-11-05T19:02:31.5Z") == "5 November 2026");
  CHECK(english::hour("2026-11-05T19:02:31.5Z") == "19:02");
  CHECK(english::date("2026-99-05T19:02:31.5Z") == "2026-99-05");
  CHECK(english::date("soon") == "soon");
  CHECK(english::hour("soon").empty());
}

TEST_CASE("lines are broken at spaces and counted in letters") {
  CHECK(english::wrapped("one two three", 7) == "one two\nthree");
  CHECK(english::wrapped("Ägypten öde", 11) == "Ägypten öde");
  CHECK(english::wrapped("incomprehensibilities are", 5) == "incomprehensibilities\nare");
  CHECK(english::wrapped("", 5).empty());
}
