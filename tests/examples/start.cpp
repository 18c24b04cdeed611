// The program behind docs/start.md.
#include "../support/scratch_folder.hpp"
#include "bank/account.hpp"
#include "bank/schema.hpp"

// region: includes
#include <evstore/evstore.hpp>
#include <evstore/jsonl/adapter.hpp>
// endregion

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>

// region: model
struct turnover {
  std::map<std::string, std::int64_t> cents; // by account

  void evolve(const money_moved& event, const evstore::event_view& recorded) {
    cents[std::string{recorded.stream}] += event.cents < 0 ? -event.cents : event.cents;
  }
  void evolve(const auto&) {} // nothing else concerns it
};
// endregion

// region: boundary
struct accounts_of_owner {
  int opened = 0;

  void evolve(const account_opened&) { ++opened; }
  void evolve(const auto&) {}
};

evstore::result<evstore::envelope<account_opened>, std::string> open_another(
    const accounts_of_owner& eve) {
  if (eve.opened == 2) return evstore::failure{"two accounts are enough"};
  return evstore::envelope{account_opened{"Eve"}, {.tags = {"owner:eve"}}};
}
// endregion

namespace next_release {

// region: versions
struct money_moved_v1 { // what is in the log already
  std::int64_t cents;
  std::string reason;
};
struct money_moved { // what the program works with from now on
  std::int64_t cents;
  std::string reason;
  std::string currency;
};
money_moved upcast(const money_moved_v1& old) { return {old.cents, old.reason, "EUR"}; }

EVSTORE_DESCRIBE(money_moved_v1, cents, reason)
EVSTORE_DESCRIBE(money_moved, cents, reason, currency)

struct bank : evstore::event_set<
                  evstore::named<"account_opened", account_opened>,
                  evstore::named<"money_moved", evstore::versions<money_moved_v1, money_moved>>,
                  evstore::named<"account_closed", account_closed>> {};
// endregion

} // namespace next_release

TEST_CASE("the first ten minutes") {
  const evstore::tests::scratch_folder folder;
  std::filesystem::current_path(folder.path());

  // region: open
  auto store = evstore::open<bank>(evstore::jsonl::open("bank.jsonl"));
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
  CHECK(ada->owner == "Ada");
  CHECK(ada->cents == 1000);

  // region: execute
  const auto paid = store.execute<account>(
      "account-ada", [](const account& from) { return withdraw(5000, from); });
  if (!paid) {
    if (const std::string* why = paid.error().refusal()) std::cout << *why << '\n';
    if (const auto* lost = paid.error().conflict()) std::cout << lost->to_string() << '\n';
  } // there is not enough money
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
  CHECK(store.state_of("account-ada").version == evstore::stream_version{3});

  // region: project
  auto moved = store.project<turnover>(); // all events so far
  store.append("account-bob", exactly(1), money_moved{200, "rent from Ada"}).value();
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
  CHECK(again->cents == 800);

  // region: subscribe
  auto news = store.subscribe(evstore::global_position::origin());
  for (const auto& event : news.next(std::chrono::seconds{1})) // waits only if nothing is there
    event.visit([](const account_opened& opened) { std::cout << opened.owner << " joins us\n"; },
                [](const auto&) {});
  const evstore::global_position checkpoint = news.checkpoint();
  // endregion
  CHECK(checkpoint == store.head());

  // region: execute_on_query
  const auto eve = evstore::query::tags({"owner:eve"});
  store.execute<accounts_of_owner>(eve, "account-eve", open_another).value();
  store.execute<accounts_of_owner>(eve, "account-eve-savings", open_another).value();
  const auto third = store.execute<accounts_of_owner>(eve, "account-eve-more", open_another);
  std::cout << *third.error().refusal() << '\n'; // two accounts are enough
  // endregion
  CHECK(*third.error().refusal() == "two accounts are enough");
}

namespace {

struct balance {
  std::map<std::string, std::int64_t> cents; // by currency

  void evolve(const next_release::money_moved& event) { cents[event.currency] += event.cents; }
  void evolve(const auto&) {}
};

} // namespace

TEST_CASE("a log of the first ten minutes is read by the next release") {
  const evstore::tests::scratch_folder folder;
  std::filesystem::current_path(folder.path());
  {
    auto store = evstore::open<bank>(evstore::jsonl::open("bank.jsonl"));
    store.append("account-ada", evstore::no_stream, money_moved{1000, "salary"}).value();
  }
  // region: after
  auto store = evstore::open<next_release::bank>(evstore::jsonl::open("bank.jsonl"));
  const next_release::money_moved dollars{1, "found on the street", "USD"};
  store.append("account-ada", evstore::exactly(1), dollars).value();
  const auto ada = store.fold<balance>("account-ada"); // {"EUR": 1000, "USD": 1}
  // endregion
  CHECK(ada->cents == std::map<std::string, std::int64_t>{{"EUR", 1000}, {"USD", 1}});
}
