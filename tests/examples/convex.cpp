// The program behind server/README.md.
#include <evstore/convex/decode.hpp>
#include <evstore/convex/encode.hpp>
#include <evstore/convex/http_api.hpp>
#include <evstore/convex/mapping.hpp>
#include <evstore/evstore.hpp>
#include <evstore/memory/adapter.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

// region: functions
struct note_written {
  std::string id;
  std::string text;
};
EVSTORE_DESCRIBE(note_written, id, text)

struct events : event_set<named<"note_written", note_written>, convex::named_mutation_answered> {};

struct note {
  convex::id<"notes"> _id;
  double _creationTime = 0;
  std::string text;
};
EVSTORE_DESCRIBE(note, _id, _creationTime, text)

struct notebook { // the read model: any type with `evolve`, often one with tables
  std::vector<note> notes;
  void evolve(const note_written& event, const event_view& recorded) {
    notes.push_back({{event.id}, convex::creation_time(recorded.time), event.text});
  }
};

struct write_note {
  std::string text;
};
EVSTORE_DESCRIBE(write_note, text)

convex::functions<events, notebook> notebook_functions() {
  using mutation = convex::mutation<events, notebook>;
  convex::functions<events, notebook> all{{"notes"}}; // the tables whose ids there are
  all.query<convex::no_arguments>(
      "notes:list", [](const notebook& seen, const convex::no_arguments&) { return seen.notes; });
  all.mutation<write_note>("notes:write", [](mutation& call, const write_note& asked) {
    if (asked.text.empty())
      throw convex::convex_error{convex::object{{"code", "EMPTY"}, {"min", std::int64_t{1}}}};
    const auto id = call.new_id<convex::id<"notes">>();
    call.write("note-" + id.text, no_stream, note_written{id.text, asked.text});
    return id;
  });
  return all;
}
// endregion

TEST_CASE("functions run on a store") {
  // region: calls
  using executor = convex::executor<events, memory::adapter, notebook>;
  executor runs{evstore::open<events>(memory::adapter{}), notebook_functions()};
  const convex::request_key key{"89ec472b-cb0d-4350-bbcd-f2aba803d133", 0};
  const convex::function_call call{"notes:write", convex::object{{"text", "hello"}}};
  const auto first = runs.mutate(call, key);
  const auto again = runs.mutate(call, key); // carried out once
  CHECK(*again.outcome == *first.outcome);
  CHECK(again.at == first.at);

  convex::http_api api{runs};
  const auto listed = api.respond(
      {.method = "POST", .target = "/api/query", .body = R"({"path":"notes:list","args":[{}]})"});
  CHECK_THAT(listed.body, Catch::StartsWith(R"({"status":"success","value":[{"_creationTime":)"));
  // endregion
}
