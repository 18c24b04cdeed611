#include "called.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <set>
#include <thread>
#include <vector>

using namespace called;
using Catch::Contains;
using convex::bytes;

namespace {

using in_memory = server<>;

object full_game() {
  return {{"state", object{{"n", std::int64_t{7}}, {"z", -0.0}}},
          {"rules", "rules"},
          {"isActive", true},
          {"runId", "run-1"},
          {"engine_tools", array{1.0, nullptr, bytes{std::byte{1}}}},
          {"engine_logic", "logic"},
          {"status", "generating"},
          {"progress", "Generating Sprites..."}};
}

std::vector<std::string> names_of_types(in_memory& on, std::uint64_t behind) {
  std::vector<std::string> types;
  auto cursor = on.log().read_all(evstore::query::all(), {});
  for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
    for (const auto& event : batch)
      if (event.position.value() > behind) types.emplace_back(event.type);
  return types;
}

} // namespace

TEST_CASE("every field of a game comes back as it was given") {
  in_memory call;
  const std::string id = text(call("games:create", full_game()));
  const value game = call.get(id);
  for (const auto& [name, given] : full_game()) CHECK(field(game, name) == given);
  CHECK(field(game, "_id") == value{id});
  CHECK(field(game, "_creationTime").is<double>());
  CHECK(game.get_if<object>()->size() == full_game().size() + 2);
}

TEST_CASE("a field that is absent stays absent") {
  in_memory call;
  const value game = call.get(call.create());
  CHECK_FALSE(has(game, "runId"));
  CHECK_FALSE(has(game, "engine_tools"));
  CHECK_FALSE(has(game, "engine_logic"));
  CHECK_FALSE(has(game, "progress"));
  object with_null = full_game();
  with_null.set("progress", nullptr);
  CHECK_THROWS_WITH(call("games:create", with_null), Contains("Path: .progress"));
}

TEST_CASE("a field of the wrong type, one too many and one too few are refused by name") {
  in_memory call;
  const auto refused = [&](std::string_view name, value wrong) {
    object game = full_game();
    game.set(name, std::move(wrong));
    CHECK_THROWS_WITH(call("games:create", game),
                      Contains("ArgumentValidationError") && Contains(std::string{name}));
  };
  refused("rules", 1.0);
  refused("isActive", "yes");
  refused("runId", 1.0);
  refused("engine_logic", array{});
  refused("status", "paused");
  refused("progress", true);
  refused("bogus", 1.0);
  object game = full_game();
  game.erase("rules");
  CHECK_THROWS_WITH(call("games:create", game), Contains("missing the required field `rules`"));
  CHECK(call.head().value() == 0);
}

TEST_CASE("ids of other tables and garbage are no games") {
  in_memory call;
  const std::string game = call.create();
  const std::string said =
      text(call("messages:send",
                {{"gameId", game}, {"role", "user"}, {"content", "hello"}, {"timestamp", 1.0}}));
  CHECK_THROWS_WITH(call.get(said), Contains("from table `messages`"));
  CHECK_THROWS_WITH(call.get("garbage"), Contains("ArgumentValidationError"));
  CHECK_THROWS_WITH(call("games:fly", {}), Contains("Could not find"));
}

TEST_CASE("a status without progress takes the progress away") {
  in_memory call;
  const std::string id = call.create();
  call("games:updateStatus",
       {{"gameId", id}, {"status", "generating"}, {"progress", "Generating Sprites..."}});
  CHECK(field(call.get(id), "progress") == value{"Generating Sprites..."});
  call("games:updateStatus", {{"gameId", id}, {"status", "playing"}});
  CHECK(field(call.get(id), "status") == value{"playing"});
  CHECK_FALSE(has(call.get(id), "progress"));
  call("games:updateStatus", {{"gameId", id}, {"status", "failed"}});
  CHECK(field(call.get(id), "status") == value{"failed"});
  CHECK_THROWS_WITH(call("games:updateStatus", {{"gameId", id}, {"status", "won"}}),
                    Contains("Path: .status"));
}

TEST_CASE("without an id the newest active game is meant") {
  in_memory call;
  CHECK(call("games:get", {}).is_null());
  const std::string first = call.create();
  const std::string second = call.create();
  const std::string inactive = call.create({}, false);
  CHECK(field(call("games:get", {}), "_id") == value{second});
  CHECK(field(call.get(inactive), "_id") == value{inactive});
  call("games:updateState", {{"gameId", second}, {"isActive", false}});
  CHECK(field(call("games:get", {}), "_id") == value{first});
}

TEST_CASE("a reset ends the active games and begins one, however many come at once") {
  in_memory call;
  call.create();
  call.create();
  std::vector<std::thread> players;
  for (int i = 0; i < 10; ++i)
    players.emplace_back([&] { call("games:reset", {{"initialState", object{{"fresh", true}}}}); });
  for (auto& player : players) player.join();
  const value games = call("games:list", {});
  const array& all = *games.get_if<array>();
  CHECK(all.size() == 12);
  CHECK(std::count_if(all.begin(), all.end(), [](const value& game) {
          return field(game, "isActive") == value{true};
        }) == 1);
  CHECK(field(all.back(), "isActive") == value{true});
}

TEST_CASE("updateState replaces the state and says so, in one commit") {
  in_memory call;
  const std::string id = call.create();
  const auto before = call.head();
  call("games:updateState", {{"gameId", id},
                             {"newState", object{{"turn", 2.0}}},
                             {"summary", "The gate opens."},
                             {"role", "user"},
                             {"command", "open the gate"},
                             {"logs", array{"a", "b"}}});
  CHECK(field(call.get(id), "state") == value{object{{"turn", 2.0}}});
  const array said = call.messages(id);
  REQUIRE(said.size() == 2);
  CHECK(field(said[0], "content") == value{"open the gate"});
  CHECK(field(said[0], "role") == value{"user"});
  CHECK_FALSE(has(said[0], "data"));
  CHECK(field(said[1], "content") == value{"The gate opens."});
  CHECK(field(said[1], "role") == value{"system"});
  CHECK(field(field(said[1], "data"), "logs") == value{array{"a", "b"}});
  CHECK(field(said[0], "_creationTime") < field(said[1], "_creationTime"));
  CHECK(names_of_types(call, before.value()) ==
        std::vector<std::string>{"game_state_replaced", "message_sent", "message_sent"});
  auto cursor = call.log().read_all(evstore::query::all(), {});
  CHECK(cursor.next().back().commit.count == 3);
}

TEST_CASE("an empty command and an empty summary are no messages") {
  in_memory call;
  const std::string id = call.create();
  call("games:updateState", {{"gameId", id}, {"command", ""}, {"summary", "Nothing happens."}});
  call("games:updateState", {{"gameId", id}, {"command", "wait"}, {"summary", ""}});
  call("games:updateState", {{"gameId", id}, {"summary", ""}, {"newState", object{{"n", 1.0}}}});
  const array said = call.messages(id);
  REQUIRE(said.size() == 2);
  CHECK(field(said[0], "content") == value{"Nothing happens."});
  CHECK(field(said[1], "content") == value{"wait"});
  CHECK(field(call.get(id), "state") == value{object{{"n", 1.0}}});
}

TEST_CASE("a patch leaves alone what it does not name") {
  in_memory call;
  const std::string id = text(call("games:create", full_game()));
  call("games:updateState", {{"gameId", id}, {"rules", "new"}, {"status", "idle"}});
  const value game = call.get(id);
  CHECK(field(game, "rules") == value{"new"});
  CHECK(field(game, "status") == value{"idle"});
  CHECK(field(game, "progress") == value{"Generating Sprites..."});
  CHECK(field(game, "state") == *full_game().find("state"));
}

TEST_CASE("a game that is not there is not found, and nothing is written") {
  in_memory call;
  in_memory elsewhere;
  const std::string id = elsewhere.create();
  CHECK(call.get(id).is_null());
  CHECK_THROWS_WITH(call("games:updateState", {{"gameId", id}, {"summary", "?"}}),
                    Contains("Game not found"));
  CHECK_THROWS_WITH(call("messages:send",
                         {{"gameId", id}, {"role", "user"}, {"content", "?"}, {"timestamp", 1.0}}),
                    Contains("Game not found"));
  CHECK(call.head().value() == 0);
}

TEST_CASE("of fifty who update one game at once nobody is lost") {
  in_memory call;
  const std::string id = call.create();
  std::vector<std::thread> players;
  for (int i = 0; i < 50; ++i)
    players.emplace_back([&, i] {
      const std::string mine = std::to_string(i);
      call("games:updateState",
           {{"gameId", id}, {"newState", object{{"by", mine}}}, {"summary", mine}});
    });
  for (auto& player : players) player.join();
  const array said = call.messages(id);
  std::set<std::string> heard;
  for (const value& each : said) heard.insert(text(field(each, "content")));
  CHECK(heard.size() == 50);
  CHECK(field(field(call.get(id), "state"), "by") == field(said.back(), "content"));
}

TEST_CASE("fastMove changes the box of one entity, in an array and in an object") {
  in_memory call;
  const value box = array{1.0, 2.0, 3.0, 4.5};
  const object archer{{"id", "archer"}, {"hp", 7.0}, {"pixel_box", array{0.0, 0.0, 9.0, 9.0}}};
  const object wolf{{"id", "wolf"}};
  const auto moved = [&](const object& state) {
    const std::string id = call.create(state);
    call("games:fastMove", {{"gameId", id}, {"entityId", "archer"}, {"pixel_box", box}});
    const auto before = call.head();
    CHECK(call("games:fastMove", {{"gameId", id}, {"entityId", "ghost"}, {"pixel_box", box}})
              .is_null());
    CHECK(call.head() == before);
    return field(call.get(id), "state");
  };
  object there = archer;
  there.set("pixel_box", box);
  CHECK(moved({{"entities", array{wolf, archer}}, {"turn", 3.0}}) ==
        value{object{{"entities", array{wolf, there}}, {"turn", 3.0}}});
  CHECK(moved({{"entities", object{{"archer", archer}, {"wolf", wolf}}}}) ==
        value{object{{"entities", object{{"archer", there}, {"wolf", wolf}}}}});
}

TEST_CASE("fastMove needs entities and a box") {
  in_memory call;
  const std::string id = call.create({{"turn", 1.0}});
  const value box = array{1.0, 2.0, 3.0, 4.0};
  CHECK_THROWS_WITH(
      call("games:fastMove", {{"gameId", id}, {"entityId", "archer"}, {"pixel_box", box}}),
      Contains("Invalid game state"));
  const std::string other = call.create();
  for (const value& wrong :
       {value{array{1.0}}, value{array{1.0, 2.0, 3.0, std::numeric_limits<double>::quiet_NaN()}}})
    CHECK_THROWS_WITH(
        call("games:fastMove", {{"gameId", other}, {"entityId", "archer"}, {"pixel_box", wrong}}),
        Contains("Invalid pixel_box"));
}

TEST_CASE("a modification replaces the state and is said to be one") {
  in_memory call;
  const std::string id = call.create();
  call("games:applyModification", {{"gameId", id},
                                   {"newState", object{{"rain", true}}},
                                   {"log", "It rains."},
                                   {"command", "make it rain"},
                                   {"subType", "weather"}});
  CHECK(field(call.get(id), "state") == value{object{{"rain", true}}});
  const array said = call.messages(id);
  REQUIRE(said.size() == 1);
  CHECK(field(said[0], "role") == value{"system"});
  CHECK(field(said[0], "content") == value{"[GOD MODE] It rains."});
  CHECK(field(said[0], "data") ==
        value{object{{"command", "make it rain"}, {"subType", "weather"}}});
}

TEST_CASE("games are listed in the order in which they were made, or against it") {
  in_memory call;
  std::vector<value> made;
  for (int i = 0; i < 3; ++i) made.emplace_back(call.create());
  const auto ids = [&](object asked) {
    std::vector<value> found;
    const value listed = call("games:list", std::move(asked));
    for (const value& each : *listed.get_if<array>()) found.push_back(field(each, "_id"));
    return found;
  };
  CHECK(ids({}) == made);
  CHECK(ids({{"order", "asc"}, {"limit", 2.0}}) == std::vector<value>{made[0], made[1]});
  CHECK(ids({{"order", "desc"}, {"limit", 2.0}}) == std::vector<value>{made[2], made[1]});
  CHECK_THROWS_WITH(ids({{"order", "sideways"}}), Contains("Path: .order"));
  try {
    ids({{"limit", 0.0}});
    FAIL("a limit of zero is none");
  } catch (const convex::function_error& refused) {
    CHECK(refused.data() ==
          value{object{{"code", "BAD_LIMIT"}, {"limit", 0.0}, {"min", std::int64_t{1}}}});
  }
}

TEST_CASE("tables that are built anew from the log are the same") {
  in_memory call;
  const std::string id = text(call("games:create", full_game()));
  call("games:reset", {{"state", object{{"entities", object{{"a", object{}}}}}}});
  call("messages:send", {{"gameId", id}, {"role", "agent"}, {"content", "x"}, {"timestamp", -0.0}});
  call("games:updateState", {{"gameId", id}, {"runId", "r"}, {"isActive", false}});
  call.as_program("artifacts:record", {{"runId", "r"},
                                       {"name", "scene.png"},
                                       {"size", 3.0},
                                       {"sha256", "00"},
                                       {"mime", "image/png"}});
  auto store = evstore::open<convex_game::events>(call.log());
  struct rebuilt : convex_game::tables {
    using convex_game::tables::evolve;
    void evolve(const convex::mutation_answered&) {}
  };
  const auto anew = store.project<rebuilt>();
  const value listed = call("games:list", {});
  array games;
  for (const auto& game : anew->games.by<"by_creation_time">())
    games.push_back(convex::to_value(game));
  CHECK(value{games} == listed);
  array said;
  for (const auto& each : anew->messages.by<"by_gameId">()) said.push_back(convex::to_value(each));
  CHECK(said == call.messages(id));
  CHECK(anew->artifacts.size() == 1);
}

TEST_CASE("the past of a game is told, and can be asked for") {
  in_memory call;
  const std::string id = call.create({{"turn", 1.0}});
  const auto then = call.head();
  call("games:updateState", {{"gameId", id}, {"newState", object{{"turn", 2.0}}}});
  const value told = call("games:history", {{"gameId", id}});
  REQUIRE(told.get_if<array>()->size() == 2);
  const value& first = told.get_if<array>()->front();
  CHECK(field(first, "what") == value{"game_created"});
  CHECK(field(first, "position") == value{static_cast<double>(then.value())});
  const auto past = call.executor().query_at({"games:get", object{{"gameId", id}}}, then);
  CHECK(field(field(*past.outcome, "state"), "turn") == value{1.0});
}

TEST_CASE("each commit is one moment, and at its position it has happened") {
  in_memory call;
  const std::string id = call.create({{"turn", 1.0}});
  // As over a WebSocket: what is remembered of the request is the last event of the commit.
  static_cast<void>(call.executor().mutate(
      {"games:updateState",
       object{{"gameId", id}, {"newState", object{{"turn", 2.0}}}, {"summary", "Two."}}},
      convex::request_key{"session", 0}));
  const value told = call("games:history", {{"gameId", id}});
  REQUIRE(told.get_if<array>()->size() == 2);
  const double position = *field(told.get_if<array>()->back(), "position").get_if<double>();
  const auto then =
      call.executor().query_at({"games:get", object{{"gameId", id}}},
                               evstore::global_position{static_cast<std::uint64_t>(position)});
  CHECK(field(field(*then.outcome, "state"), "turn") == value{2.0});
}

TEST_CASE("what the log knows of files no client says") {
  in_memory call;
  const object file{
      {"runId", "r"}, {"name", "x"}, {"size", 1.0}, {"sha256", ""}, {"mime", "image/png"}};
  CHECK_THROWS_WITH(call("artifacts:record", file),
                    Contains("Could not find public function for 'artifacts:record'."));
  CHECK_THROWS_WITH(call("artifacts:forget", {{"runId", "r"}}), Contains("Could not find"));
  CHECK(call.head().value() == 0);
  call("games:create", full_game());
  CHECK_THROWS_WITH(call.as_program("artifacts:forget", {{"runId", "run-1"}}),
                    Contains("A game is made of the run run-1"));
}

TEST_CASE("the rules of the demonstration decide on the game as it is") {
  in_memory call;
  const std::string id = call.create(
      {{"turn", 1.0},
       {"entities", object{{"a", object{}},
                           {"b", object{}},
                           {"c", object{}},
                           {"d", object{}},
                           {"wolf", object{{"label", "Wolf"}, {"hp", 100.0}, {"maxHp", 100.0}}}}}});
  std::vector<std::thread> players;
  for (const char* const archer : {"a", "b", "c", "d"})
    players.emplace_back([&, archer] {
      call("play:strike", {{"gameId", id}, {"by", archer}, {"target", "wolf"}});
      call("play:endTurn", {{"gameId", id}});
    });
  for (auto& player : players) player.join();
  const value state = field(call.get(id), "state");
  CHECK(field(state, "turn") == value{5.0});
  const double left = *field(field(field(state, "entities"), "wolf"), "hp").get_if<double>();
  CHECK(left <= 96);
  CHECK(left >= 76);
  CHECK(call.messages(id).size() == 8);
  CHECK_THROWS_WITH(call("play:strike", {{"gameId", id}, {"by", "a"}, {"target", "ghost"}}),
                    Contains("There is no ghost"));
  CHECK_THROWS_WITH(call("play:endTurn", {{"gameId", id}, {"turn", 4.0}}),
                    Contains("That turn has ended already"));
}

TEST_CASE("a walk is stored as where it led, and a game that is not played stays as it is") {
  in_memory call;
  const std::string id = call.create(
      {{"entities", object{{"archer", object{{"pixel_box", array{0.0, 0.0, 20.0, 10.0}}}}}}});
  const auto before = call.head();
  const object there{{"gameId", id}, {"by", "archer"}, {"x", 105.0}, {"y", 220.0}};
  call("play:walk", there);
  CHECK(names_of_types(call, before.value()) == std::vector<std::string>{"entity_moved"});
  const value archer = field(field(field(call.get(id), "state"), "entities"), "archer");
  CHECK(field(archer, "pixel_box") == value{array{200.0, 100.0, 220.0, 110.0}});
  call("games:updateState", {{"gameId", id}, {"isActive", false}});
  CHECK_THROWS_WITH(call("play:walk", there), Contains("The game is not being played"));
  CHECK_THROWS_WITH(call("play:endTurn", {{"gameId", id}}), Contains("not being played"));
}

TEST_CASE("a state may be large and deep") {
  in_memory call;
  value deep = 1.0;
  for (int i = 0; i < 500; ++i) deep = array{std::move(deep)};
  const object state{{"deep", deep}, {"large", std::string(5'000'000, 'x')}};
  CHECK(field(call.get(call.create(state)), "state") == value{state});
  const auto before = call.head();
  for (int i = 0; i < 100; ++i) deep = array{std::move(deep)};
  CHECK_THROWS_WITH(call.create({{"deep", deep}}), Contains("nested too deeply"));
  CHECK(call.head() == before);
}
