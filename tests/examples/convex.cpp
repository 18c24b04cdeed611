// The program behind server/README.md.
#include <evstore/convex/decode.hpp>
#include <evstore/convex/encode.hpp>
#include <evstore/convex/mapping.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>

using namespace evstore;

// region: types
enum class speaker : std::uint8_t { user, agent, system };
EVSTORE_DESCRIBE_ENUM(speaker, user, agent, system)

struct message {
  convex::id<"games"> gameId; // members are called as the fields are
  speaker role = speaker::user;
  std::string content;
  std::optional<convex::value> data;
};
EVSTORE_DESCRIBE(message, gameId, role, content, data)
// endregion

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

TEST_CASE("values become structs") {
  const std::string game = convex::write_id({10001, {42}});
  // region: mapping
  const convex::table_names tables{"games", "messages"};
  CHECK(convex::validator_of<message>() ==
        R"(v.object({gameId: v.id("games"), role: v.union(v.literal("user"), v.literal("agent"), )"
        R"(v.literal("system")), content: v.string(), data: v.optional(v.any())}))");
  convex::object sent{{"gameId", game}, {"role", "user"}, {"content", "hello"}};
  const auto read = convex::from_value<message>(sent, tables);
  CHECK(read->role == speaker::user);
  CHECK(convex::to_value(*read) == sent);

  sent.set("role", "referee");
  CHECK(convex::from_value<message>(sent, tables).error() ==
        "Value does not match validator.\nPath: .role\nValue: \"referee\"\n"
        "Validator: v.union(v.literal(\"user\"), v.literal(\"agent\"), v.literal(\"system\"))");
  // endregion
}
