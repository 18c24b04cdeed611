#include "runs/functions.hpp"

#include <evstore/convex/executor.hpp>
#include <evstore/evstore.hpp>
#include <evstore/memory/adapter.hpp>

#include "called.hpp"
#include "support/scratch_folder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

using namespace called;
using Catch::Contains;
using evstore::tests::scratch_folder;

namespace {

namespace fs = std::filesystem;
using convex::bytes;
using convex_game::confined_folder;

convex_game::functions all_functions(const fs::path& folder) {
  auto all = convex_game::game_functions();
  const auto files = std::make_shared<const convex_game::runs>(confined_folder::make(folder));
  convex_game::add_runs(all, files);
  convex_game::add_demonstration(
      all, files,
      {std::make_shared<const confined_folder>(confined_folder::open(CONVEX_GAME_DEMONSTRATION)),
       std::chrono::milliseconds{0}});
  return all;
}

struct table_top {
  scratch_folder home;
  fs::path folder = home.path() / "runs";
  server<> call;

  table_top() : call{evstore::memory::adapter{}, all_functions(folder)} {}

  void store(const std::string& name, const std::string& contents) {
    const auto* const begin = reinterpret_cast<const std::byte*>(contents.data());
    call("artifacts:store",
         {{"runId", "r"}, {"name", name}, {"content", bytes{begin, begin + contents.size()}}});
  }
};

} // namespace

TEST_CASE("of an artifact the log has its name, size, digest and type") {
  table_top at;
  at.store("scene.png", std::string(10'000'000, '\1'));
  auto cursor = at.call.log().read_all(evstore::query::all(), {});
  const auto stored = cursor.next();
  REQUIRE(stored.size() == 1);
  CHECK(stored.front().stream == "run-r");
  const value data = convex::decode(std::string_view{stored.front().data});
  CHECK(data.get_if<object>()->size() == 4);
  CHECK(field(data, "name") == value{"scene.png"});
  CHECK(field(data, "size") == value{10'000'000.0});
  CHECK(field(data, "mime") == value{"image/png"});
  CHECK(text(field(data, "sha256")).size() == 64);
  CHECK(at.call("runs:list", {}) == value{array{"r"}});
}

TEST_CASE("verification says which artifacts are no longer what they were") {
  table_top at;
  at.store("scene.png", "scene");
  at.store("sprites.png", "sprites");
  CHECK(at.call("artifacts:verify", {}) == value{array{}});
  std::ofstream{at.folder / "r/scene.png"} << "SCENE";
  const value found = at.call("artifacts:verify", {{"runId", "r"}});
  REQUIRE(found.get_if<array>()->size() == 1);
  CHECK(field(found.get_if<array>()->front(), "name") == value{"scene.png"});
  CHECK_THAT(text(field(found.get_if<array>()->front(), "problem")), Contains("sha256"));
  CHECK(at.call("artifacts:verify", {{"runId", "other"}}) == value{array{}});
}

TEST_CASE("a game is restored from its file, wrapped or bare") {
  table_top at;
  const std::string old = at.call.create();
  at.store(
      "gamestate.json",
      R"({"initialState":{"turn":3},"rules":"r","engine_tools":{"t":[1]},"engine_logic":"l"})");
  const std::string wrapped = text(at.call("games:restore", {{"runId", "r"}}));
  const value game = at.call.get(wrapped);
  CHECK(field(game, "state") == value{object{{"turn", 3.0}}});
  CHECK(field(game, "rules") == value{"r"});
  CHECK(field(game, "engine_tools") == value{object{{"t", array{1.0}}}});
  CHECK(field(game, "engine_logic") == value{"l"});
  CHECK(field(game, "runId") == value{"r"});
  CHECK(field(game, "isActive") == value{true});
  CHECK(field(at.call.get(old), "isActive") == value{false});

  at.store("gamestate.json", R"({"turn":4,"entities":[]})");
  const std::string bare = text(at.call("games:restore", {{"runId", "r"}}));
  CHECK(field(at.call.get(bare), "state") == value{object{{"entities", array{}}, {"turn", 4.0}}});
  CHECK_FALSE(has(at.call.get(bare), "engine_tools"));
}

TEST_CASE("a file that is no game leaves the active game alone") {
  table_top at;
  const std::string active = at.call.create();
  const auto before = at.call.head();
  for (const char* const corrupt : {"{", "[1]", "7", "", "{\"$a\":1}", "\xff"}) {
    fs::create_directories(at.folder / "bad");
    std::ofstream{at.folder / "bad/gamestate.json"} << corrupt;
    CHECK_THROWS_WITH(at.call("games:restore", {{"runId", "bad"}}),
                      Contains("gamestate.json of the run bad"));
  }
  CHECK_THROWS_WITH(at.call("games:restore", {{"runId", "../runs/bad"}}),
                    Contains("There is no gamestate.json"));
  CHECK(at.call.head() == before);
  CHECK(field(at.call("games:get", {}), "_id") == value{active});
}

TEST_CASE("the demonstration is made step by step and can be played") {
  table_top at;
  const std::string id = text(at.call("demo:generate", {}));
  const value game = at.call.get(id);
  CHECK(field(game, "status") == value{"playing"});
  CHECK_FALSE(has(game, "progress"));
  CHECK(at.call("artifacts:verify", {}) == value{array{}});
  CHECK(
      at.call("artifacts:list", {{"runId", text(field(game, "runId"))}}).get_if<array>()->size() ==
      11);
  at.call("play:strike", {{"gameId", id}, {"by", "ranger"}, {"target", "wolf"}});
  const value told = at.call("games:history", {{"gameId", id}});
  CHECK(std::count_if(told.get_if<array>()->begin(), told.get_if<array>()->end(),
                      [](const value& each) {
                        return field(each, "what") == value{"game_status_changed"};
                      }) == 7);
}
