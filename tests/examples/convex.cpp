// The program behind server/README.md.
#include <evstore/convex/decode.hpp>
#include <evstore/convex/encode.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>

using namespace evstore;

TEST_CASE("values go to JSON and come back") {
  // region: values
  convex::object game{{"round", std::int64_t{3}}, {"light", 0.5}};
  game.set("players", convex::array{"Ada", "Bob"});
  const std::string text = convex::encode(game);
  CHECK(text == R"({"light":0.5,"players":["Ada","Bob"],"round":{"$integer":"AwAAAAAAAAA="}})");
  CHECK(convex::decode(text) == game);
  CHECK(convex::value{std::int64_t{1}} != convex::value{1.0}); // int64 and float64 are two types
  CHECK_THROWS_WITH(
      convex::decode(R"({"players":[{"$integer":"AAA="}]})"),
      Catch::Contains("$integer has 2 bytes instead of 8") && Catch::Contains("$.players[0]"));
  // endregion
}
