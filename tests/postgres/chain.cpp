// Chains of commits at the server, beyond what the conformance suite asks of every adapter.
#include <postgres/server.hpp>
#include <postgres/severed_line.hpp>

#include <evstore/postgres/verify.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace evstore;
using tests::scratch_schema;
using tests::server;

/// By an INSERT, for which it has to say the versions of its streams, or by the function.
enum class way { insert, function };

bool append_chain(postgres::adapter& store, const testing::plain_commit& first,
                  const testing::plain_commit& second, global_position after) {
  return testing::with_view(first, [&](const commit_view& one) {
    return testing::with_view(second, [&](const commit_view& two) {
      return store.append_chain(std::vector{one, two}, after);
    });
  });
}

/// `first` and `second`, a commit each; the first event has the id, if there is one.
bool append_two(expected_version expected, postgres::adapter& store, const std::string& stream,
                global_position after, std::optional<event_id> id = std::nullopt) {
  return append_chain(store, {{{stream, expected, {{.type = "first", .id = id}}}}, {}},
                      {{{stream, any, {{.type = "second"}}}}, {}}, after);
}
bool append_two(way by, postgres::adapter& store, const std::string& stream,
                global_position after) {
  const auto version = store.state_of(stream).version.value();
  return append_two(by == way::insert ? exactly(version) : expected_version{any}, store, stream,
                    after);
}

std::size_t count(postgres::adapter& store) {
  return testing::collect(store.read_all(query::all(), {})).size();
}

std::optional<error> failure_of(auto&& act) {
  try {
    act();
  } catch (const error& thrown) {
    return thrown;
  }
  return std::nullopt;
}

TEST_CASE("chains of one handle and commits of others take turns, without a gap") {
  const way by = GENERATE(way::insert, way::function);
  const scratch_schema schema;
  auto store = schema.open();
  auto other = schema.open();
  for (int i = 0; i < 20; ++i) { // more often than statements are planned for their parameters
    const global_position head = store.head();
    REQUIRE(append_two(by, store, "s-" + std::to_string(i % 3), head));
    REQUIRE_FALSE(append_two(by, store, "s", head));
    REQUIRE_FALSE(append_two(by, store, "s", global_position{head.value() + 9})); // not yet there
    testing::append(other, {{{"other", any, {{.type = "a"}}}}, {}}).value();
    REQUIRE_FALSE(append_two(by, store, "s", global_position{head.value() + 2}));
    testing::append(store, {{{"other", any, {{.type = "a"}}}}, {}}).value();
  }
  CHECK(store.head() == global_position{80});
  CHECK(postgres::verify(server(), schema.options()).defects.empty());
}

TEST_CASE("a chain waits for its turn, and then nobody's commit is between") {
  const way by = GENERATE(way::insert, way::function);
  const scratch_schema schema;
  auto store = schema.open();
  const bool is_overtaken = GENERATE(false, true);
  postgres::connection slow{server()};
  slow.execute(
      ("set search_path = " + schema.name() +
       "; begin; select pg_advisory_xact_lock(1702261620, 'events'::regclass::oid::integer)")
          .c_str());
  if (is_overtaken)
    slow.execute("select append_one('t', -1, 'a', 1, null, null, null, '{}', null, 0)");
  std::thread chaining{[&] { CHECK(append_two(by, store, "s", {}) != is_overtaken); }};
  while (schema
             .execute("select from pg_locks where locktype = 'advisory' and not granted"
                      " and objid = 'events'::regclass")
             .size() == 0)
    std::this_thread::yield();
  slow.execute("commit");
  chaining.join();
  CHECK(store.head() == global_position{is_overtaken ? 1U : 2U});
}

TEST_CASE("who listens is told of a chain") {
  const way by = GENERATE(way::insert, way::function);
  const scratch_schema schema;
  auto store = schema.open();
  auto reader = schema.open();
  std::thread waiting{
      [&] { CHECK(reader.wait_beyond({}, std::chrono::minutes{1}) == global_position{2}); }};
  CHECK(append_two(by, store, "s", {}));
  waiting.join();
}

TEST_CASE("a chain whose answer is lost is in doubt, and sent again it is recognised") {
  const way by = GENERATE(way::insert, way::function);
  if (server().find("host=/") == std::string::npos) {
    WARN("not checked: the server is not reached by a socket in a folder");
    return;
  }
  const scratch_schema schema;
  tests::severed_line line{server().substr(5, server().find(' ') - 5)};
  auto store = postgres::open(server() + " host=" + line.host(), schema.options());
  REQUIRE(append_two(by, store, "s", {})); // the statement is prepared
  const event_id id = testing::id_of(1);
  const auto expected = by == way::insert ? exactly(2) : expected_version{any};
  line.cut_before_next_answer();
  const auto thrown =
      failure_of([&] { (void)append_two(expected, store, "s", global_position{2}, id); });
  CHECK(line.was_cut());
  REQUIRE(thrown);
  CHECK(thrown->code() == errc::append_in_doubt);
  CHECK(thrown->ids() == std::vector{id});
  CHECK(append_two(expected, store, "s", global_position{2}, id));
  CHECK_FALSE(append_two(expected, store, "s", global_position{2}, testing::id_of(2)));
  CHECK(count(store) == 4);
}

TEST_CASE("a chain keeps all of its events, whichever way it goes") {
  const scratch_schema schema;
  auto store = schema.open();
  const testing::plain_event full{.type = "moved",
                                  .data = R"({"a":"\u00e9",  "a":-0.0})",
                                  .schema = 3,
                                  .id = testing::id_of(7),
                                  .tags = {"owner:ada", "b"},
                                  .metadata = R"({"correlation":"c7"})",
                                  .time = timestamp{std::chrono::hours{24}}};
  std::vector<event_record> stored;
  for (const auto expected : {expected_version{any}, no_stream}) {
    const std::string stream = expected == no_stream ? "by-insert" : "by-function";
    const testing::plain_commit first{
        {{stream, expected, {full, {.type = "bare"}}}, {stream + "-2", expected, {full}}}, {}};
    REQUIRE(
        append_chain(store, first, {{{stream, exactly(2), {{.type = "last"}}}}, {}}, store.head()));
  }
  const auto all = testing::collect(store.read_all(query::all(), {}));
  REQUIRE(all.size() == 8);
  CHECK(all[0].data == full.data);
  CHECK(all[0].tags == full.tags);
  CHECK(all[2].id == full.id);
  for (std::size_t i = 0; i < 4; ++i) {
    event_record other = all[i + 4];
    other.position = all[i].position;
    other.stream = all[i].stream;
    if (i % 2 != 0) other.time = all[i].time; // when it was stored
    CHECK(other == all[i]);
  }
  CHECK(testing::collect(store.read_all(query::tags({"owner:ada"}), {})).size() == 4);
  CHECK(postgres::verify(server(), schema.options()).defects.empty());
}

TEST_CASE("a chain that says a version which its stream does not have is not there") {
  const scratch_schema schema;
  auto store = schema.open();
  testing::append(store, {{{"s", no_stream, {{.type = "a"}, {.type = "b"}}}}, {}}).value();
  testing::append(store, {{{"gone", no_stream, {{.type = "a"}, {.type = "$tombstoned"}}}}, {}})
      .value();
  const auto is_stored = [&](const std::string& stream, expected_version expected) {
    return append_chain(store, {{{stream, expected, {{.type = "c"}}}}, {}},
                        {{{"other", no_stream, {{.type = "c"}}}}, {}}, store.head());
  };
  for (const std::uint64_t version : {1U, 3U, 100U}) CHECK_FALSE(is_stored("s", exactly(version)));
  CHECK_FALSE(is_stored("s", no_stream));
  CHECK_FALSE(is_stored("new", exactly(1)));
  CHECK_FALSE(is_stored("gone", exactly(2)));
  CHECK_FALSE(append_chain(store, {{{"s", any, {{.type = "c"}}}}, {}},
                           {{{"s", exactly(2), {{.type = "c"}}}}, {}}, store.head()));
  CHECK(count(store) == 4 - 1); // what the tombstone hides is not shown
  CHECK(store.head() == global_position{4});
  CHECK(is_stored("s", exactly(2)));
}

TEST_CASE("a chain of which the server fails one commit is not there") {
  const way by = GENERATE(way::insert, way::function);
  const scratch_schema schema;
  auto store = schema.open();
  schema.execute(
      "create function refuse() returns trigger language plpgsql as"
      " $$ begin raise exception 'not this one'; end $$;"
      " create trigger refuse before insert on events for each row"
      " when (new.type = 'second') execute function refuse()");
  const auto thrown = failure_of([&] { (void)append_two(by, store, "s", {}); });
  REQUIRE(thrown);
  CHECK(thrown->code() == errc::io_failed);
  CHECK(count(store) == 0);
}

TEST_CASE("a role that may only append stores chains, and one that may only read does not") {
  const way by = GENERATE(way::insert, way::function);
  const scratch_schema schema;
  const auto made = schema.open();
  const std::string role = schema.name() + "_role";
  schema.execute("create role " + role + " login; select allow_appending('" + role + "')");
  {
    auto store = postgres::open(server() + " user=" + role, schema.options());
    CHECK(append_two(by, store, "s", {}));
    auto reader = postgres::open_read_only(server() + " user=" + role, schema.options());
    CHECK(failure_of([&] { (void)append_two(by, reader, "s", global_position{2}); })->code() ==
          errc::read_only);
  }
  schema.execute("drop owned by " + role + "; drop role " + role);
}

TEST_CASE("fenced stores and handles with an inline projection take no chains") {
  const way by = GENERATE(way::insert, way::function);
  const scratch_schema schema;
  postgres::options how = schema.options();
  SECTION("a fenced store") { how.ordering = postgres::ordering::fenced; }
  SECTION("an inline projection") {
    how.inline_projection = [](postgres::transaction&, std::span<const event_view>) {};
  }
  auto store = postgres::open(server(), how);
  CHECK_FALSE(store.can_append_chains());
  CHECK_FALSE(append_two(by, store, "s", {}));
  CHECK(count(store) == 0);
}

} // namespace
