#include <evstore/convex/decode.hpp>
#include <evstore/convex/mapping.hpp>

#include <boost/hana/define_struct.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

using namespace evstore::convex;

namespace {

enum class status : std::uint8_t { idle, generating, playing };
EVSTORE_DESCRIBE_ENUM(status, idle, generating, playing)

struct box {
  BOOST_HANA_DEFINE_STRUCT(box, (double, left), (double, top));
};

struct everything {
  id<"games"> game;
  value state;
  bool active = false;
  std::int64_t turn = 0;
  std::string rules;
  bytes seed;
  evstore::convex::null nothing;
  status now = status::idle;
  literal<"v1"> version;
  std::variant<evstore::convex::null, std::string, std::vector<box>> note;
  std::map<std::string, double> scores;
  std::optional<std::string> run;
  object extra;
};
EVSTORE_DESCRIBE(everything, game, state, active, turn, rules, seed, nothing, now, version, note,
                 scores, run, extra)

const table_names tables{"games", "messages"};
const std::string game_id = write_id({10001, {1, 2, 3}});
const std::string message_id = write_id({10002, {1, 2, 3}});

object whole() {
  return {{"game", game_id},
          {"state", array{std::int64_t{1}, -0.0}},
          {"active", true},
          {"turn", std::int64_t{7}},
          {"rules", "none"},
          {"seed", bytes{std::byte{9}}},
          {"nothing", nullptr},
          {"now", "playing"},
          {"version", "v1"},
          {"note", array{object{{"left", 1.0}, {"top", 2.0}}}},
          {"scores", object{{"ada", 2.0}}},
          {"run", "r1"},
          {"extra", object{{"x", nullptr}}}};
}

template <class T>
std::string refusal(const value& from) {
  const auto read = from_value<T>(from, tables);
  return read ? "" : read.error();
}

std::string refusal_with(std::string_view field, value set) {
  object changed = whole();
  changed.set(field, std::move(set));
  return refusal<everything>(changed);
}

} // namespace

TEST_CASE("a struct reads as the validator that it says") {
  CHECK(validator_of<everything>() ==
        R"(v.object({game: v.id("games"), state: v.any(), active: v.boolean(), turn: v.int64(), )"
        R"(rules: v.string(), seed: v.bytes(), nothing: v.null(), )"
        R"(now: v.union(v.literal("idle"), v.literal("generating"), v.literal("playing")), )"
        R"(version: v.literal("v1"), note: v.union(v.null(), v.string(), )"
        R"(v.array(v.object({left: v.float64(), top: v.float64()}))), )"
        R"(scores: v.record(v.string(), v.float64()), run: v.optional(v.string()), )"
        R"(extra: v.record(v.string(), v.any())}))");
}

TEST_CASE("a value becomes a struct and the struct the same value") {
  const auto read = from_value<everything>(whole(), tables);
  REQUIRE(read);
  CHECK(read->game.text == game_id);
  CHECK(read->turn == 7);
  CHECK(read->now == status::playing);
  CHECK(std::get<std::vector<box>>(read->note).at(0).top == 2.0);
  CHECK(read->scores.at("ada") == 2.0);
  CHECK(to_value(*read) == whole());
}

TEST_CASE("an optional field may be absent and is not null") {
  object without = whole();
  without.erase("run");
  const auto read = from_value<everything>(without, tables);
  REQUIRE(read);
  CHECK_FALSE(read->run);
  CHECK(to_value(*read) == without);
  CHECK(refusal_with("run", nullptr) ==
        "Value does not match validator.\nPath: .run\nValue: null\nValidator: v.string()");
}

TEST_CASE("what does not fit is said in Convex's words") {
  CHECK(refusal_with("game", 42.0) ==
        "Value does not match validator.\nPath: .game\nValue: 42\nValidator: v.id(\"games\")");
  CHECK(refusal_with("game", message_id) ==
        "Found ID \"" + message_id +
            "\" from table `messages`, which does not match the table name "
            "in validator `v.id(\"games\")`.\nPath: .game");
  CHECK_THAT(refusal_with("game", "garbage"), Catch::StartsWith("Value does not match validator."));
  object without = whole();
  without.erase("rules");
  CHECK_THAT(
      refusal<everything>(without),
      Catch::StartsWith("Object is missing the required field `rules`. Consider wrapping the "
                        "field validator in `v.optional(...)` if this is expected."));
  CHECK_THAT(
      refusal_with("bogus", 1.0),
      Catch::StartsWith("Object contains extra field `bogus` that is not in the validator."));
  CHECK(refusal<std::vector<box>>(array{object{{"left", 1.0}, {"top", "x"}}}) ==
        "Value does not match validator.\nPath: [0].top\nValue: \"x\"\nValidator: v.float64()");
  CHECK_THAT(refusal<everything>(nullptr),
             Catch::StartsWith("Value does not match validator.\nValue: null"));
}

TEST_CASE("each type takes its own and no other") {
  CHECK_FALSE(refusal_with("turn", 7.0).empty());
  CHECK_FALSE(refusal<double>(std::int64_t{1}).empty());
  CHECK(refusal<double>(std::numeric_limits<double>::quiet_NaN()).empty());
  CHECK_FALSE(refusal_with("active", "true").empty());
  CHECK_FALSE(refusal_with("seed", "AQ==").empty());
  CHECK_FALSE(refusal_with("nothing", 0.0).empty());
  CHECK_FALSE(refusal_with("now", "paused").empty());
  CHECK_FALSE(refusal_with("version", "v2").empty());
  CHECK_FALSE(refusal_with("scores", object{{"ada", "two"}}).empty());
  CHECK_FALSE(refusal_with("extra", array{}).empty());
  CHECK(refusal_with("note", nullptr).empty());
  CHECK(refusal_with("note", "text").empty());
  CHECK_THAT(refusal_with("note", 1.0),
             Catch::Contains("Path: .note\n") && Catch::Contains("v.union("));
  CHECK(refusal<value>(nullptr).empty());
}

TEST_CASE("what a complaint quotes is bounded and cut between characters") {
  const std::string complaint =
      refusal<double>(std::string(999, 'a') + "\xc3\xa9\xc3\xa9" + std::string(9999, 'b'));
  CHECK(complaint.size() < 1200);
  CHECK(evstore::detail::is_utf8(complaint));
}

TEST_CASE("an id knows its table, and no changed character passes") {
  const auto content = parse_id("j5753yskp6yeq9vzgkmrnbj9558jjvax"); // as Convex made it
  REQUIRE(content);
  CHECK(content->table_number == 10001);
  CHECK(write_id(*content) == "j5753yskp6yeq9vzgkmrnbj9558jjvax");
  REQUIRE(parse_id("j973vw1hhkvdzpvtwsmvd0k2fx8jknny"));
  CHECK(parse_id("j973vw1hhkvdzpvtwsmvd0k2fx8jknny")->table_number == 10002);
  for (std::size_t i = 0; i < game_id.size(); ++i)
    for (const char c : std::string{"0123456789abcdefghjkmnpqrstvwxyzilouJ \xff"}) {
      std::string changed = game_id;
      changed[i] = c;
      if (changed != game_id) REQUIRE_FALSE(parse_id(changed));
    }
  for (const std::uint32_t table : {0u, 127u, 128u, 16384u, 0xFFFFFFFFu}) {
    const id_content one{table, {0xFF, 1}};
    CHECK(parse_id(write_id(one)) == one);
  }
  for (const char* garbage : {"", "x", "j5753yskp6yeq9vzgkmrnbj9558jjva", "../../etc/passwd"})
    CHECK_FALSE(parse_id(garbage));
  CHECK_FALSE(parse_id(game_id + "0"));
}

TEST_CASE("the day of an id is the day when it was made") {
  const std::array<std::uint8_t, 14> random{1, 2, 3};
  const auto bytes = unique_bytes(random, std::chrono::sys_days{std::chrono::year{1970} / 9 / 15});
  CHECK(bytes[2] == 3);
  CHECK(bytes[14] == 1);
  CHECK(bytes[15] == 1);
}
