// The program behind docs/start.md.
#include "bank/account.hpp"
#include "bank/schema.hpp"

// region: includes
#include <evstore/evstore.hpp>
#include <evstore/memory/adapter.hpp>
// endregion

#include <catch2/catch.hpp>

#include <iostream>
#include <map>
#include <string>
#include <vector>

// region: model
struct turnover {
  std::map<std::string, std::int64_t> cents; // by account

  void evolve(const money_moved& event, const evstore::event_view& recorded) {
    cents[std::string{recorded.stream}] += event.cents < 0 ? -event.cents : event.cents;
  }
  void evolve(const auto&) {} // nothing else concerns it
};
// endregion

TEST_CASE("the manual's first ten minutes") {
  // region: open
  auto store = evstore::open<bank>(evstore::memory::adapter{});
  // endregion

  // region: append
  using evstore::exactly, evstore::no_stream;

  store.append("account-ada", no_stream, account_opened{"Ada"}, money_moved{1000, "salary"})
      .value();
  store.append("account-bob", no_stream, account_opened{"Bob"}).value();
  // endregion

  // region: conflict
  const auto late = store.append("account-ada", exactly(1), money_moved{-200, "rent"});
  if (!late) std::cout << late.error().to_string() << '\n';
  // stream account-ada was expected to be exactly(1) and has version 2
  // endregion
  REQUIRE(!late);
  CHECK(late.error().to_string() ==
        "stream account-ada was expected to be exactly(1) and has version 2");

  // region: fold
  const auto ada = store.fold<account>("account-ada");
  std::cout << ada->owner << " has " << ada->cents << '\n'; // Ada has 1000
  store.append("account-ada", exactly(ada.version), money_moved{-200, "rent"}).value();
  // endregion
  CHECK(ada->cents == 1000);

  // region: execute
  const auto paid = store.execute<account>(
      "account-ada", [](const account& from) { return withdraw(5000, from); });
  if (!paid && paid.error().refusal()) std::cout << *paid.error().refusal() << '\n';
  // there is not enough money
  // endregion
  REQUIRE(!paid);
  CHECK(*paid.error().refusal() == "there is not enough money");

  // region: read
  for (const auto& event : store.read("account-ada"))
    std::cout << event.version().value() << ' ' << event.type() << ' ' << event.data() << '\n';
  // 1 account_opened {"owner":"Ada"}
  // 2 money_moved {"cents":1000,"reason":"salary"}
  // 3 money_moved {"cents":-200,"reason":"rent"}
  // endregion

  // region: project
  auto moved = store.project<turnover>(); // over everything so far
  store.append("account-bob", exactly(1), money_moved{200, "rent of Ada"}).value();
  store.project(moved);                                // only what came after
  std::cout << moved->cents.at("account-bob") << '\n'; // 200
  // endregion
  CHECK(moved->cents.at("account-bob") == 200);

  // region: snapshot
  store.take_snapshot<account>("account-ada");
  const auto again = store.fold<account>("account-ada");
  std::cout << again.replayed << " events replayed\n"; // 0 events replayed
  // endregion
  CHECK(again.replayed == 0);
}
