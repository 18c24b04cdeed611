// Values that people read and edit.
#include <evstore/yaml.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

// region: described
enum class size : std::uint8_t { small, medium, large };
EVSTORE_DESCRIBE_ENUM(size, small, medium, large)

struct attack {
  std::string name;
  int bonus = 0;
};
EVSTORE_DESCRIBE(attack, name, bonus)

struct monster {
  std::string name;
  size build = size::medium;
  int hit_points = 0;
  std::optional<std::string> lore;
  std::vector<attack> attacks;
};
EVSTORE_DESCRIBE(monster, name, build, hit_points, lore, attacks)
// endregion

namespace {

// region: text
constexpr const char* zombie_page = R"(name: Zombie
build: medium
hit_points: 22
lore: |
  It does not sleep.
  It does not stop.
attacks:
  - name: Slam
    bonus: 3
)";
// endregion

} // namespace

TEST_CASE("a value is written as people would") {
  const monster zombie{
      "Zombie", size::medium, 22, "It does not sleep.\nIt does not stop.\n", {{"Slam", 3}}};
  // region: write
  const std::string page = evstore::yaml::write(zombie);
  // endregion
  CHECK(page == zombie_page);
}

TEST_CASE("a page is read into a value") {
  // region: read
  const auto zombie = evstore::yaml::read<monster>(zombie_page, {.file = "zombie.yaml"});
  std::cout << zombie.name << " has " << zombie.hit_points << " hit points\n";
  // endregion
  CHECK(zombie.attacks.at(0).bonus == 3);
}

TEST_CASE("a page that does not fit says where") {
  const std::string page = "name: Wolf\nbuild: huge\n";
  std::string said;
  // region: error
  try {
    const auto wolf = evstore::yaml::read<monster>(page, {.file = "wolf.yaml"});
  } catch (const evstore::error& failed) {
    said = failed.what();
    // decode failed: huge is not one of: small, medium, large [file wolf.yaml, line 2, path $.build]
  }
  // endregion
  CHECK(said ==
        "decode failed: huge is not one of: small, medium, large [file wolf.yaml, line 2, "
        "path $.build]");
}

TEST_CASE("a misspelt field is refused where that is wanted") {
  const std::string page = "name: Wolf\nbuild: medium\nhit_points: 11\nattacks: []\nhitpoints: 9\n";
  // region: unknown
  const evstore::yaml::read_options strict{.file = "wolf.yaml",
                                           .unknown = evstore::yaml::unknown_fields::refuse};
  CHECK_THROWS_WITH(evstore::yaml::read<monster>(page, strict),
                    Catch::Contains("there is no such field; monster has: name, build"));
  // endregion
  CHECK(evstore::yaml::read<monster>(page).hit_points == 11);
}
