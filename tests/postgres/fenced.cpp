// Stores whose commits go on side by side, and what readers see of them.

#include <postgres/server.hpp>

#include <evstore/memory/adapter.hpp>
#include <evstore/postgres/verify.hpp>
#include <evstore/testing/plain_commit.hpp>
#include <evstore/transfer.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace evstore;
using tests::scratch_schema;
using tests::server;
using namespace std::chrono_literals;

testing::plain_commit event_in(std::string stream, std::string type = "a") {
  return {{{std::move(stream), any, {{.type = std::move(type)}}}}, {}};
}

postgres::adapter open_fenced(const scratch_schema& schema) {
  postgres::options how = schema.options();
  how.ordering = postgres::ordering::fenced;
  return postgres::open(server(), how);
}

/// A commit of another program that has its positions, and has not ended.
class slow_commit {
public:
  slow_commit(const scratch_schema& in, const std::string& stream) {
    line_.execute(("set search_path = " + in.name() +
                   "; begin; select * from append('{0,1}', '{0,1}', '{0,0}', '{" + stream +
                   "}', '{-1}', '{0,1}', '{1}', '{1}', '{1}', '{1}', '{a}', '{1}', '{}', '{null}',"
                   " '{null}', '{\"{}\"}', '{null}', '{}', '{0}', '{}', '{}')")
                      .c_str());
  }
  void end(const char* how) { line_.execute(how); }

private:
  postgres::connection line_{server()};
};

std::vector<std::string> streams_seen(const postgres::adapter& store,
                                      const store_range& range = {}) {
  std::vector<std::string> streams;
  for (const event_record& event : testing::collect(store.read_all(query::all(), range)))
    streams.push_back(event.stream);
  return streams;
}

TEST_CASE("a slow commit holds up nobody who writes, and readers wait for it") {
  const scratch_schema schema;
  auto store = open_fenced(schema);
  testing::append(store, event_in("before")).value();
  slow_commit slow{schema, "slow"};
  const append_receipt fast = testing::append(store, event_in("fast")).value();
  CHECK(fast.first == global_position{3});
  // The server shows position 3 without 2, the store does not.
  CHECK(schema.execute("select from events where position = 3").size() == 1);
  CHECK(store.head() == global_position{1});
  CHECK(store.wait_beyond(global_position{1}, 50ms) == global_position{1});
  CHECK(streams_seen(store) == std::vector<std::string>{"before"});
  CHECK(streams_seen(store, {.order = direction::backwards}) == std::vector<std::string>{"before"});
  CHECK(testing::collect(store.read_all(query::types({"a"}), {})).size() == 1);
  // Streams are whole without it.
  CHECK(store.state_of("fast").version == stream_version{1});
  CHECK(testing::collect(store.read_stream("fast", {})).size() == 1);
  SECTION("until it is there") {
    slow.end("commit");
    CHECK(streams_seen(store) == std::vector<std::string>{"before", "slow", "fast"});
    CHECK(store.head() == global_position{3});
  }
  SECTION("or will never be") {
    slow.end("rollback");
    CHECK(streams_seen(store) == std::vector<std::string>{"before", "fast"});
    CHECK(store.head() == global_position{3});
    CHECK(postgres::verify(server(), schema.options()).defects.empty());
  }
}

TEST_CASE("who waits is told when the slow one has ended") {
  const scratch_schema schema;
  auto store = open_fenced(schema);
  slow_commit slow{schema, "slow"};
  testing::append(store, event_in("fast")).value();
  std::thread other{[&] {
    std::this_thread::sleep_for(20ms);
    slow.end("commit");
  }};
  CHECK(store.wait_beyond({}, 1min) == global_position{2});
  other.join();
}

TEST_CASE("commits to one stream take turns, and conditions wait for everybody") {
  const scratch_schema schema;
  auto store = open_fenced(schema);
  slow_commit slow{schema, "slow"};
  std::atomic<bool> is_through{false};
  std::thread waiting;
  SECTION("one stream") {
    waiting = std::thread{[&] {
      CHECK(!testing::append(store, {{{"slow", no_stream, {{.type = "a"}}}}, {}}));
      is_through = true;
    }};
  }
  SECTION("a condition") {
    waiting = std::thread{[&] {
      const testing::plain_commit guarded{{{"other", any, {{.type = "b"}}}},
                                          {{query::types({"a"}), global_position{}}}};
      const append_result refused = testing::append(store, guarded);
      CHECK(!refused);
      is_through = true;
    }};
  }
  while (
      schema
          .execute("select from pg_locks where locktype = 'advisory' and not granted and"
                   " database = (select oid from pg_database where datname = current_database())")
          .size() == 0)
    std::this_thread::sleep_for(1ms);
  CHECK(!is_through);
  slow.end("commit");
  waiting.join();
}

TEST_CASE("a reader that follows a fenced store misses nothing, however slow some commits are") {
  const scratch_schema schema;
  constexpr std::uint64_t writers = 6;
  constexpr std::uint64_t commits = 40;
  auto store = open_fenced(schema);
  // Every few commits one takes its time, and one is undone, after they have got their positions.
  schema.execute(
      "create function hesitate() returns trigger language plpgsql as"
      " $$ begin if new.version % 7 = 3 then perform pg_sleep(0.003); end if; return new; end $$;"
      " create trigger hesitate after insert on events for each row execute function hesitate()");
  std::atomic<std::uint64_t> running{writers};
  std::vector<std::thread> threads;
  for (std::uint64_t writer = 0; writer < writers; ++writer)
    threads.emplace_back([&, writer, own = schema.open()]() mutable {
      for (std::uint64_t i = 0; i < commits; ++i) {
        if (i % 10 == 9) {
          slow_commit undone{schema, "undone-" + std::to_string(writer)};
          undone.end("rollback");
        }
        testing::plain_commit commit = event_in("s-" + std::to_string(writer));
        commit.writes[0].events.resize(1 + i % 3, {.type = "a"});
        testing::append(own, commit).value();
      }
      --running;
    });
  std::vector<event_record> followed;
  global_position checkpoint;
  while (running != 0 || store.head() > checkpoint) {
    const global_position head = store.wait_beyond(checkpoint, 50ms);
    for (event_record& event :
         testing::collect(store.read_all(query::all(), {.from = checkpoint.next()}))) {
      REQUIRE(event.position > checkpoint);
      checkpoint = event.position;
      followed.push_back(std::move(event));
    }
    REQUIRE(checkpoint >= head);
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(followed.size() == writers * (14 * 1 + 13 * 2 + 13 * 3));
  CHECK(followed == testing::collect(store.read_all(query::all(), {})));
  CHECK(postgres::verify(server(), schema.options()).defects.empty());
}

TEST_CASE("a store keeps the ordering that it was made with, and can be filled by a copy") {
  const scratch_schema schema;
  memory::adapter source;
  for (int i = 0; i < 10; ++i) testing::append(source, event_in("s")).value();
  { auto made = open_fenced(schema); }
  auto store = schema.open();
  CHECK(copy(source, store).copied == 10);
  slow_commit slow{schema, "slow"};
  testing::append(store, event_in("fast")).value(); // is not held up
  slow.end("commit");
  CHECK(store.head() == global_position{12});
}

} // namespace
