// What the server says to those who wait for commits. That they also ask now and then would hide it if it said nothing.

#include <postgres/server.hpp>

#include <evstore/testing/plain_commit.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace evstore;
using tests::scratch_schema;
using tests::server;

/// A session that listens as the adapter's do.
class listener {
public:
  explicit listener(const scratch_schema& to) {
    line_.execute(("set search_path = " + to.name()).c_str());
    const postgres::answer channel = line_.execute("select channel()");
    line_.execute(("listen " + std::string{channel.bytes(0, 0)}).c_str());
  }
  /// What is said next, if anything is within a minute.
  std::string next() {
    for (int seconds = 0; seconds < 60; ++seconds) {
      if (const auto said = line_.next_notification()) return *said;
      line_.wait_for_input(-1, 1000);
    }
    return "nothing";
  }

private:
  postgres::connection line_{server()};
};

testing::plain_commit commit_to(const std::string& stream, std::size_t events = 1) {
  return {{{stream, any, std::vector<testing::plain_event>(events, {.type = "a"})}}, {}};
}

TEST_CASE("whoever listens is told the head after each commit, whichever way it was stored") {
  const scratch_schema schema;
  auto how = schema.options();
  how.ordering = GENERATE(postgres::ordering::strict, postgres::ordering::fenced);
  auto store = postgres::open(server(), how);
  listener told{schema};
  testing::append(store, commit_to("s")).value();
  CHECK(told.next() == "1");
  testing::append(store, commit_to("s")).value(); // alone: by an INSERT
  CHECK(told.next() == "2");
  testing::append(store, commit_to("s", 3)).value();
  CHECK(told.next() == "5");
  testing::plain_commit imported = commit_to("t");
  imported.writes[0].expected = no_stream;
  imported.writes[0].events[0].time = timestamp{};
  CHECK(testing::with_view(imported, [&](const commit_view& view) {
    return store.import_commits({&view, 1});
  }));
  CHECK(told.next() == "6");
}

TEST_CASE("who waits need not ask") {
  const scratch_schema schema;
  auto how = schema.options();
  how.ordering = GENERATE(postgres::ordering::strict, postgres::ordering::fenced);
  how.poll_interval = std::chrono::hours{1};
  auto reader = postgres::open(server() + " application_name=" + schema.name(), how);
  auto writer = schema.open();
  std::thread waiting{
      [&] { CHECK(reader.wait_beyond({}, std::chrono::minutes{1}) == global_position{1}); }};
  // It has asked once, and then, as it listens, once more.
  while (schema
             .execute("select from pg_stat_activity where application_name = '" + schema.name() +
                      "' and state = 'idle'"
                      " and starts_with(query, 'select coalesce(max(position), 0) from events')")
             .size() != 2)
    std::this_thread::yield();
  testing::append(writer, commit_to("s")).value();
  waiting.join();
}

TEST_CASE("of commits that go together the last is told") {
  const scratch_schema schema;
  auto store = schema.open();
  listener told{schema};
  // While somebody else has the turn, one commit waits for it, and the others are collected behind it.
  postgres::connection other{server()};
  other.execute(
      ("set search_path = " + schema.name() +
       "; begin; select pg_advisory_xact_lock(1702261620, 'events'::regclass::oid::integer)")
          .c_str());
  std::vector<std::thread> threads;
  threads.emplace_back([&] { testing::append(store, commit_to("first")).value(); });
  while (schema
             .execute("select from pg_locks where locktype = 'advisory' and not granted"
                      " and objid = 'events'::regclass")
             .size() == 0)
    std::this_thread::yield();
  for (int i = 0; i < 4; ++i)
    threads.emplace_back(
        [&, i] { testing::append(store, commit_to("s-" + std::to_string(i))).value(); });
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  other.execute("commit");
  for (std::thread& thread : threads) thread.join();
  std::string head;
  do {
    head = told.next();
  } while (head != "5" && head != "nothing");
  CHECK(head == "5");
}

} // namespace
