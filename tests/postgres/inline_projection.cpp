// Tables of the program's own that change in the transaction of the append.

#include <examples/bank/schema.hpp>
#include <postgres/server.hpp>

#include <evstore/evstore.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace evstore;
using tests::scratch_schema;
using tests::server;

testing::plain_commit event_in(std::string stream, std::string type, std::uint64_t id = 0) {
  testing::plain_event event{.type = std::move(type)};
  if (id != 0) event.id = testing::id_of(id);
  return {{{std::move(stream), any, {std::move(event)}}}, {}};
}

/// A store whose handles count the events of each type in a table beside the log.
struct counted_store {
  counted_store() {
    (void)schema.open();
    schema.execute("create table counts (type text primary key, events bigint not null)");
  }

  static void count(postgres::transaction& in, std::span<const event_view> stored) {
    for (const event_view& event : stored)
      in.execute(
          "insert into counts values ($1::text, 1)"
          " on conflict (type) do update set events = counts.events + 1",
          postgres::parameters{}.add(event.type));
  }

  [[nodiscard]] postgres::adapter open(postgres::inline_projection projection) const {
    postgres::options how = schema.options();
    how.inline_projection = std::move(projection);
    return postgres::open(server(), how);
  }
  [[nodiscard]] std::int64_t counted(const std::string& type) const {
    return postgres::connection{server()}
        .execute("select coalesce(sum(events), 0)::bigint from " + schema.name() +
                     ".counts where type = $1::text",
                 postgres::parameters{}.add(std::string_view{type}))
        .bigint(0, 0);
  }

  scratch_schema schema;
};

TEST_CASE("balances in a table of the program's own change with the log") {
  const scratch_schema schema;
  const std::string where = server();
  const std::string name = schema.name();
  (void)schema.open();
  schema.execute("create table balances (account text primary key, cents bigint not null)");
  // region: inline
  const auto keep_balances = [](evstore::postgres::transaction& in,
                                std::span<const evstore::event_view> stored) {
    for (const evstore::event_view& event : stored)
      if (const auto moved = evstore::typed_event<bank>{event}.as<money_moved>())
        in.execute(
            "insert into balances values ($1::text, $2::bigint) on conflict (account)"
            " do update set cents = balances.cents + excluded.cents",
            evstore::postgres::parameters{}.add(event.stream).add(moved->cents));
  };
  auto store = evstore::open<bank>(
      evstore::postgres::open(where, {.schema = name, .inline_projection = keep_balances}));
  // endregion
  store.append("account-ada", no_stream, account_opened{"Ada"}, money_moved{1000, "salary"})
      .value();
  store.append("account-ada", exactly(2), money_moved{-300, "rent"}).value();
  CHECK(!store.append("account-ada", exactly(2), money_moved{-300, "rent"}));
  const auto found = schema.execute("select account, cents::text from balances");
  REQUIRE(found.size() == 1);
  CHECK(found.bytes(0, 0) == "account-ada");
  CHECK(found.bytes(0, 1) == "700");
}

TEST_CASE("at every moment the table says what the log says, whoever appends") {
  const counted_store counted;
  std::vector<std::thread> writers;
  std::atomic<int> running{6};
  for (int writer = 0; writer < 6; ++writer)
    writers.emplace_back([&, store = counted.open(counted_store::count)]() mutable {
      for (int i = 0; i < 30; ++i) {
        // In different orders, which would be deadlocks if commits did not take turns.
        testing::plain_commit commit = event_in("s-" + std::to_string(i % 4), i % 2 ? "a" : "b");
        commit.writes[0].events.push_back({.type = i % 2 ? "b" : "a"});
        testing::append(store, commit).value();
      }
      --running;
    });
  int looks = 0;
  for (; running != 0 || looks == 0; ++looks)
    REQUIRE(counted.schema
                .execute("select from (select type, count(*) from events group by type"
                         " except select type, events from counts) as difference")
                .size() == 0);
  for (std::thread& writer : writers) writer.join();
  CHECK(counted.counted("a") == 180);
  CHECK(counted.counted("b") == 180);
}

TEST_CASE("what the projection throws, the append throws, and nothing is stored") {
  const counted_store counted;
  auto store = counted.open([](postgres::transaction& in, std::span<const event_view> stored) {
    counted_store::count(in, stored);
    for (const event_view& event : stored)
      if (event.type == "bad") throw std::domain_error{"not this one"};
  });
  std::vector<std::thread> threads; // some go together
  std::atomic<int> thrown{0};
  for (int i = 0; i < 12; ++i)
    threads.emplace_back([&, i] {
      try {
        testing::append(store, event_in("s", i % 4 == 0 ? "bad" : "good")).value();
      } catch (const std::domain_error&) {
        ++thrown;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(thrown == 3);
  CHECK(counted.counted("good") == 9);
  CHECK(counted.counted("bad") == 0);
  CHECK(testing::collect(store.read_all(query::all(), {})).size() == 9);
}

TEST_CASE("a projection that hides a failure, or ends the transaction, stores nothing") {
  const counted_store counted;
  const auto fails_after = [&](const std::string& sql) {
    auto store = counted.open([&](postgres::transaction& in, std::span<const event_view>) {
      try {
        in.execute(sql);
      } catch (const error&) { // which does not make it undone
      }
    });
    try {
      (void)testing::append(store, event_in("s", "a"));
      return false;
    } catch (const error& failed) {
      return failed.code() == errc::io_failed;
    }
  };
  CHECK(fails_after("select 1 / 0"));
  CHECK(fails_after("rollback"));
  CHECK(counted.schema.open().head() == global_position{});
}

TEST_CASE("a commit that is sent again is not projected again, and a refused one not at all") {
  const counted_store counted;
  auto store = counted.open(counted_store::count);
  testing::append(store, event_in("s", "a", 1)).value();
  CHECK(testing::append(store, event_in("s", "a", 1)).value().replayed);
  testing::plain_commit refused = event_in("s", "a");
  refused.writes[0].expected = no_stream;
  CHECK(!testing::append(store, refused));
  CHECK(counted.counted("a") == 1);
}

TEST_CASE("the projection sees events as readers will") {
  const counted_store counted;
  std::vector<event_record> seen;
  auto store = counted.open([&](postgres::transaction&, std::span<const event_view> stored) {
    for (const event_view& event : stored) seen.emplace_back(event);
  });
  testing::append(store,
                  {{{"one", any, {{.type = "a", .data = R"({"n":1e2})", .tags = {"t", "u"}}}},
                    {"two", any, {{.type = "b", .metadata = R"({"k":"v"})"}, {.type = "c"}}}},
                   {}})
      .value();
  CHECK(seen == testing::collect(store.read_all(query::all(), {})));
}

} // namespace
