#include "files/slug.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace dnd;

TEST_CASE("a name becomes a directory that every file system can have") {
  const std::vector<std::pair<std::string, std::string>> names{
      {"The Lost Mine", "The-Lost-Mine"},
      {"The-Lost-Mine", "The-Lost-Mine"},
      {"Baldur's Gate", "Baldurs-Gate"},
      {"Mörk Borg & Ødegård", "Mork-Borg-Odegard"},
      {"Straße 7", "Strasse-7"},
      {"A.B..C", "A-B-C"},
      {"CON.txt", "CON-txt"},
      {"the 🐉 king", "the-u1f409-king"},
      {"🐉", "u1f409"},
      {"竜", "u7adc"},
      {"..a", "a"},
  };
  for (const auto& [name, slug] : names) {
    CAPTURE(name);
    const auto found = slug_of(name);
    REQUIRE(found);
    CHECK(*found == slug);
  }
}

TEST_CASE("names that lead elsewhere or deceive are refused") {
  const std::vector<std::string> names{"",
                                       ".",
                                       "..",
                                       "../x",
                                       "/etc",
                                       "a/b",
                                       "a\\b",
                                       " ",
                                       "trailing ",
                                       " leading",
                                       "---",
                                       "CON",
                                       "nul",
                                       "Com1",
                                       "tab\there",
                                       std::string{"nul\0byte", 8},
                                       "line\nbreak",
                                       "right\u202Eleft",
                                       "zero\u200Bwidth",
                                       "\uFEFFbom",
                                       "c1\u0085",
                                       "\xff",
                                       "\xc0\xaf",
                                       std::string(300, 'x'),
                                       std::string(150, 'x')};
  for (const std::string& name : names) {
    CAPTURE(name);
    CHECK_FALSE(slug_of(name).has_value());
  }
}
