// What subscribers share, and which commits make a subscribed query run again.
#include <evstore/convex/executor.hpp>
#include <evstore/convex/recorded_table.hpp>
#include <evstore/evstore.hpp>
#include <evstore/memory/adapter.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace evstore;
using convex::object;
using convex::value;

namespace scores {

struct scored {
  std::string player;
  std::string team;
  std::int64_t points = 0;
};
EVSTORE_DESCRIBE(scored, player, team, points)
struct left {
  std::string player;
};
EVSTORE_DESCRIBE(left, player)

struct events
    : event_set<named<"scored", scored>, named<"left", left>, convex::named_mutation_answered> {};

using player = scored;
// region: recorded
using table_of_players =
    convex::recorded_table<player, key<&player::player>, ordered<"by_team", &player::team>,
                           ordered<"by_points", &player::points>,
                           composite<"by_both", &player::team, &player::points>>;

struct model {
  static constexpr bool records_reads = true; // all of its state is in recorded tables
  table_of_players players;
  void evolve(const scored& event) { static_cast<void>(players.upsert(event)); }
  void evolve(const left& event) { players.erase(event.player); }
};
// endregion

struct one_text {
  std::string name;
};
EVSTORE_DESCRIBE(one_text, name)

std::vector<std::string> names(const auto& rows) {
  std::vector<std::string> found;
  for (const player& each : rows) found.push_back(each.player + std::to_string(each.points));
  return found;
}

convex::functions<events, model> functions() {
  using mutation = convex::mutation<events, model>;
  convex::functions<events, model> all{{"players"}};
  all.mutation<scored>("score", [](mutation& call, const scored& event) {
    call.write("player-" + event.player, any, event);
  });
  all.mutation<one_text>("leave", [](mutation& call, const one_text& asked) {
    call.write("player-" + asked.name, any, left{asked.name});
  });
  all.query<one_text>("one", [](const model& seen, const one_text& asked) {
    const player* const found = seen.players.find(asked.name);
    return found ? found->points : std::int64_t{-1};
  });
  all.query<one_text>("team", [](const model& seen, const one_text& asked) {
    return names(seen.players.by<"by_team">().equal(asked.name));
  });
  all.query<one_text>("rich", [](const model& seen, const one_text&) {
    return names(seen.players.by<"by_points">().at_least(100));
  });
  all.query<one_text>("middle", [](const model& seen, const one_text&) {
    return names(seen.players.by<"by_points">().range(10, 20));
  });
  all.query<one_text>("poor", [](const model& seen, const one_text&) {
    return names(seen.players.by<"by_points">().at_most(5));
  });
  all.query<one_text>("team prefix", [](const model& seen, const one_text& asked) {
    return names(seen.players.by<"by_both">().prefix(asked.name));
  });
  all.query<one_text>("all",
                      [](const model& seen, const one_text&) { return names(seen.players); });
  all.query<one_text>("count", [](const model& seen, const one_text&) {
    return static_cast<std::int64_t>(seen.players.size());
  });
  all.query<one_text>("nothing", [](const model&, const one_text&) { return 1.0; });
  return all;
}

using executor = convex::executor<events, memory::adapter, model>;

} // namespace scores

namespace {

struct league {
  scores::executor runs{evstore::open<scores::events>(memory::adapter{}), scores::functions()};
  int woken = 0;
  convex::wake_call wake = std::make_shared<const std::function<void()>>([this] { ++woken; });

  auto subscribe(const std::string& path, const std::string& name = "x") {
    return runs.subscribe({path, object{{"name", name}}}, std::nullopt, wake);
  }
  convex::shared_text look(const convex::live_queries::watch& at) {
    convex::shared_text seen;
    runs.look([&](global_position, const auto& current) { seen = current(at); });
    return seen;
  }
  void score(const std::string& player, const std::string& team, std::int64_t points) {
    REQUIRE(runs.mutate({"score", object{{"player", player}, {"team", team}, {"points", points}}})
                .outcome);
  }
  /// Whether a commit wakes the only subscriber, whose query then has run again.
  template <class Commit>
  bool reaches(const convex::live_queries::watch& at, Commit commit) {
    look(at);
    const int before = woken;
    const std::size_t runs_before = runs.count().live_query_runs;
    commit();
    // Whoever was told waits for the waking too, by way of a mutation that changes nothing.
    REQUIRE(runs.mutate({"leave", object{{"name", "nobody"}}}).outcome);
    look(at);
    const bool again = runs.count().live_query_runs != runs_before;
    CHECK(again == (woken != before));
    return again;
  }
};

} // namespace

TEST_CASE("subscribers to one query share its runs and its bytes") {
  league on;
  on.score("ada", "red", 7);
  const auto one = on.subscribe("one", "ada");
  const auto same = on.subscribe("one.js:default", "ada");
  const auto other = on.subscribe("one", "bob");
  CHECK(on.runs.count().live_queries == 2);
  const auto text = on.look(one);
  CHECK(on.look(same) == text);
  CHECK(on.look(other) != text);
  CHECK(on.runs.count().live_query_runs == 2);
  on.score("ada", "red", 8);
  CHECK(on.look(same) != text);
  CHECK(on.look(one) == on.look(same));
  CHECK(on.runs.count().live_query_runs == 3);
}

TEST_CASE("a result that is the same again has the same address") {
  league on;
  on.score("ada", "red", 7);
  const auto one = on.subscribe("one", "ada");
  const auto text = on.look(one);
  on.score("ada", "blue", 7);
  CHECK(on.look(one) == text);
  CHECK(on.runs.count().live_query_runs == 2);
}

TEST_CASE("a query is forgotten with its last subscriber") {
  league on;
  {
    const auto one = on.subscribe("one", "ada");
    on.look(one);
    auto same = on.subscribe("one", "ada");
    auto moved = std::move(same);
    CHECK(on.runs.count().live_queries == 1);
  }
  CHECK(on.runs.count().live_queries == 0);
  on.score("ada", "red", 7);
  CHECK(on.woken == 0);
}

TEST_CASE("a query runs again when a row that it asked for has changed, and else not") {
  league on;
  on.score("ada", "red", 7);
  on.score("bob", "blue", 15);
  const auto scored = [&](const char* player, const char* team, std::int64_t points) {
    return [&on, player, team, points] { on.score(player, team, points); };
  };
  SECTION("a key, whether it is there or not") {
    const auto ada = on.subscribe("one", "ada");
    CHECK_FALSE(on.reaches(ada, scored("bob", "blue", 16)));
    CHECK(on.reaches(ada, scored("ada", "red", 8)));
    const auto eve = on.subscribe("one", "eve");
    CHECK_FALSE(on.reaches(eve, scored("adam", "red", 9)));
    CHECK(on.reaches(eve, scored("eve", "red", 9)));
  }
  SECTION("the rows with a value: that come, change and go") {
    const auto red = on.subscribe("team", "red");
    CHECK_FALSE(on.reaches(red, scored("bob", "blue", 16)));
    CHECK(on.reaches(red, scored("cid", "red", 1)));
    CHECK(on.reaches(red, scored("cid", "red", 2)));
    CHECK(on.reaches(red, scored("cid", "blue", 2)));
    CHECK_FALSE(on.reaches(red, scored("cid", "blue", 3)));
    CHECK(on.reaches(red, [&] {
      static_cast<void>(on.runs.mutate({"leave", object{{"name", "ada"}}}));
    }));
  }
  SECTION("ranges") {
    const auto rich = on.subscribe("rich");
    CHECK_FALSE(on.reaches(rich, scored("ada", "red", 99)));
    CHECK(on.reaches(rich, scored("ada", "red", 100)));
    CHECK(on.reaches(rich, scored("ada", "red", 1)));
  }
  SECTION("ranges between two values") {
    const auto middle = on.subscribe("middle");
    CHECK_FALSE(on.reaches(middle, scored("ada", "red", 9)));
    CHECK(on.reaches(middle, scored("ada", "red", 20)));
    CHECK_FALSE(on.reaches(middle, scored("cid", "red", 21)));
  }
  SECTION("ranges up to a value") {
    const auto poor = on.subscribe("poor");
    CHECK_FALSE(on.reaches(poor, scored("ada", "red", 6)));
    CHECK(on.reaches(poor, scored("ada", "red", 5)));
  }
  SECTION("the first members of an index") {
    const auto red = on.subscribe("team prefix", "red");
    CHECK_FALSE(on.reaches(red, scored("bob", "blue", 1)));
    CHECK(on.reaches(red, scored("bob", "red", 1)));
  }
  SECTION("all rows, and their number") {
    for (const char* path : {"all", "count"}) {
      const auto all = on.subscribe(path);
      CHECK(on.reaches(all, scored("bob", "blue", 1)));
    }
  }
  SECTION("nothing at all") {
    const auto nothing = on.subscribe("nothing");
    CHECK_FALSE(on.reaches(nothing, scored("bob", "blue", 1)));
  }
}

TEST_CASE("a failure is a result, and what it read before counts") {
  league on;
  const auto unknown = on.subscribe("no such function");
  CHECK_THAT(*on.look(unknown), Catch::Contains("Could not find public function"));
  CHECK_FALSE(on.reaches(unknown, [&] { on.score("ada", "red", 1); }));
}
