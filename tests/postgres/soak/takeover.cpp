// The cluster of adapters/postgres/cluster: nobody promotes by hand. A program of its own and no test of `make test`: it needs
// Patroni and etcd, and a takeover takes as long as the machines are given to answer (make soak).

#include <postgres/load.hpp>
#include <postgres/server_group.hpp>
#include <support/data.hpp>
#include <support/soak.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <set>
#include <thread>
#include <vector>

namespace {

using namespace evstore;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

/// Three machines, as far as processes can be machines.
class local_cluster : public tests::server_group {
public:
  local_cluster() : server_group{tests::data("../adapters/postgres/cluster/local"), "start"} {}

  void kill_primary() { run("kill-primary"); }
  void revive() {
    run("revive");
    run("await", "3");
  }
};

TEST_CASE("whichever machine is killed, nothing acknowledged is lost, and nothing is there twice") {
  local_cluster cluster;
  const auto until = clock_type::now() + tests::soak_time(1ms);
  auto store = postgres::open(cluster.where());
  CHECK(store.warnings().empty());

  std::atomic<bool> ends{false};
  std::vector<event_record> followed;
  std::thread follower{[&, reader = postgres::open(cluster.where())]() mutable {
    global_position checkpoint;
    while (!ends || reader.head() > checkpoint) {
      try {
        static_cast<void>(reader.wait_beyond(checkpoint, 100ms));
        for (event_record& event :
             testing::collect(reader.read_all(query::all(), {.from = checkpoint.next()}))) {
          checkpoint = event.position;
          followed.push_back(std::move(event));
        }
      } catch (const error& why) {
        if (!why.retryable()) throw;
      }
    }
  }};

  tests::load writers{store};
  writers.wait_for(200);
  int takeovers = 0;
  do {
    const auto killed = clock_type::now();
    cluster.kill_primary();
    writers.wait_for(200);
    const std::chrono::duration<double> pause = clock_type::now() - killed;
    std::printf("takeover %d: appends went on after %.1f s\n", ++takeovers, pause.count());
    cluster.revive();
  } while (clock_type::now() < until);
  writers.wait_for(200);
  const std::set<event_id> acknowledged = writers.stop();
  const std::multiset<event_id> stored = tests::stored_ids(store);
  ends = true;
  follower.join();

  std::printf("%d takeovers, %zu acknowledged, %zu stored, %d in doubt\n", takeovers,
              acknowledged.size(), stored.size(), writers.doubts());
  for (const event_id& id : acknowledged) REQUIRE(stored.count(id) == 1);
  CHECK(std::set<event_id>(stored.begin(), stored.end()).size() == stored.size());
  REQUIRE(followed.size() == stored.size());
  for (std::size_t i = 0; i < followed.size(); ++i)
    REQUIRE(followed[i].position == global_position{i + 1});
}

} // namespace
