// The program behind docs/guides/read_models.md.
#include "../bank/account.hpp"
#include "../bank/schema.hpp"

#include <evstore/evstore.hpp>
#include <evstore/memory/adapter.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <thread>

using namespace evstore;

// region: model
struct cash_flow {
  std::int64_t in = 0;
  std::int64_t out = 0;

  void evolve(const money_moved& event) { (event.cents < 0 ? out : in) += event.cents; }
  void evolve(const auto&) {}

  static query interests() { return query::types({"money_moved"}); }
};
EVSTORE_DESCRIBE(cash_flow, in, out)
// endregion

// region: table
struct account_row {
  std::string stream;
  std::string owner;
  std::int64_t cents = 0;
};

struct accounts {
  table<account_row, key<&account_row::stream>, ordered<"by_cents", &account_row::cents>,
        composite<"by_owner", &account_row::owner, &account_row::cents>>
      rows;

  void evolve(const account_opened& event, const event_view& recorded) {
    rows.insert({std::string{recorded.stream}, event.owner}).value();
  }
  void evolve(const money_moved& event, const event_view& recorded) {
    rows.modify(recorded.stream, [&](account_row& row) { row.cents += event.cents; }).value();
  }
  void evolve(const account_closed&, const event_view& recorded) { rows.erase(recorded.stream); }
};
// endregion

namespace {

auto new_bank() {
  auto store = evstore::open<bank>(memory::adapter{});
  store.append("account-1", no_stream, account_opened{"Ada"}, money_moved{1000, "salary"}).value();
  store.append("account-2", no_stream, account_opened{"Ada"}, money_moved{50, "gift"}).value();
  store.append("account-3", no_stream, account_opened{"Bob"}, money_moved{-7, "fee"}).value();
  return store;
}

} // namespace

TEST_CASE("a projection goes on from its checkpoint") {
  auto store = new_bank();
  // region: project
  auto flow = store.project<cash_flow>(); // what was kept, if anything was, and what came after
  store.append("account-3", any, money_moved{-3, "fee"}).value();
  const std::uint64_t taken_in = store.project(flow);        // 1
  std::cout << flow->in << " in, " << flow->out << " out\n"; // 1050 in, -10 out
  // endregion
  CHECK(taken_in == 1);
  CHECK(flow->in == 1050);
  CHECK(flow->out == -10);

  // region: keep
  store.keep(flow); // the model and its checkpoint in one record: they cannot disagree
  // endregion
  const auto next_process = store.project<cash_flow>();
  CHECK(next_process.checkpoint == flow.checkpoint);
  CHECK(next_process->out == -10);
}

TEST_CASE("a table is found by its indexes") {
  auto store = new_bank();
  // region: query
  const auto all = store.project<accounts>();
  const auto& rows = all->rows;

  if (const account_row* row = rows.find("account-1")) std::cout << row->owner << '\n'; // Ada
  for (const account_row& row : rows.by<"by_owner">().prefix("Ada")) // poorest first
    std::cout << row.stream << ' ' << row.cents << '\n';
  const auto overdrawn = rows.by<"by_cents">().at_most(-1).size(); // 1
  // endregion
  CHECK(rows.by<"by_owner">().prefix("Ada").size() == 2);
  CHECK(rows.by<"by_owner">().prefix("Ada").begin()->cents == 50);
  CHECK(overdrawn == 1);
  // region: refusal
  auto copy = rows;
  const auto refused = copy.insert({"account-1", "Eve"});
  if (!refused) std::cout << refused.error().to_string() << '\n';
  // another row stands in the way in index key
  // endregion
  REQUIRE(!refused);
  CHECK(refused.error().to_string() == "another row stands in the way in index key");
}

TEST_CASE("a subscription keeps a model up to date") {
  auto store = new_bank();
  std::atomic<std::int64_t> moved = 0;
  const auto show = [&](const auto& event) { moved += event.template as<money_moved>()->cents; };
  const global_position last_seen = global_position::origin();
  // region: subscribe
  auto movements = store.subscribe(last_seen, query::types({"money_moved"}));
  std::thread follower{[&] { movements.run(show); }}; // until stopped: show(event), one by one
  // endregion
  // region: batches
  auto again = store.subscribe(last_seen, query::types({"money_moved"}));
  for (const auto& event : again.next(std::chrono::milliseconds{500})) show(event);
  const global_position done = again.checkpoint(); // to be stored with what was done
  // endregion
  // region: stop
  movements.stop(); // from any thread
  follower.join();
  // endregion
  CHECK(done == store.head());
  CHECK(moved >= 1043); // the second one saw all three; the first one what it came to
}
