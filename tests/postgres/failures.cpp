#include <postgres/server.hpp>
#include <postgres/severed_line.hpp>

#include <evstore/testing/plain_commit.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>

namespace {

using namespace evstore;
using tests::scratch_schema;
using tests::server;
using namespace std::chrono_literals;

bool is_own_server() { return std::getenv("EVSTORE_POSTGRES") != nullptr; }
/// Where the socket of the tests' own server is, which its connection string begins with.
std::string folder_of_server() {
  constexpr std::size_t begin = std::string_view{"host="}.size();
  return server().substr(begin, server().find(' ') - begin);
}

/// Is set for as long as it lives.
class environment_variable {
public:
  environment_variable(const char* name, const std::string& value) : name_{name} {
    ::setenv(name, value.c_str(), 1);
  }
  ~environment_variable() { ::unsetenv(name_); }
  environment_variable(const environment_variable&) = delete;
  environment_variable& operator=(const environment_variable&) = delete;

private:
  const char* name_;
};

template <class F>
std::optional<error> failure_of(F&& act) {
  try {
    act();
  } catch (const error& thrown) {
    return thrown;
  }
  return std::nullopt;
}

bool says(const error& what, std::string_view words) {
  return std::string_view{what.what()}.find(words) != std::string_view::npos;
}

testing::plain_commit one_event(std::uint64_t id) {
  return {{{"s", any, {{.type = "a", .id = testing::id_of(id)}}}}, {}};
}

/// Keeps the turn to append, as a slow commit of another program does.
class slow_commit {
public:
  explicit slow_commit(const scratch_schema& in) {
    line_.execute(("set search_path = " + in.name() +
                   "; begin;"
                   " select pg_advisory_xact_lock(1702261620, 'events'::regclass::oid::integer)")
                      .c_str());
  }
  void finish() { line_.execute("commit"); }

private:
  postgres::connection line_{server()};
};

/// Ends the session that waits for its turn to append, as soon as there is one.
void end_who_waits(const scratch_schema& in) {
  while (in.execute("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"
                    " and not granted and objid = 'events'::regclass")
             .size() == 0)
    std::this_thread::sleep_for(1ms);
}

TEST_CASE("a server that is not there is told with host and database") {
  const auto thrown = failure_of([] { (void)postgres::open("host=/nowhere dbname=games"); });
  REQUIRE(thrown);
  CHECK(thrown->code() == errc::connection_lost);
  CHECK(thrown->retryable());
  CHECK(says(*thrown, "\"games\""));
  CHECK(says(*thrown, "/nowhere"));
}

TEST_CASE("no error tells a password") {
  for (const char* string : {"host=/nowhere password=hush dbname=games", "password=hush host",
                             "postgresql://ada:hush@localhost:x/games", "hush"}) {
    const auto thrown = failure_of([&] { (void)postgres::open(string); });
    REQUIRE(thrown);
    CHECK(!says(*thrown, "hush"));
  }
}

TEST_CASE("a wrong password is no passing trouble") {
  if (is_own_server()) {
    WARN("not checked: only the tests' own server asks for passwords");
    return;
  }
  postgres::connection{server()}.execute(
      "drop role if exists guarded;"
      " create role guarded login password 'right'");
  const auto thrown =
      failure_of([] { (void)postgres::open(server() + " user=guarded password=wrong"); });
  REQUIRE(thrown);
  CHECK(thrown->code() == errc::invalid_argument);
  CHECK(!thrown->retryable());
  CHECK(says(*thrown, "guarded"));
  CHECK(!says(*thrown, "wrong"));
  // While another server takes over, the right one is of no use for a moment.
  const auto passing = failure_of([] {
    (void)postgres::open(server() + " user=guarded password=right target_session_attrs=standby");
  });
  REQUIRE(passing);
  CHECK(passing->code() == errc::connection_lost);
  CHECK(passing->retryable());
  postgres::connection{server()}.execute("drop role guarded");
}

TEST_CASE("whoever is not let in is told by a code why, and whether a retry can help") {
  if (is_own_server()) {
    WARN("not checked: only the tests' own server asks for passwords");
    return;
  }
  postgres::connection{server()}.execute(
      "drop role if exists guarded;"
      " create role guarded login password 'right' connection limit 0");
  const auto reason = [](const std::string& more) {
    const auto thrown = failure_of([&] { (void)postgres::open(server() + more); });
    REQUIRE(thrown);
    CHECK(says(*thrown, "database"));
    CHECK(thrown->retryable() == (thrown->code() == errc::connection_lost));
    return thrown->code();
  };
  CHECK(reason(" user=guarded password=right") == errc::connection_lost); // too many sessions
  CHECK(reason(" user=guarded password=wrong") == errc::invalid_argument);
  CHECK(reason(" user=guarded") == errc::invalid_argument);
  CHECK(reason(" user=nobody_here") == errc::invalid_argument);
  CHECK(reason(" dbname=nothing_here") == errc::not_found);
  postgres::connection{server()}.execute("drop role guarded");
}

TEST_CASE("of several hosts the one that can be written to is meant, wherever they are named") {
  if (is_own_server()) {
    WARN("not checked: only of the tests' own server it is known where its socket is");
    return;
  }
  const scratch_schema schema;
  (void)schema.open();
  const std::string hosts = "/nowhere," + folder_of_server();
  std::string where = server().substr(server().find(' '));
  std::optional<environment_variable> named;
  SECTION("in the string") { where += " host=" + hosts; }
  SECTION("in the environment") { named.emplace("PGHOST", hosts); }
  CHECK(postgres::open(where, schema.options()).warnings().size() == 1);

  where += " options=-cdefault_transaction_read_only=on";
  const auto opened = [&](const std::string& more) {
    return !failure_of([&] { (void)postgres::open_read_only(where + more, schema.options()); });
  };
  CHECK(!opened(""));
  CHECK(opened(" target_session_attrs=any"));
  const environment_variable choice{"PGTARGETSESSIONATTRS", "prefer-standby"};
  CHECK(opened(""));
  CHECK(!opened(" target_session_attrs=read-write"));
}

TEST_CASE("a store that is not there is not made by those who do not ask for it") {
  const scratch_schema schema;
  postgres::options how = schema.options();
  how.create = false;
  CHECK(failure_of([&] { (void)postgres::open(server(), how); })->code() == errc::not_found);
  CHECK(failure_of([&] { (void)postgres::open_read_only(server(), how); })->code() ==
        errc::not_found);
  (void)schema.open();
  CHECK(postgres::open(server(), how).head() == global_position{});
}

TEST_CASE("a schema whose name the server would cut off is refused") {
  for (const std::string& name : {std::string{}, std::string(64, 'x')}) {
    const auto thrown = failure_of([&] { (void)postgres::open(server(), {.schema = name}); });
    REQUIRE(thrown);
    CHECK(thrown->code() == errc::invalid_argument);
  }
}

TEST_CASE("a store of a newer program is refused") {
  const scratch_schema schema;
  (void)schema.open();
  schema.execute("insert into installed (version) values (999)");
  for (const auto open : {postgres::open, postgres::open_read_only}) {
    const auto thrown = failure_of([&] { (void)open(server(), schema.options()); });
    REQUIRE(thrown);
    CHECK(thrown->code() == errc::unsupported);
    CHECK(says(*thrown, "999"));
  }
}

TEST_CASE("a server that may only be read, such as a standby, is read") {
  const scratch_schema schema;
  auto store = schema.open();
  testing::append(store, one_event(1)).value();
  auto reader =
      postgres::open(server() + " options=-cdefault_transaction_read_only=on", schema.options());
  CHECK(testing::collect(reader.read_stream("s", {})).size() == 1);
  const auto thrown = failure_of([&] { (void)testing::append(reader, one_event(2)); });
  REQUIRE(thrown);
  CHECK(thrown->code() == errc::read_only);
  auto only = postgres::open_read_only(server(), schema.options());
  CHECK(failure_of([&] { (void)testing::append(only, one_event(2)); })->code() == errc::read_only);
  CHECK(failure_of([&] { only.save_snapshot("k", {.state = "{}"}); })->code() == errc::read_only);
}

TEST_CASE("synchronous_commit = off is refused unless it is asked for by name") {
  const scratch_schema schema;
  const std::string careless = server() + " options=-csynchronous_commit=off";
  const auto thrown = failure_of([&] { (void)postgres::open(careless, schema.options()); });
  REQUIRE(thrown);
  CHECK(thrown->code() == errc::unsupported);
  CHECK(says(*thrown, "synchronous_commit"));
  postgres::options how = schema.options();
  how.durability = postgres::durability::weaker_if_configured;
  auto store = postgres::open(careless, how);
  CHECK(testing::append(store, one_event(1)).value().first == global_position{1});
}

TEST_CASE("a database in another encoding than UTF8 is refused") {
  const scratch_schema schema;
  postgres::connection{server()}.execute(
      ("create database " + schema.name() +
       " template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'")
          .c_str());
  const auto thrown =
      failure_of([&] { (void)postgres::open(server() + " dbname=" + schema.name()); });
  postgres::connection{server()}.execute(("drop database " + schema.name()).c_str());
  REQUIRE(thrown);
  CHECK(thrown->code() == errc::unsupported);
  CHECK(says(*thrown, "LATIN1"));
}

TEST_CASE("an append that waits too long is given up, and works later") {
  const scratch_schema schema;
  (void)schema.open();
  postgres::options how = schema.options();
  errc expected = errc::locked;
  SECTION("by lock_timeout") { how.lock_timeout = 200ms; }
  SECTION("by statement_timeout") {
    how.statement_timeout = 2s; // also of all that does not wait, on a busy machine
    expected = errc::cancelled;
  }
  auto store = postgres::open(server(), how);
  slow_commit other{schema};
  const auto thrown = failure_of([&] { (void)testing::append(store, one_event(1)); });
  REQUIRE(thrown);
  CHECK(thrown->code() == expected);
  CHECK(thrown->retryable());
  other.finish();
  CHECK(!testing::append(store, one_event(1)).value().replayed);
}

TEST_CASE("a commit whose session ends on the way is in doubt, and sent again it is stored once") {
  const scratch_schema schema;
  auto store = schema.open();
  slow_commit other{schema};
  std::thread hand{[&] { end_who_waits(schema); }};
  const auto thrown = failure_of([&] { (void)testing::append(store, one_event(1)); });
  hand.join();
  REQUIRE(thrown);
  CHECK(thrown->code() == errc::append_in_doubt);
  CHECK(thrown->ids() == std::vector{testing::id_of(1)});
  other.finish();
  CHECK(!testing::append(store, one_event(1)).value().replayed); // it had not been stored
  CHECK(testing::collect(store.read_stream("s", {})).size() == 1);
}

TEST_CASE("a commit whose answer is lost is in doubt, and sent again it is recognised") {
  if (is_own_server()) {
    WARN("not checked: only of the tests' own server it is known where its socket is");
    return;
  }
  const scratch_schema schema;
  tests::severed_line line{folder_of_server()};
  auto store = postgres::open(server() + " host=" + line.host(), schema.options());
  for (const std::uint64_t id : {1U, 3U}) testing::append(store, one_event(id)).value();
  line.cut_before_next_answer();
  // The connection is known to be sound, and the statement prepared: the next answer is the commit's.
  const auto thrown = failure_of([&] { (void)testing::append(store, one_event(2)); });
  CHECK(line.was_cut());
  REQUIRE(thrown);
  CHECK(thrown->code() == errc::append_in_doubt);
  CHECK(thrown->ids() == std::vector{testing::id_of(2)});
  const append_receipt receipt = testing::append(store, one_event(2)).value();
  CHECK(receipt.replayed); // it had been stored
  CHECK(receipt.first == global_position{3});
}

TEST_CASE("a connection that ended while nobody used it is replaced") {
  const scratch_schema schema;
  auto store = postgres::open(server() + " application_name=" + schema.name(), schema.options());
  testing::append(store, one_event(1)).value();
  auto cursor = store.read_stream("s", {});
  schema.execute(
      "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
      " where application_name = '" +
      schema.name() + "'");
  CHECK(store.head() == global_position{1});
  CHECK(testing::append(store, one_event(2)).value().first == global_position{2});
  CHECK(testing::collect(std::move(cursor)).size() == 1);
}

TEST_CASE("who waits for commits goes on when the connection is lost") {
  const scratch_schema schema;
  auto store = postgres::open(server() + " application_name=" + schema.name(), schema.options());
  auto other = schema.open();
  std::thread waiting{[&] { CHECK(store.wait_beyond({}, 1min) == global_position{1}); }};
  // The session that waits is ended, and the one that asked before.
  const std::string sessions =
      " from pg_stat_activity where application_name = '" + schema.name() + "'";
  while (schema
             .execute("select pg_terminate_backend(pid, 10000)" + sessions +
                      " and (select count(*)" + sessions + ") = 2")
             .size() == 0)
    std::this_thread::sleep_for(1ms);
  testing::append(other, one_event(1)).value();
  waiting.join();
}

TEST_CASE(
    "a full disk of the server is told as such, loses nothing, and is over when there is room") {
  const scratch_schema schema;
  auto store = schema.open();
  testing::append(store, one_event(1)).value();
  // What a tablespace without room says when the table grows.
  schema.execute(
      "create function no_room() returns trigger language plpgsql as $$ begin"
      " raise exception 'could not extend file: No space left on device' using errcode = "
      "'disk_full';"
      " end $$; create trigger no_room before insert on events execute function no_room()");
  for (const bool alone : {true, false}) {
    testing::plain_commit commit = one_event(2);
    if (!alone) commit.writes[0].events.push_back({.type = "a", .id = testing::id_of(3)});
    const auto thrown = failure_of([&] { (void)testing::append(store, commit); });
    REQUIRE(thrown);
    CHECK(thrown->code() == errc::storage_full);
    CHECK(says(*thrown, "database"));
  }
  CHECK(testing::collect(store.read_stream("s", {})).size() == 1);
  schema.execute("drop trigger no_room on events");
  CHECK(!testing::append(store, one_event(2)).value().replayed);
}

TEST_CASE("an operator who cancels an append is told apart from a lost connection") {
  const scratch_schema schema;
  auto store = schema.open();
  slow_commit other{schema};
  std::thread hand{[&] {
    while (schema
               .execute("select pg_cancel_backend(pid) from pg_locks where locktype = 'advisory'"
                        " and not granted and objid = 'events'::regclass")
               .size() == 0)
      std::this_thread::sleep_for(1ms);
  }};
  const auto thrown = failure_of([&] { (void)testing::append(store, one_event(1)); });
  hand.join();
  REQUIRE(thrown);
  CHECK(thrown->code() == errc::cancelled);
  CHECK(thrown->retryable());
  other.finish();
  CHECK(!testing::append(store, one_event(1)).value().replayed);
}

TEST_CASE("a race that the server calls lost is run again, and not for ever") {
  const scratch_schema schema;
  auto store = schema.open();
  const std::string code =
      GENERATE(as<std::string>{}, "serialization_failure", "deadlock_detected", "unique_violation");
  const auto lose = [&](int times) {
    schema.execute(
        "drop sequence if exists attempts cascade; create sequence attempts;"
        " create or replace function lose() returns trigger language plpgsql as"
        " $$ begin if nextval('attempts') <= " +
        std::to_string(times) + " then raise exception 'lost' using errcode = '" + code +
        "'; end if; return new; end $$;"
        " create or replace trigger lose before insert on events for each row execute"
        " function lose()");
  };
  const auto attempts = [&] {
    return schema.execute("select last_value::text from attempts").bytes(0, 0) == "5";
  };
  lose(4);
  CHECK(!testing::append(store, one_event(1)).value().replayed);
  CHECK(attempts());
  lose(1000);
  const auto thrown = failure_of([&] { (void)testing::append(store, one_event(2)); });
  REQUIRE(thrown);
  CHECK(attempts());
  CHECK(testing::collect(store.read_stream("s", {})).size() == 1);
}

TEST_CASE("one commit that the server refuses does not harm those that it went with") {
  const scratch_schema schema;
  auto store = schema.open();
  schema.execute(
      "create function refuse() returns trigger language plpgsql as"
      " $$ begin raise exception 'not this one'; end $$;"
      " create trigger refuse before insert on events for each row"
      " when (new.type = 'bad') execute function refuse()");
  slow_commit other{schema};
  std::vector<std::thread> threads;
  std::atomic<int> stored{0};
  std::atomic<int> refused{0};
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      const auto thrown = failure_of([&] {
        const testing::plain_commit commit{{{"s", any, {{.type = i == 5 ? "bad" : "good"}}}}, {}};
        testing::append(store, commit).value();
        ++stored;
      });
      if (thrown && thrown->code() == errc::io_failed && says(*thrown, "not this one")) ++refused;
    });
  other.finish();
  for (std::thread& thread : threads) thread.join();
  CHECK(stored == 7);
  CHECK(refused == 1);
  CHECK(testing::collect(store.read_stream("s", {})).size() == 7);
}

} // namespace
