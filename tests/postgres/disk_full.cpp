// A server whose disk is full: a server of its own, whose sessions may write no file beyond a limit. The write that crosses it
// is cut short, as on a disk without room.

#include <evstore/postgres/verify.hpp>
#include <evstore/testing/plain_commit.hpp>
#include <postgres/server_group.hpp>

#include <support/data.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace {

using namespace evstore;

class one_server : public tests::server_group {
public:
  one_server() : server_group{tests::data("postgres/cluster"), "own"} {}

  /// Of all sessions that there are.
  void limit_files(const std::string& bytes) const {
    std::string all = bytes;
    postgres::connection asking{where()};
    const postgres::answer sessions = asking.execute(
        std::string{
            "select pid::bigint from pg_stat_activity where backend_type = 'client backend'"},
        {});
    for (int row = 0; row < sessions.size(); ++row)
      all += ' ' + std::to_string(sessions.bigint(row, 0));
    run("limit", all);
  }
};

testing::plain_commit commit_of(std::uint64_t number, std::size_t events) {
  testing::plain_commit commit{{{"s", any, {}}}, {}};
  for (std::size_t i = 0; i < events; ++i)
    commit.writes[0].events.push_back({.type = "a",
                                       .data = "{\"a\":\"" + std::string(1500, 'x') + "\"}",
                                       .id = testing::id_of(1000 * number + i)});
  return commit;
}

TEST_CASE("a full disk is told as such, loses nothing, and is over when there is room") {
  const one_server server;
  auto store = postgres::open(server.where());
  testing::append(store, commit_of(0, 1)).value();
  // More than a segment of the write-ahead log, which the server cannot do without, and half a page, so
  // that a part of the last one is written.
  server.limit_files(std::to_string((2U << 20U) + 4096));
  std::uint64_t commits = 1;
  std::uint64_t stored = 1;
  for (const std::size_t events :
       {200U, 1U}) { // what is too little room for many is enough for one
    std::optional<error> thrown;
    while (!thrown && commits < 3000) {
      try {
        testing::append(store, commit_of(commits, events)).value();
        ++commits;
        stored += events;
      } catch (const error& why) {
        thrown = why;
      }
    }
    REQUIRE(thrown);
    CHECK(thrown->code() == errc::storage_full);
    CHECK(thrown->retryable());
    CHECK(std::string{thrown->what()}.find("database \"postgres\" on") != std::string::npos);
    CHECK(store.head() == global_position{stored});
    CHECK(testing::collect(store.read_stream("s", {})).size() == stored);
  }
  server.limit_files("unlimited");
  CHECK(!testing::append(store, commit_of(commits, 200)).value().replayed);
  CHECK(store.head() == global_position{stored + 200});
  CHECK(postgres::verify(server.where()).defects.empty());
}

} // namespace
