#include <postgres/server.hpp>

#include <evstore/postgres/verify.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <catch2/catch.hpp>

#include <atomic>
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

testing::plain_commit event_in(std::string stream, std::string type = "a") {
  return {{{std::move(stream), any, {{.type = std::move(type)}}}}, {}};
}

TEST_CASE("programs that open a store at the same time make it once") {
  const scratch_schema schema;
  std::vector<std::thread> programs;
  std::atomic<int> opened{0};
  for (int i = 0; i < 6; ++i)
    programs.emplace_back([&] {
      auto store = schema.open();
      testing::append(store, event_in("s")).value();
      ++opened;
    });
  for (std::thread& program : programs) program.join();
  CHECK(opened == 6);
  CHECK(schema.execute("select from installed").size() == postgres::newest_version);
  CHECK(schema.open().head() == global_position{6});
}

TEST_CASE("a store of an older program is brought up to date by who may write, and once") {
  const scratch_schema schema;
  postgres::connection{server()}.execute(("create schema " + schema.name()).c_str());
  schema.execute(
      "create table installed (version bigint primary key,"
      " at timestamptz not null default clock_timestamp());" +
      std::string{postgres::sql::migrations[0]} +
      "; insert into installed (version) values (1);"
      " insert into events values (1, 's', 1, 'a', 1, null, 0, 1, 1, null, '{}', null)");
  CHECK_THROWS_AS(postgres::open_read_only(server(), schema.options()), error);
  std::vector<std::thread> programs;
  for (int i = 0; i < 4; ++i)
    programs.emplace_back([&] {
      auto store = schema.open();
      testing::append(store, event_in("s")).value();
    });
  for (std::thread& program : programs) program.join();
  CHECK(schema.open().state_of("s").version == stream_version{5});
  CHECK(postgres::open_read_only(server(), schema.options()).head() == global_position{5});
}

TEST_CASE("a store may be in a schema of any name") {
  for (const std::string name : {"Odd \"name\"", "a.b", "select", "日本"}) {
    const auto drop = [&] {
      postgres::connection{server()}.execute(
          ("set client_min_messages = error; drop schema if exists " +
           postgres::detail::quoted(name) + " cascade")
              .c_str());
    };
    drop();
    auto store = postgres::open(server(), {.schema = name});
    testing::append(store, event_in("s")).value();
    CHECK(postgres::open(server(), {.schema = name}).head() == global_position{1});
    drop();
  }
}

TEST_CASE("an appending role can append, and neither change nor delete what is stored") {
  const scratch_schema schema;
  auto owner = schema.open();
  testing::append(owner, event_in("s")).value();
  const std::string role = schema.name() + "_role";
  schema.execute("create role " + role + " login");
  const auto as_role = [&] { return postgres::open(server() + " user=" + role, schema.options()); };
  const auto may = [&](const std::string& sql) {
    postgres::connection line{server() + " user=" + role};
    try {
      line.execute(("set search_path = " + schema.name() + "; " + sql).c_str());
      return true;
    } catch (const error& refused) {
      CHECK(refused.code() == errc::read_only);
      return false;
    }
  };

  SECTION("nobody may do anything unasked") { CHECK_THROWS_AS(as_role(), error); }
  SECTION("a reader reads") {
    schema.execute("select allow_reading('" + role + "')");
    auto reader = as_role();
    CHECK(testing::collect(reader.read_all(query::all(), {})).size() == 1);
    CHECK(reader.wait_beyond({}, std::chrono::minutes{1}) == global_position{1});
    try {
      (void)testing::append(reader, event_in("s"));
      CHECK(false);
    } catch (const error& refused) {
      CHECK(refused.code() == errc::read_only);
    }
  }
  SECTION("an appender appends") {
    schema.execute("select allow_appending('" + role + "')");
    auto appender = as_role();
    CHECK(testing::append(appender, event_in("s")).value().first == global_position{2});
    appender.save_snapshot("k", {.state = "{}"});
    CHECK(appender.load_snapshot("k").snapshot);
    CHECK(may("select count(*) from events"));
    CHECK(!may("update events set data = '{}'"));
    CHECK(!may("delete from events"));
    CHECK(!may("truncate events"));
    CHECK(
        !may("insert into events select position + 9, stream, version + 9, type, schema, id, time, "
             "part, parts, tags,"
             " data, metadata from events limit 1"));
    CHECK(!may("delete from deletions"));
    CHECK(!may("insert into installed (version) values (9)"));
    CHECK(!may("drop table events"));
  }
  schema.execute("drop owned by " + role + "; drop role " + role);
}

TEST_CASE("SQL sees payloads as JSON, times as times, and what readers are shown") {
  const scratch_schema schema;
  auto store = schema.open();
  const testing::plain_event moved{.type = "moved",
                                   .data = R"({"cents":500,"cents":700,"why":"\u00e9"})",
                                   .tags = {"owner:ada"},
                                   .metadata = R"({"correlation":"c7"})",
                                   .time = timestamp{std::chrono::hours{24}}};
  testing::append(store, {{{"account-ada", any, {moved}}}, {}}).value();
  testing::append(store, {{{"gone", any, {moved, {.type = "$tombstoned"}}}}, {}}).value();
  const auto found = schema.execute(
      "select (data->>'cents')::bigint::text, metadata->>'correlation',"
      " (time at time zone 'utc')::text, tags::text"
      " from log where stream = 'account-ada'");
  REQUIRE(found.size() == 1);
  CHECK(found.bytes(0, 0) == "700"); // of two with one name, SQL takes the last
  CHECK(found.bytes(0, 1) == "c7");
  CHECK(found.bytes(0, 2) == "1970-01-02 00:00:00");
  CHECK(found.bytes(0, 3) == "{owner:ada}");
  CHECK(schema.execute("select from log").size() == 2);
}

TEST_CASE("a commit that takes its time is not overtaken") {
  const scratch_schema schema;
  auto store = schema.open();
  // A commit of another program that has its position, and has not ended.
  postgres::connection slow{server()};
  slow.execute(
      ("set search_path = " + schema.name() +
       "; begin; select * from append('{0,1}', '{0,1}', '{0,0}', '{slow}',"
       " '{-1}', '{0,1}', '{1}', '{1}', '{1}', '{1}', '{a}', '{1}', '{}', '{null}', '{null}',"
       " '{\"{}\"}', '{null}', '{}', '{0}', '{}', '{}')")
          .c_str());
  std::atomic<bool> is_through{false};
  std::thread fast{[&] {
    testing::append(store, event_in("fast")).value();
    is_through = true;
  }};
  while (schema
             .execute("select from pg_locks where locktype = 'advisory' and not granted"
                      " and objid = 'events'::regclass")
             .size() == 0)
    std::this_thread::yield();
  CHECK(!is_through);
  CHECK(store.head() == global_position{});
  slow.execute("commit");
  fast.join();
  const auto events = testing::collect(store.read_all(query::all(), {}));
  REQUIRE(events.size() == 2);
  CHECK(events[0].stream == "slow");
  CHECK(events[1].stream == "fast");
}

TEST_CASE("a reader that follows never misses a commit, whoever writes") {
  const scratch_schema schema;
  constexpr std::uint64_t writers = 6;
  constexpr std::uint64_t commits = 40;
  std::vector<std::thread> threads;
  for (std::uint64_t writer = 0; writer < writers; ++writer)
    threads.emplace_back([&, writer] {
      auto store = schema.open(); // a program of its own
      for (std::uint64_t i = 0; i < commits; ++i) {
        testing::plain_commit commit = event_in("s-" + std::to_string(writer));
        commit.writes[0].events.resize(1 + i % 3, {.type = "a"});
        testing::append(store, commit).value();
      }
    });
  auto store = schema.open();
  constexpr std::uint64_t events = writers * (14 * 1 + 13 * 2 + 13 * 3);
  global_position checkpoint;
  while (checkpoint.value() < events) {
    const global_position head = store.wait_beyond(checkpoint, std::chrono::minutes{1});
    for (const event_record& event :
         testing::collect(store.read_all(query::all(), {.from = checkpoint.next()}))) {
      REQUIRE(event.position == checkpoint.next()); // dense: nothing appears behind
      checkpoint = event.position;
    }
    REQUIRE(checkpoint >= head);
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(store.head() == global_position{events});
}

TEST_CASE("a hundred threads share calls, and each gets its own verdict") {
  const scratch_schema schema;
  auto store = schema.open();
  constexpr int appenders = 100;
  constexpr std::uint64_t commits = 12;
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int appender = 0; appender < appenders; ++appender)
    threads.emplace_back([&, stream = "s-" + std::to_string(appender)] {
      for (std::uint64_t i = 0; i < commits; ++i) {
        testing::plain_commit commit = event_in(stream);
        commit.writes[0].expected = exactly(i);
        const bool is_stored = testing::append(store, commit).has_value();
        // A version that was, and one that the stream has not reached: it has i + 1 now.
        commit.writes[0].expected = exactly(i % 2 == 0 ? i : i + 5);
        const append_result refused = testing::append(store, commit);
        if (is_stored && !refused && refused.error().actual == stream_version{i + 1}) ++right;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(right == appenders * static_cast<int>(commits));
  CHECK(store.head() == global_position{appenders * commits});
  CHECK(postgres::verify(server(), schema.options()).defects.empty());
}

TEST_CASE("commits that go together get what each would get alone") {
  const scratch_schema schema;
  auto store = schema.open();
  testing::append(store, event_in("gone")).value();
  testing::append(store, event_in("gone", "$tombstoned")).value();
  testing::append(store, event_in("here")).value();
  testing::plain_commit known = event_in("known");
  known.writes[0].events[0].id = testing::id_of(1);
  testing::append(store, known).value();

  std::vector<testing::plain_commit> together;
  for (const char* stream : {"gone", "here", "short", "new", "there", "bare"})
    together.push_back(event_in(stream));
  together[1].writes[0].expected = no_stream;
  together[2].writes[0].expected = exactly(7);
  together[3].writes[0].events[0] = {.type = "full",
                                     .data = R"({"a":1})",
                                     .id = testing::id_of(2),
                                     .tags = {"b", "a"},
                                     .metadata = R"({"by":"ada"})"};
  together[4].writes[0].expected = stream_exists;
  together.push_back(known);
  std::vector<std::optional<append_result>> verdicts(together.size());

  // While somebody else has the turn, one commit waits for it, and the others are collected behind it.
  postgres::connection other{server()};
  other.execute(
      ("set search_path = " + schema.name() +
       "; begin; select pg_advisory_xact_lock(1702261620, 'events'::regclass::oid::integer)")
          .c_str());
  std::vector<std::thread> threads;
  threads.emplace_back([&] { testing::append(store, event_in("first")).value(); });
  while (schema
             .execute("select from pg_locks where locktype = 'advisory' and not granted"
                      " and objid = 'events'::regclass")
             .size() == 0)
    std::this_thread::yield();
  for (std::size_t i = 0; i < together.size(); ++i)
    threads.emplace_back([&, i] { verdicts[i] = testing::append(store, together[i]); });
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  other.execute("commit");
  for (std::thread& thread : threads) thread.join();

  using kind = append_conflict::kind;
  CHECK(verdicts[0]->error().reason == kind::tombstoned);
  CHECK(verdicts[1]->error().reason == kind::version);
  CHECK(verdicts[1]->error().actual == stream_version{1});
  CHECK(verdicts[2]->error().actual == stream_version{0});
  CHECK(verdicts[3]->value().version() == stream_version{1});
  CHECK(verdicts[4]->error().actual == stream_version{0});
  CHECK(verdicts[5]->value().version() == stream_version{1});
  CHECK(verdicts[6]->value().replayed);
  CHECK(verdicts[6]->value().first == global_position{4});
  CHECK(store.head() == global_position{7});
  const auto stored = testing::collect(store.read_stream("new", {}));
  REQUIRE(stored.size() == 1);
  CHECK(stored[0].type == "full");
  CHECK(stored[0].data == R"({"a":1})");
  CHECK(stored[0].metadata == R"({"by":"ada"})");
  CHECK(stored[0].tags == std::vector<std::string>{"b", "a"});
  CHECK(stored[0].id == testing::id_of(2));
  CHECK(stored[0].position == verdicts[3]->value().first);
  CHECK(postgres::verify(server(), schema.options()).defects.empty());
}

TEST_CASE("a log that is shorter than a handle remembers goes on where it ends") {
  const scratch_schema schema;
  auto store = schema.open();
  for (int i = 0; i < 3; ++i) testing::append(store, event_in("s")).value();
  // As when a standby takes over that has not got the last commits.
  schema.execute("delete from events where position > 1");
  testing::plain_commit next = event_in("s");
  next.writes[0].expected = exactly(1);
  SECTION("with one event") {}
  SECTION("with several") { next.writes[0].events.resize(2, {.type = "a"}); }
  CHECK(testing::append(store, next).value().first == global_position{2});
  CHECK(postgres::verify(server(), schema.options()).defects.empty());
}

TEST_CASE("a tombstoned stream is told of, whatever version was expected") {
  const scratch_schema schema;
  auto store = schema.open();
  testing::append(store, event_in("s")).value();
  testing::append(store, event_in("s", "$tombstoned")).value();
  const std::uint64_t expected = GENERATE(1U, 2U, 9U);
  testing::plain_commit late = event_in("s");
  late.writes[0].expected = exactly(expected);
  SECTION("one event") {}
  SECTION("several") { late.writes[0].events.resize(2, {.type = "a"}); }
  const append_result refused = testing::append(store, late);
  REQUIRE(!refused);
  CHECK(refused.error().reason == append_conflict::kind::tombstoned);
  CHECK(refused.error().actual == stream_version{2});
}

TEST_CASE("long payloads among short ones are read with little memory, and in their order") {
  const scratch_schema schema;
  auto store = schema.open();
  std::vector<testing::plain_event> events;
  for (std::size_t i = 0; i < 600; ++i)
    events.push_back(
        {.type = "a",
         .data = "{\"a\":\"" + std::string(i % 97 == 3 ? 300'000 : i % 50, 'x') + "\"}",
         .tags = {"even", "n:" + std::to_string(i)}});
  testing::append(store, {{{"s", any, events}}, {}}).value();
  for (const direction order : {direction::forwards, direction::backwards}) {
    const auto all = testing::collect(store.read_all(query::all(), {.order = order}));
    REQUIRE(all.size() == events.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::size_t of = order == direction::forwards ? i : all.size() - 1 - i;
      CHECK(all[i].data == events[of].data);
      CHECK(all[i].tags == events[of].tags);
    }
    CHECK(testing::collect(store.read_stream("s", {.order = order})) == all);
    CHECK(testing::collect(store.read_all(query::tags({"even"}), {.order = order})) == all);
  }
}

TEST_CASE("a cursor that takes the place of another lets its store go") {
  const scratch_schema schema;
  const std::vector<testing::plain_event> events(5000, {.type = "a"});
  const auto reading = [&] {
    auto store = schema.open(); // whose handle goes first
    if (store.head() == global_position{})
      testing::append(store, {{{"s", any, events}}, {}}).value();
    auto cursor = store.read_all(query::all(), {});
    for (std::size_t seen = 0; seen < 2200;)
      seen += cursor.next().size(); // the next page is under way
    return cursor;
  };
  auto first = reading();
  auto second = reading();
  first = std::move(second);
  CHECK(!testing::collect(std::move(first)).empty());
}

TEST_CASE("more cursors than connections are read in turn") {
  const scratch_schema schema;
  postgres::options how = schema.options();
  how.most_connections = 2;
  auto store = postgres::open(server(), how);
  testing::append(store,
                  {{{"s", any, std::vector<testing::plain_event>(20'000, {.type = "a"})}}, {}})
      .value();
  std::vector<postgres::cursor> cursors;
  for (int i = 0; i < 6; ++i) cursors.push_back(store.read_all(query::all(), {}));
  std::vector<std::size_t> seen(cursors.size());
  for (bool more = true; more;) {
    more = false;
    for (std::size_t i = 0; i < cursors.size(); ++i) {
      const std::size_t size = cursors[i].next().size();
      seen[i] += size;
      more = more || size != 0;
    }
  }
  CHECK(seen == std::vector<std::size_t>(6, 20'000));
  CHECK(store.head() == global_position{20'000});
}

} // namespace
