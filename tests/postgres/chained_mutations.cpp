// The Convex server on PostgreSQL: many clients, several servers, and lines that break in the middle.
#include <postgres/server.hpp>
#include <postgres/severed_line.hpp>
#include <unit/convex/counting.hpp>

#include <evstore/convex/executor.hpp>
#include <evstore/evstore.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace evstore;
using convex::object;
using tests::scratch_schema;
using tests::server;

using executor = counting::executor<postgres::adapter>;

std::unique_ptr<executor> serve(const scratch_schema& schema) {
  return std::make_unique<executor>(
      evstore::open<counting::events>(
          postgres::open(server() + " application_name=" + schema.name(), schema.options())),
      counting::functions());
}

/// Sent again with its key until there is an answer.
std::int64_t next(executor& runs, const convex::request_key& key) {
  while (true) {
    try {
      return *runs.mutate({"count:next", object{}}, key).outcome->get_if<std::int64_t>();
    } catch (const error& failed) {
      if (!failed.retryable()) throw;
    }
  }
}

/// Clients that count, each request with a key, and look whether they see what they have written.
class counting_clients {
public:
  counting_clients(std::vector<executor*> programs, std::size_t clients, int each) {
    running_ = static_cast<int>(clients);
    for (std::size_t i = 0; i < clients; ++i)
      threads_.emplace_back([this, i, each, runs = programs[i % programs.size()]] {
        std::int64_t before = 0;
        for (int k = 0; k < each; ++k) {
          const std::int64_t now = next(*runs, {"client-" + std::to_string(i), k});
          const auto seen = runs->query({"count:get", object{}});
          if (now <= before || *seen.outcome->get_if<std::int64_t>() < now) ++wrong_;
          before = now;
          const std::lock_guard lock{mutex_};
          numbers_.insert(now);
        }
        --running_;
      });
  }
  ~counting_clients() { join(); }

  [[nodiscard]] bool are_running() const { return running_ > 0; }

  void join() {
    for (std::thread& thread : threads_)
      if (thread.joinable()) thread.join();
  }
  /// Every number once, none left out, and the log has each request once.
  void require_all(postgres::adapter log, std::size_t count) {
    join();
    CHECK(wrong_ == 0);
    CHECK(numbers_.size() == count);
    CHECK(*numbers_.rbegin() == static_cast<std::int64_t>(count));
    std::set<std::string> requests;
    for (const event_record& event :
         testing::collect(log.read_all(query::types({"convex_mutation_answered"}), {})))
      requests.insert(event.data.substr(0, event.data.find(",\"result")));
    CHECK(requests.size() == count);
    CHECK(log.head() == global_position{2 * count});
  }

private:
  std::atomic<int> running_{0};
  std::atomic<int> wrong_{0};
  std::mutex mutex_;
  std::multiset<std::int64_t> numbers_;
  std::vector<std::thread> threads_;
};

TEST_CASE("mutations of 64 clients are stored together, each once, and each client sees its own") {
  const scratch_schema schema;
  const auto runs = serve(schema);
  counting_clients clients{{runs.get()}, 64, 25};
  clients.require_all(runs->log(), 64 * 25);
  const convex::figures now = runs->count();
  CHECK(now.mutations == 64 * 25);
  CHECK(now.groups < now.mutations / 4);
}

TEST_CASE("two servers on one database both go on, and each mutation is stored once") {
  const scratch_schema schema;
  const auto one = serve(schema);
  const auto other = serve(schema);
  counting_clients clients{{one.get(), other.get()}, 32, 20};
  clients.require_all(one->log(), 32 * 20);
  CHECK(one->count().mutations == 16 * 20);
  CHECK(other->count().mutations == 16 * 20);
}

TEST_CASE("sessions that end in the middle lose nothing and double nothing") {
  const scratch_schema schema;
  const auto runs = serve(schema);
  counting_clients clients{{runs.get()}, 16, 60};
  // Those that are storing something, or about to.
  while (clients.are_running())
    schema.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = '" +
        schema.name() + "' and state = 'active'; select pg_sleep(0.02)");
  clients.require_all(runs->log(), 16 * 60);
}

TEST_CASE("a chain whose answer is lost is stored once, and its clients are told so") {
  if (server().find("host=/") == std::string::npos) {
    WARN("not checked: the server is not reached by a socket in a folder");
    return;
  }
  const scratch_schema schema;
  tests::severed_line line{server().substr(5, server().find(' ') - 5)};
  executor runs{evstore::open<counting::events>(
                    postgres::open(server() + " host=" + line.host(), schema.options())),
                counting::functions()};
  for (int k = 0; k < 40; k += 2) {
    CHECK(next(runs, {"client", k}) == k + 1);
    line.cut_before_next_answer(); // whatever it is: to the chain, or to somebody who reads
    CHECK(next(runs, {"client", k + 1}) == k + 2);
    while (!line.was_cut()) std::this_thread::yield();
  }
  CHECK(runs.log().head() == global_position{80});
}

} // namespace
