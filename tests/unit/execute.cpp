#include "../support/bank.hpp"

#include <catch2/catch.hpp>

#include <thread>
#include <vector>

using namespace evstore;
using bank::account;
using bank::account_closed;
using bank::account_opened;
using bank::money_moved;

namespace {

bank::store with_ada(std::int64_t cents) {
  bank::store store{memory::adapter{}};
  store.append("account-ada", no_stream, account_opened{"Ada"}, money_moved{cents, "start"})
      .value();
  return store;
}

struct withdraw {
  using state = account;
  static result<money_moved, std::string> decide(std::int64_t cents, const account& from) {
    if (from.cents < cents) return failure{"not enough money"};
    return money_moved{-cents, "withdrawn"};
  }
};

} // namespace

TEST_CASE("a decision is appended at the version it was made on") {
  bank::store store = with_ada(10);
  const auto receipt =
      store
          .execute<account>(
              "account-ada",
              [](const account& ada) {
                return std::tuple{money_moved{-ada.cents, "all"}, account_closed{"empty"}};
              })
          .value();
  CHECK(receipt.version() == stream_version{4});
  const auto ada = store.fold<account>("account-ada");
  CHECK(ada->cents == 0);
  CHECK(!ada->open);
}

TEST_CASE("a stream begins with a decision on nothing") {
  bank::store store{memory::adapter{}};
  store
      .execute<account>("account-bob",
                        [](const account& none) {
                          return none.open ? std::optional<account_opened>{}
                                           : account_opened{"Bob"};
                        })
      .value();
  CHECK(store.fold<account>("account-bob")->owner == "Bob");
}

TEST_CASE("a refused command leaves no event") {
  bank::store store = with_ada(10);
  const auto refused = store.execute<withdraw>("account-ada", 11);
  REQUIRE(!refused.has_value());
  REQUIRE(refused.error().refusal() != nullptr);
  CHECK(*refused.error().refusal() == "not enough money");
  CHECK(refused.error().conflict() == nullptr);
  CHECK(store.head() == global_position{2});
  CHECK(store.execute<withdraw>("account-ada", 10).has_value());
  CHECK(store.fold<account>("account-ada")->cents == 0);
}

TEST_CASE("a decision that has nothing to do appends nothing and succeeds") {
  bank::store store = with_ada(10);
  const auto receipt =
      store
          .execute<account>("account-ada",
                            [](const account&) { return std::vector<money_moved>{}; })
          .value();
  CHECK(receipt.version() == stream_version{2});
  CHECK(store.head() == global_position{2});
}

TEST_CASE("a decision that lost a race is made again on the new state") {
  bank::store store = with_ada(10);
  int decided = 0;
  store
      .execute<account>("account-ada",
                        [&](const account& ada) {
                          if (++decided <= 2)
                            store.append("account-ada", any, money_moved{1, "meanwhile"}).value();
                          return money_moved{-ada.cents, "all"};
                        })
      .value();
  CHECK(decided == 3);
  CHECK(store.fold<account>("account-ada")->cents == 0);
}

TEST_CASE("retries are bounded, and the last conflict is reported") {
  bank::store store = with_ada(10);
  int decided = 0;
  const auto lost = store.execute<account>(
      "account-ada",
      [&](const account&) {
        ++decided;
        store.append("account-ada", any, money_moved{1, "meanwhile"}).value();
        return money_moved{-1, "mine"};
      },
      {.attempts = 3});
  CHECK(decided == 3);
  REQUIRE(!lost.has_value());
  CHECK(lost.error().expected == exactly(4));
  CHECK(lost.error().actual == stream_version{5});
  CHECK_THROWS_AS(store.execute<withdraw>("account-ada", 1, {.attempts = 0}), error);
}

TEST_CASE("no decision of many threads is lost") {
  bank::store store = with_ada(0);
  constexpr int each = 100;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&store] {
      for (int i = 0; i < each; ++i)
        store
            .execute<account>("account-ada",
                              [](const account& ada) {
                                return money_moved{1, std::to_string(ada.cents)};
                              },
                              {.attempts = 1000})
            .value();
    });
  for (std::thread& thread : threads) thread.join();
  // Each decision saw all that were before it: the reasons count up.
  std::int64_t expected = 0;
  for (const auto& event : store.read("account-ada", {.from = stream_version{3}}))
    CHECK(event.as<money_moved>()->reason == std::to_string(expected++));
  CHECK(expected == 4 * each);
}

TEST_CASE("a decision on a query is refused when another event that matches has appeared") {
  bank::store store{memory::adapter{}};
  const query of_ada = query::tags({"owner:ada"});
  int decided = 0;
  const auto open_account = [&](const account& ada) {
    if (++decided == 1)
      store.append("account-9", any, envelope{account_opened{"Ada"}, {.tags = {"owner:ada"}}})
          .value();
    return ada.open ? std::optional<envelope<account_opened>>{}
                    : envelope{account_opened{"Ada"}, {.tags = {"owner:ada"}}};
  };
  const auto receipt = store.execute<account>(of_ada, "account-1", open_account).value();
  CHECK(decided == 2);
  CHECK(receipt.versions.empty());
  CHECK(store.head() == global_position{1});
}

TEST_CASE("events decided on a query go to the streams that are named for them") {
  bank::store store{memory::adapter{}};
  store
      .execute<account>(
          query::all(),
          [](const auto& event) {
            if constexpr (requires { event.owner; })
              return "account-" + event.owner;
            else
              return std::string{"journal"};
          },
          [](const account&) {
            return std::tuple{account_opened{"ada"}, money_moved{1, "gift"}, account_opened{"bob"},
                              money_moved{2, "gift"}};
          })
      .value();
  CHECK(store.state_of("account-ada").version == stream_version{1});
  CHECK(store.state_of("account-bob").version == stream_version{1});
  CHECK(store.fold<account>("journal")->cents == 3);
  CHECK(store.head() == global_position{4});
}
