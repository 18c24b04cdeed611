#include <postgres/server.hpp>

#include <evstore/postgres/verify.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <thread>
#include <vector>

namespace {

using namespace evstore;
using tests::scratch_schema;
using tests::server;

testing::plain_commit event_in(std::string stream, expected_version expected = any) {
  return {{{std::move(stream), expected, {{.type = "a"}}}}, {}};
}

/// A store, and handles on it whose sessions have a name, so that what they said last can be asked for.
struct named_store {
  scratch_schema schema;

  [[nodiscard]] std::string name_of(int handle) const {
    return schema.name() + "_" + std::to_string(handle);
  }
  [[nodiscard]] postgres::adapter open(int handle = 1) const {
    return postgres::open(server() + " application_name=" + name_of(handle), schema.options());
  }
  /// Of the handle's only session: whether its last statement was an INSERT, and not a call.
  [[nodiscard]] bool has_inserted(int handle = 1) const {
    return schema
               .execute(
                   "select query like 'insert into events%' from pg_stat_activity"
                   " where application_name = '" +
                   name_of(handle) + "'")
               .bytes(0, 0) == "t";
  }
  void end_sessions(int handle) const {
    schema.execute(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
        " where application_name = '" +
        name_of(handle) + "'");
  }
};

TEST_CASE("who appends alone, event after event, does it by inserting") {
  const named_store on;
  auto store = on.open();
  testing::append(store, event_in("s", no_stream)).value();
  CHECK(!on.has_inserted()); // the function has told where the log ends
  const auto second = testing::append(store, event_in("s", exactly(1))).value();
  CHECK(on.has_inserted());
  CHECK(second.first == global_position{2});
  CHECK(second.versions.at(0) == stream_version{2});
  testing::append(store, event_in("s", any)).value();
  testing::append(store, event_in("s", stream_exists)).value();
  testing::append(store, event_in("t", no_stream)).value();
  CHECK(on.has_inserted());

  const auto stale = testing::append(store, event_in("s", exactly(2)));
  REQUIRE(!stale);
  CHECK(stale.error().actual == stream_version{4});
  CHECK(!testing::append(store, event_in("t", no_stream)));
  CHECK(!testing::append(store, event_in("u", stream_exists)));
  CHECK(store.head() == global_position{5});
  CHECK(postgres::verify(server(), on.schema.options()).defects.empty());
}

TEST_CASE("an INSERT keeps all of an event") {
  const named_store on;
  auto store = on.open();
  testing::append(store, event_in("s")).value();
  const event_id id = testing::id_of(7);
  const testing::plain_event full{.type = "moved",
                                  .data = R"({"a":"\u00e9",  "a":-0.0})",
                                  .schema = 3,
                                  .id = id,
                                  .tags = {"owner:ada", "b"},
                                  .metadata = R"({"correlation":"c7"})",
                                  .time = timestamp{std::chrono::hours{24}}};
  testing::append(store, {{{"s", exactly(1), {full}}}, {}}).value();
  REQUIRE(on.has_inserted());
  const auto events = testing::collect(store.read_stream("s", {}));
  REQUIRE(events.size() == 2);
  CHECK(events[1].type == "moved");
  CHECK(events[1].schema == 3);
  CHECK(events[1].data == full.data);
  CHECK(events[1].id == id);
  CHECK(events[1].tags == full.tags);
  CHECK(events[1].metadata == full.metadata);
  CHECK(events[1].time == full.time);
  CHECK(testing::collect(store.read_all(query::tags({"owner:ada"}), {})).size() == 1);

  const auto again = testing::append(store, {{{"s", any, {full}}}, {}}).value();
  CHECK(again.replayed);
  CHECK(again.first == global_position{2});
  CHECK(store.head() == global_position{2});
}

TEST_CASE("an INSERT leaves no gap and no doubt where others have been") {
  const named_store on;
  auto one = on.open(1);
  auto other = on.open(2);
  for (int i = 0; i < 3; ++i) testing::append(one, event_in("s")).value();
  REQUIRE(on.has_inserted(1));

  SECTION("with another stream") {
    testing::append(other, event_in("t")).value();
    CHECK(testing::append(one, event_in("s", exactly(3))).value().first == global_position{5});
  }
  SECTION("with the same stream") {
    testing::append(other, event_in("s")).value();
    CHECK(testing::append(one, event_in("s", exactly(3))).error().actual == stream_version{4});
    CHECK(testing::append(one, event_in("s", any)).value().versions.at(0) == stream_version{5});
  }
  SECTION("with a tombstone") {
    testing::append(other, {{{"s", any, {{.type = "$tombstoned"}}}}, {}}).value();
    CHECK(testing::append(one, event_in("s", exactly(3))).error().reason ==
          append_conflict::kind::tombstoned);
  }
  SECTION("with a tombstone of its own") {
    testing::append(one, {{{"s", any, {{.type = "$tombstoned"}}}}, {}}).value();
    CHECK(testing::append(one, event_in("s", any)).error().reason ==
          append_conflict::kind::tombstoned);
  }
  SECTION("with many commits at once, of its own or of others") {
    for (int i = 0; i < 2; ++i) {
      auto& by = i == 0 ? one : other;
      testing::append(
          by, {{{"s", any, {{.type = "a"}, {.type = "b"}}}, {"t", any, {{.type = "c"}}}}, {}})
          .value();
      testing::append(one, event_in("s")).value();
      testing::append(one, event_in("t")).value();
    }
  }
  SECTION("with a transaction that has the turn") {
    postgres::connection slow{server()};
    slow.execute(("set search_path = " + on.schema.name() +
                  "; begin;"
                  " select append_one('t', -1, 'a', 1, "
                  "null, null, null, '{}', null, 0)")
                     .c_str());
    std::thread appending{[&] {
      CHECK(testing::append(one, event_in("s", exactly(3))).value().first == global_position{5});
    }};
    while (on.schema
               .execute("select count(*) from pg_locks where locktype = 'advisory' and not granted"
                        " and classid = 1702261620 and objid = 'events'::regclass::oid")
               .bytes(0, 0) == "0")
      std::this_thread::yield();
    slow.execute("commit");
    appending.join();
  }
  CHECK(postgres::verify(server(), on.schema.options()).defects.empty());
}

TEST_CASE("what a session knows of a store ends with the session") {
  const named_store on;
  auto store = on.open(1);
  for (int i = 0; i < 3; ++i) testing::append(store, event_in("s")).value();
  REQUIRE(on.has_inserted(1));
  // As a standby that is promoted without the last commits.
  on.end_sessions(1);
  on.schema.execute("delete from events where position = 3");
  SECTION("what it knows of the head") {}
  SECTION("what it knows of streams") { testing::append(store, event_in("t")).value(); }
  const std::uint64_t head = store.head().value();
  const auto next = testing::append(store, event_in("s")).value();
  CHECK(next.first == global_position{head + 1});
  CHECK(next.versions.at(0) == stream_version{3});
  CHECK(postgres::verify(server(), on.schema.options()).defects.empty());
}

TEST_CASE("many programs of one event each: every version once, no gaps") {
  const named_store on;
  const auto made = on.open();
  std::vector<std::thread> programs;
  for (int program = 1; program <= 4; ++program)
    programs.emplace_back([&on, program] {
      auto store = on.open(program);
      for (int i = 0; i < 100; ++i) {
        // Bursts, so that each of them is alone now and then.
        testing::append(store, event_in(i % 3 == 0 ? "shared" : "of-" + std::to_string(program)))
            .value();
      }
    });
  for (std::thread& program : programs) program.join();
  CHECK(on.open().head() == global_position{400});
  CHECK(on.open().state_of("shared").version == stream_version{4 * 34});
  CHECK(postgres::verify(server(), on.schema.options()).defects.empty());
}

TEST_CASE("a role that may not insert appends by the function") {
  const named_store on;
  const auto made = on.open();
  const std::string role = on.schema.name() + "_role";
  on.schema.execute("create role " + role + " login; select allow_appending('" + role + "')");
  {
    auto store = postgres::open(server() + " user=" + role + " application_name=" + on.name_of(1),
                                on.schema.options());
    for (int i = 0; i < 4; ++i) testing::append(store, event_in("s")).value();
    CHECK(!on.has_inserted(1));
  }
  on.schema.execute("drop owned by " + role + "; drop role " + role);
}

} // namespace
