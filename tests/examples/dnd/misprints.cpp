// Pages with a word that no book knows.
#include "library/library.hpp"

#include <evstore/error.hpp>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>

using namespace dnd;

namespace {

namespace fs = std::filesystem;

/// The books of the program, and before them a shelf that a test writes.
struct shelf {
  fs::path directory = fs::temp_directory_path() / "dnd-misprints";
  library books{{directory, DND_BOOKS}};

  shelf() {
    fs::remove_all(directory);
    fs::create_directories(directory / "characters");
    fs::create_directories(directory / "monsters");
  }
  ~shelf() { fs::remove_all(directory); }
  shelf(const shelf&) = delete;
  shelf& operator=(const shelf&) = delete;

  void write(const std::string& page, const std::string& text) const {
    std::ofstream{directory / (page + ".yaml")} << text;
  }

  /// What is wrong with a character that has these lines, too.
  evstore::error why_not(const std::string& lines) const {
    write("characters/mira",
          "name: Mira O'Dell\narmor_class: 13\nhit_points: 9\n"
          "hit_dice: \"1d8\"\n" +
              lines);
    try {
      static_cast<void>(books.find_creature("mira"));
    } catch (const evstore::error& refused) {
      return refused;
    }
    FAIL(lines << " is accepted");
    throw;
  }
};

} // namespace

TEST_CASE("a misprint on a character's page is refused with its place and the nearest word") {
  const shelf at;
  struct misprint {
    const char* lines;
    std::uint64_t line;
    const char* path;
    const char* meant;
  };
  for (const misprint& each : {
           misprint{"damage_resistances: [fier]\n", 5, "$.damage_resistances[0]", "fire?"},
           misprint{"damage_immunities:\n  - cold\n  - poisn\n", 7, "$.damage_immunities[1]",
                    "poison?"},
           misprint{"damage_vulnerabilities: [\"cold fire\"]\n", 5, "$.damage_vulnerabilities[0]",
                    "no damage type"},
           misprint{"condition_immunities: [pron]\n", 5, "$.condition_immunities[0]", "prone?"},
           misprint{"strenght: 16\n", 5, "$.strenght", "strength?"},
           misprint{"motto: ever\n", 5, "$.motto", "there is no field"},
           misprint{"level: 21\n", 5, "$.level", "from 1 to 20"},
           misprint{"attacks:\n  - {name: horn, bonus: 2, damage: [{dice: 1d4, type: sonic}]}\n", 6,
                    "$.attacks[0].damage[0].type", "no damage type"},
           misprint{"attacks:\n  - {name: bow, bonus: 2, damage: [{dice: 1d, type: fire}]}\n", 6,
                    "$.attacks[0].damage[0].dice", "how many sides"},
           misprint{"attacks:\n  - {name: bow, bonsu: 2, damage: []}\n", 6, "$.attacks[0].bonsu",
                    "bonus?"},
       }) {
    CAPTURE(each.lines);
    const evstore::error refused = at.why_not(each.lines);
    CHECK(refused.code() == evstore::errc::decode_failed);
    CHECK(refused.place().line == each.line);
    CHECK(refused.place().path == each.path);
    CHECK(refused.place().file.ends_with("characters/mira.yaml"));
    CHECK(std::string{refused.what()}.find(each.meant) != std::string::npos);
  }
}

TEST_CASE("a name that cannot be said on one line is refused") {
  const shelf at;
  CHECK(at.why_not("equipment: [torch, \"\"]\n").message() == "this name is empty");
  CHECK(at.why_not("traits: [\"a\\nb\"]\n").place().path == "$.traits[0]");
  CHECK(at.why_not("attacks:\n  - {name: \"  \", bonus: 2, damage: []}\n").place().path ==
        "$.attacks[0].name");
  for (const auto* name : {"\"\"", "\"   \"", "\"a\\eb\"", "\"two\\nlines\"", "\"\\u009b31m\""}) {
    CAPTURE(name);
    at.write("characters/odd",
             "name: " + std::string{name} + "\narmor_class: 13\nhit_points: 9\nhit_dice: 1d8\n");
    CHECK_THROWS_WITH(at.books.find_creature("odd"), Catch::Contains("this name"));
  }
  at.write("characters/odd", "name: \"Zoë Ça\"\narmor_class: 13\nhit_points: 9\nhit_dice: 1d8\n");
  CHECK(at.books.find_creature("odd")->name == "Zoë Ça");
}

TEST_CASE(
    "a misprint on the page of a monster is refused, and what the SRD says in sentences is not") {
  const shelf at;
  std::ifstream original{fs::path{DND_BOOKS} / "monsters/zombie.yaml"};
  const std::string page{std::istreambuf_iterator<char>{original}, {}};
  const auto with = [&](const std::string& resistance) {
    const std::string empty = "damage_resistances: []";
    REQUIRE(page.find(empty) != std::string::npos);
    std::string other = page;
    other.replace(page.find(empty), empty.size(), "damage_resistances: [\"" + resistance + "\"]");
    at.write("monsters/ghast", other);
    return at.books.find_creature("ghast");
  };
  CHECK_THROWS_WITH(with("slahing"), Catch::Contains("did you mean slashing?"));
  CHECK(with("bludgeoning from nonmagical weapons")->damage_resistances.size() == 1);
}

TEST_CASE("every monster of the books is without misprints") {
  const shelf at;
  for (const std::string& name : at.books.entries("monsters")) {
    CAPTURE(name);
    CHECK(at.books.find_creature(name));
  }
}

TEST_CASE("a page is found by the name that stands on it, whatever its file is called") {
  const shelf at;
  at.write("characters/mira", "name: Mira O'Dell\narmor_class: 13\nhit_points: 9\nhit_dice: 1d8\n");
  CHECK(at.books.find_creature("mira o'dell")->source == "characters/mira.yaml");
  CHECK(at.books.find_creature("MIRA O'DELL"));
  CHECK_FALSE(at.books.find_creature("O'Dell"));
}
