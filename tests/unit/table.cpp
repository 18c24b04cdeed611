#include <evstore/table.hpp>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace evstore;

namespace {

struct creature {
  std::string id;
  std::string name;
  std::string zone;
  std::int64_t hp = 0;
  std::vector<std::string> tags;

  [[nodiscard]] bool is_down() const { return hp <= 0; }
  friend bool operator==(const creature&, const creature&) = default;
};

using creatures = table<creature, key<&creature::id>, unique<"by_name", &creature::name>,
                        ordered<"by_hp", &creature::hp>, ordered<"by_down", &creature::is_down>,
                        ordered<"by_name_size", [](const creature& c) { return c.name.size(); }>,
                        composite<"by_zone_hp", &creature::zone, &creature::hp>,
                        multi_entry<"by_tag", &creature::tags>>;

creatures cave_and_mine() {
  creatures t;
  t.insert({"zombie-2", "Rob", "mine", 7, {"undead", "slow"}}).value();
  t.insert({"wolf-1", "Grey", "cave", 11, {"beast"}}).value();
  t.insert({"zombie-1", "Bob", "cave", 22, {"undead", "slow"}}).value();
  t.insert({"ogre-1", "Urgh", "cave", 7, {}}).value();
  return t;
}

template <class Rows>
std::string ids(const Rows& rows) {
  std::string text;
  for (const creature& c : rows) text.append(text.empty() ? "" : " ").append(c.id);
  return text;
}

} // namespace

TEST_CASE("a table is in the order of its key") {
  const creatures t = cave_and_mine();
  CHECK(ids(t) == "ogre-1 wolf-1 zombie-1 zombie-2");
  CHECK(ids(t.by<"key">().range("p", "zombie-1")) == "wolf-1 zombie-1");
  REQUIRE(t.find("wolf-1") != nullptr);
  CHECK(t.find("wolf-1")->name == "Grey");
  CHECK(t.find("wolf") == nullptr);
}

TEST_CASE("a unique index finds the one row and names itself when it refuses") {
  creatures t = cave_and_mine();
  REQUIRE(t.by<"by_name">().find("Rob") != nullptr);
  CHECK(t.by<"by_name">().find("Rob")->id == "zombie-2");
  CHECK(t.by<"by_name">().find("Nobody") == nullptr);

  const auto refused = t.insert({"zombie-3", "Rob", "mine", 1, {"undead"}});
  REQUIRE(!refused);
  CHECK(refused.error() == table_refusal{table_refusal::kind::taken, "by_name"});
  CHECK(refused.error().to_string() == "another row stands in the way in index by_name");
  CHECK(t == cave_and_mine());
  CHECK(t.by<"by_tag">().equal("undead").size() == 2);

  CHECK(t.insert({"zombie-1", "New", "mine", 1, {}}).error().index == "key");
  CHECK_THROWS_WITH(t.insert({"zombie-1", "New", "mine", 1, {}}).value(),
                    Catch::Contains("index key"));
}

TEST_CASE("ordered indexes give ranges with both ends, rows of one value in the order they came") {
  const creatures t = cave_and_mine();
  const auto by_hp = t.by<"by_hp">();
  CHECK(ids(by_hp) == "zombie-2 ogre-1 wolf-1 zombie-1");
  CHECK(ids(by_hp.range(7, 11)) == "zombie-2 ogre-1 wolf-1");
  CHECK(ids(by_hp.range(8, 10)) == "");
  CHECK(ids(by_hp.range(22, 7)) == "");
  CHECK(ids(by_hp.equal(7)) == "zombie-2 ogre-1");
  CHECK(ids(by_hp.at_least(11)) == "wolf-1 zombie-1");
  CHECK(ids(by_hp.at_most(11)) == "zombie-2 ogre-1 wolf-1");
  CHECK(by_hp.rbegin()->id == "zombie-1");
}

TEST_CASE("an index may be of a member function or of a lambda") {
  const creatures t = cave_and_mine();
  CHECK(t.by<"by_down">().equal(true).empty());
  CHECK(t.by<"by_down">().equal(false).size() == 4);
  CHECK(ids(t.by<"by_name_size">().equal(4)) == "wolf-1 ogre-1");
}

TEST_CASE("a composite index is found by all of its members or by the first few") {
  const creatures t = cave_and_mine();
  const auto by_zone_hp = t.by<"by_zone_hp">();
  CHECK(ids(by_zone_hp.prefix("cave")) == "ogre-1 wolf-1 zombie-1");
  CHECK(ids(by_zone_hp.prefix("cave", 11)) == "wolf-1");
  CHECK(ids(by_zone_hp.equal({"mine", 7})) == "zombie-2");
  CHECK(ids(by_zone_hp.range({"cave", 8}, {"cave", 30})) == "wolf-1 zombie-1");
  CHECK(by_zone_hp.prefix("tower").empty());
}

TEST_CASE("a multi-entry index finds a row by each of its elements") {
  creatures t = cave_and_mine();
  const auto by_tag = t.by<"by_tag">();
  CHECK(ids(by_tag.equal("undead")) == "zombie-1 zombie-2");
  CHECK(ids(by_tag.equal("beast")) == "wolf-1");
  CHECK(by_tag.equal("dragon").empty());
  CHECK(ids(by_tag.range("a", "slow")) == "wolf-1 zombie-1 zombie-2");
  CHECK(by_tag.range("z", "a").empty());

  SECTION("an element that stands twice in a row counts once") {
    t.insert({"bat-1", "Bat", "cave", 1, {"flying", "flying"}}).value();
    CHECK(ids(by_tag.equal("flying")) == "bat-1");
    CHECK(t.erase("bat-1"));
    CHECK(by_tag.equal("flying").empty());
  }
  SECTION("the index follows changes of elements and of the key") {
    CHECK(t.modify("zombie-1", [](creature& c) { c.tags = {"ash", "undead"}; }));
    CHECK(t.modify("zombie-2", [](creature& c) { c.id = "a-zombie"; }));
    CHECK(ids(by_tag) == "zombie-1 wolf-1 a-zombie a-zombie zombie-1");
    CHECK(t.erase("a-zombie"));
    CHECK(ids(by_tag.equal("undead")) == "zombie-1");
    t.clear();
    CHECK(ids(by_tag) == "");
  }
}

TEST_CASE("modify changes a row in all indexes or in none") {
  creatures t = cave_and_mine();
  const creature* before = t.find("wolf-1");
  const auto changed = t.modify("wolf-1", [](creature& c) { c.hp = 30; });
  REQUIRE(changed);
  CHECK(*changed == before);
  CHECK(ids(t.by<"by_hp">().at_least(22)) == "zombie-1 wolf-1");

  const auto taken = t.modify("wolf-1", [](creature& c) {
    c.name = "Rob";
    c.tags = {"undead"};
  });
  REQUIRE(!taken);
  CHECK(taken.error().index == "by_name");
  CHECK(t.find("wolf-1")->name == "Grey");
  CHECK(ids(t.by<"by_tag">().equal("undead")) == "zombie-1 zombie-2");

  const auto absent = t.modify("wolf-9", [](creature&) { FAIL("there is no such row"); });
  REQUIRE(!absent);
  CHECK(absent.error() == table_refusal{table_refusal::kind::absent, "key"});

  CHECK_THROWS_AS(t.modify("wolf-1",
                           [](creature& c) {
                             c.tags = {"half"};
                             throw 1;
                           }),
                  int);
  CHECK(t.by<"by_tag">().equal("half").empty());
}

TEST_CASE("upsert adds or replaces by key") {
  creatures t = cave_and_mine();
  CHECK(t.upsert({"wolf-1", "Grey", "mine", 3, {"beast", "tame"}}));
  CHECK(t.size() == 4);
  CHECK(ids(t.by<"by_tag">().equal("tame")) == "wolf-1");
  CHECK(t.upsert({"wolf-2", "White", "mine", 3, {}}));
  CHECK(t.size() == 5);
  CHECK(t.upsert({"wolf-2", "Grey", "mine", 3, {}}).error().index == "by_name");
}

TEST_CASE("erase says whether there was a row") {
  creatures t = cave_and_mine();
  CHECK(t.erase("wolf-1"));
  CHECK_FALSE(t.erase("wolf-1"));
  CHECK(t.by<"by_tag">().equal("beast").empty());
  CHECK(t.by<"by_name">().find("Grey") == nullptr);
}

TEST_CASE("a copy is a table of its own, a moved table takes its rows along") {
  creatures t = cave_and_mine();
  creatures copy = t;
  CHECK(copy == t);
  t.clear();
  CHECK(ids(copy.by<"by_tag">().equal("slow")) == "zombie-1 zombie-2");

  const creatures moved = std::move(copy);
  CHECK(ids(moved.by<"by_tag">().equal("slow")) == "zombie-1 zombie-2");
  t = moved;
  CHECK(t == moved);
  CHECK(ids(t.by<"by_hp">().equal(7)) == "zombie-2 ogre-1");
}

TEST_CASE("a key may have several members, and a unique index too") {
  struct seat {
    std::string hall;
    int row = 0;
    int number = 0;
    std::string guest;
  };
  table<seat, unique<"by_guest", &seat::hall, &seat::guest>,
        key<&seat::hall, &seat::row, &seat::number>>
      seats;
  CHECK(seats.insert({"north", 1, 2, "Ada"}));
  CHECK(seats.insert({"south", 1, 2, "Ada"}));
  CHECK(seats.insert({"north", 1, 2, "Bob"}).error().index == "key");
  CHECK(seats.insert({"north", 1, 3, "Ada"}).error().index == "by_guest");
  REQUIRE(seats.find({"south", 1, 2}) != nullptr);
  CHECK(seats.find({"south", 1, 2})->guest == "Ada");
  CHECK(seats.by<"key">().prefix("north", 1).size() == 1);
  CHECK(seats.by<"by_guest">().find({"north", "Ada"})->number == 2);
}

TEST_CASE("after any number of changes every index still agrees with the rows") {
  creatures t;
  std::map<std::string, creature> model;
  std::uint64_t random = 42;
  const auto draw = [&](std::uint64_t bound) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return (random >> 33) % bound;
  };
  const std::vector<std::string> words{"a", "b", "c", "d", "e", "f"};
  for (int step = 0; step < 4000; ++step) {
    creature c{words[draw(6)] + words[draw(6)],
               words[draw(6)] + words[draw(6)] + words[draw(2)],
               words[draw(3)],
               static_cast<std::int64_t>(draw(10)),
               {}};
    for (std::uint64_t i = draw(4); i > 0; --i) c.tags.push_back(words[draw(6)]);
    const auto same_name = [&](const auto& pair) { return pair.second.name == c.name; };
    const auto named = std::find_if(model.begin(), model.end(), same_name);
    const bool name_taken = named != model.end() && named->first != c.id;
    switch (draw(4)) {
    case 0: CHECK(t.erase(c.id) == (model.erase(c.id) == 1)); break;
    case 1: {
      const bool fits = !model.contains(c.id) && !name_taken;
      REQUIRE(t.insert(c).has_value() == fits);
      if (fits) model[c.id] = c;
      break;
    }
    case 2:
      REQUIRE(t.upsert(c).has_value() == !name_taken);
      if (!name_taken) model[c.id] = c;
      break;
    default: {
      const bool fits = model.contains(c.id) && !name_taken;
      REQUIRE(t.modify(c.id, [&](creature& row) { row = c; }).has_value() == fits);
      if (fits) model[c.id] = c;
    }
    }
  }
  REQUIRE(t.size() == model.size());
  for (const std::string& word : words) {
    std::string expected;
    for (const auto& [id, c] : model)
      if (std::find(c.tags.begin(), c.tags.end(), word) != c.tags.end())
        expected.append(expected.empty() ? "" : " ").append(id);
    CHECK(ids(t.by<"by_tag">().equal(word)) == expected);
  }
  for (std::int64_t hp = 0; hp < 10; ++hp) {
    const auto has_hp = [&](const auto& pair) { return pair.second.hp == hp; };
    CHECK(t.by<"by_hp">().equal(hp).size() ==
          static_cast<std::size_t>(std::count_if(model.begin(), model.end(), has_hp)));
  }
  auto row = t.begin();
  for (const auto& [id, c] : model) CHECK(*row++ == c);
}
