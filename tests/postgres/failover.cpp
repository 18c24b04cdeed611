// Two servers, one the standby of the other, and what is left when the first is killed under load. Takes its own servers, so
// that no other test is disturbed.

#include <evstore/postgres/adapter.hpp>
#include <evstore/testing/plain_commit.hpp>
#include <postgres/load.hpp>
#include <postgres/server_group.hpp>
#include <support/data.hpp>
#include <support/scratch_folder.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace evstore;
using namespace std::chrono_literals;
using tests::load;
using tests::stored_ids;

/// A primary, `a`, and its standby, `b`.
class two_servers : public tests::server_group {
public:
  two_servers() : server_group{tests::data("postgres/cluster"), "pair"} {}

  /// Only one of them.
  [[nodiscard]] std::string of(char server) const {
    return where().substr(0, where().find("/a,")) + '/' + server + " user=tests dbname=postgres";
  }
  std::int64_t ask(char server, const std::string& sql) const {
    return postgres::connection{of(server)}
        .execute("select (" + sql + ")::bigint", {})
        .bigint(0, 0);
  }

  void make_synchronous() {
    set('a', "synchronous_standby_names = 'b'");
    while (ask('a', "select count(*) from pg_stat_replication where sync_state = 'sync'") != 1)
      std::this_thread::sleep_for(1ms);
  }
  /// From now on the standby gets nothing.
  void cut_standby() {
    set('b', "primary_conninfo = 'host=/nowhere'");
    while (ask('a', "select count(*) from pg_stat_replication") != 0)
      std::this_thread::sleep_for(1ms);
  }
  void crash_primary() { run("crash", "a"); }
  void promote_standby() { run("promote", "b"); }

private:
  void set(char server, const std::string& what) {
    postgres::connection on{of(server)};
    on.execute(("alter system set " + what).c_str());
    on.execute("select pg_reload_conf()");
  }
};

TEST_CASE(
    "a synchronous standby takes over with everything that was acknowledged, and nothing twice") {
  two_servers servers;
  servers.make_synchronous();
  auto store = postgres::open(servers.where());
  CHECK(store.warnings().empty());
  CHECK(postgres::open(servers.where() + " options=-csynchronous_commit=local").warnings().size() ==
        1);

  // A reader that follows through it all.
  std::atomic<bool> ends{false};
  std::vector<event_record> followed;
  std::thread follower{[&, reader = postgres::open(servers.where())]() mutable {
    global_position checkpoint;
    while (!ends || checkpoint < reader.head()) {
      try {
        (void)reader.wait_beyond(checkpoint, 20ms);
        for (event_record& event :
             testing::collect(reader.read_all(query::all(), {.from = checkpoint.next()}))) {
          checkpoint = event.position;
          followed.push_back(std::move(event));
        }
      } catch (const error& lost) {
        if (!lost.retryable()) throw;
      }
    }
  }};

  load writers{store};
  writers.wait_for(200);
  servers.crash_primary();
  std::this_thread::sleep_for(50ms); // in which nobody can be reached
  servers.promote_standby();
  writers.wait_for(200);
  const std::set<event_id> acknowledged = writers.stop();
  ends = true;
  follower.join();

  const std::multiset<event_id> stored = stored_ids(store);
  for (const event_id& id : acknowledged) REQUIRE(stored.count(id) == 1);
  CHECK(std::set<event_id>(stored.begin(), stored.end()).size() == stored.size());
  REQUIRE(followed.size() == stored.size());
  for (std::size_t i = 0; i < followed.size(); ++i)
    REQUIRE(followed[i].position == global_position{i + 1});
}

TEST_CASE(
    "the control: an asynchronous standby loses what was acknowledged, and the store says so when "
    "it is opened") {
  two_servers servers;
  auto store = postgres::open(servers.where());
  REQUIRE(store.warnings().size() == 1);
  CHECK(store.warnings()[0].find("synchronous_standby_names") != std::string::npos);
  load writers{store};
  writers.wait_for(50);
  servers.cut_standby();
  writers.wait_for(50);
  servers.crash_primary();
  const std::set<event_id> acknowledged = writers.stop();
  servers.promote_standby();
  CHECK(stored_ids(postgres::open(servers.where())).size() < acknowledged.size());
}

TEST_CASE("a standby of a fenced store shows a stream, and refuses to show all") {
  two_servers servers;
  auto store = postgres::open(servers.of('a'), {.ordering = postgres::ordering::fenced});
  testing::append(store, {{{"s", any, {{.type = "a"}}}}, {}}).value();
  while (servers.ask('b', "select count(*) from pg_tables where schemaname = 'evstore'") == 0 ||
         servers.ask('b', "select count(*) from evstore.events") == 0)
    std::this_thread::sleep_for(1ms);
  auto standby = postgres::open_read_only(servers.of('b'));
  CHECK(testing::collect(standby.read_stream("s", {})).size() == 1);
  try {
    static_cast<void>(standby.read_all(query::all(), {}));
    CHECK(false);
  } catch (const error& refused) {
    CHECK(refused.code() == errc::unsupported);
    CHECK(std::string_view{refused.what()}.find("standby") != std::string_view::npos);
  }
}

TEST_CASE("a commit that only the primary has is in doubt, however its wait for the standby ends") {
  two_servers servers;
  auto store = postgres::open(servers.where());
  servers.make_synchronous();
  servers.cut_standby();
  const event_id id = testing::id_of(1);
  std::atomic<bool> is_told{false};
  std::optional<error> told;
  std::thread writer{[&] {
    try {
      testing::append(store, {{{"s", any, {{.type = "a", .id = id}}}}, {}}).value();
    } catch (const error& why) {
      told = why;
    }
    is_told = true;
  }};
  const auto waiting = [&](const std::string& act) {
    return servers.ask(
        'a', "select count(" + act + ") from pg_stat_activity where wait_event = 'SyncRep'");
  };
  while (waiting("*") == 0) std::this_thread::sleep_for(1ms);
  CHECK(!is_told);
  SECTION("an operator cancels it") { CHECK(waiting("pg_cancel_backend(pid)") == 1); }
  SECTION("an operator ends the session") { CHECK(waiting("pg_terminate_backend(pid)") == 1); }
  writer.join();
  REQUIRE(told);
  CHECK(told->code() == errc::append_in_doubt);
  CHECK(told->ids() == std::vector{id});
  // It is there, on the one server that has it.
  CHECK(stored_ids(postgres::open_read_only(servers.of('a'))).count(id) == 1);
}

} // namespace
