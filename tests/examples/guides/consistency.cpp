// The program behind docs/guides/consistency.md.
#include "../bank/account.hpp"
#include "../bank/schema.hpp"

#include <evstore/evstore.hpp>
#include <evstore/memory/adapter.hpp>

#include <catch2/catch.hpp>

#include <optional>
#include <string>

using namespace evstore;

namespace {

auto new_bank() {
  auto store = evstore::open<bank>(memory::adapter{});
  store.append("account-ada", no_stream, account_opened{"Ada"}, money_moved{1000, "salary"})
      .value();
  store.append("account-bob", no_stream, account_opened{"Bob"}).value();
  return store;
}

} // namespace

TEST_CASE("the four expectations") {
  auto store = new_bank();
  // region: expectations
  store.append("account-ada", exactly(2), money_moved{-1, "fee"}).value();
  store.append("account-ada", stream_exists, money_moved{-1, "fee"}).value();
  store.append("account-ada", any, money_moved{-1, "fee"}).value();
  const append_result again = store.append("account-ada", no_stream, account_opened{"Ada"});
  // endregion
  REQUIRE(!again);
  // region: reasons
  const append_conflict& conflict = again.error();
  switch (conflict.reason) {
  case append_conflict::kind::version:    // conflict.expected and conflict.actual
  case append_conflict::kind::condition:  // conflict.at is the position of the event in the way
  case append_conflict::kind::event_id:   // another event has one of the ids, at conflict.at
  case append_conflict::kind::tombstoned: // the stream is closed for ever
    break;
  }
  // endregion
  CHECK(conflict.reason == append_conflict::kind::version);
}

TEST_CASE("several streams in one commit") {
  auto store = new_bank();
  // region: transfer
  const auto ada = store.fold<account>("account-ada");
  const auto bob = store.fold<account>("account-bob");
  const append_result moved =
      store.commit()
          .write("account-ada", exactly(ada.version), money_moved{-300, "to Bob"})
          .write("account-bob", exactly(bob.version), money_moved{300, "from Ada"})
          .append();
  // endregion
  CHECK(moved);
  // region: guard
  const append_result lent = store.commit()
                                 .guard("account-ada", exactly(3)) // Ada vouches, as she is now
                                 .write("account-bob", any, money_moved{5000, "loan"})
                                 .append();
  // endregion
  CHECK(lent);
  CHECK(lent->versions.size() == 2);
}

namespace {

// region: unique
struct name_taken {
  bool taken = false;
  void evolve(const account_opened&) { taken = true; }
  void evolve(const auto&) {}
};

result<envelope<account_opened>, std::string> open_as(const std::string& name,
                                                      const name_taken& known) {
  if (known.taken) return failure{name + " has an account"};
  return envelope{account_opened{name}, {.tags = {"name:" + name}}};
}
// endregion

} // namespace

TEST_CASE("a decision across streams") {
  auto store = new_bank();
  // region: boundary
  const auto open_account = [&](const std::string& stream, const std::string& name) {
    return store.execute<name_taken>(query::tags({"name:" + name}), stream,
                                     [&](const name_taken& known) { return open_as(name, known); });
  };
  const auto first = open_account("account-7", "Eve");
  const auto second = open_account("account-8", "Eve"); // refused: Eve has an account
  // endregion
  CHECK(first);
  REQUIRE(!second);
  CHECK(*second.error().refusal() == "Eve has an account");

  // region: require
  const query about_eve = query::tags({"name:Eve"}) | query::types({"account_closed"});
  const auto known = store.fold<name_taken>(about_eve);
  const append_result appended = store.commit()
                                     .write("account-9", no_stream, account_opened{"Mallory"})
                                     .require(about_eve, known.position)
                                     .append();
  // endregion
  CHECK(appended);
}

TEST_CASE("a retry") {
  auto store = new_bank();
  // region: retry
  const envelope payment{money_moved{-50, "books"}, {.id = generate_event_id()}};
  const append_receipt once = store.append("account-ada", exactly(2), payment).value();
  const append_receipt twice = store.append("account-ada", exactly(2), payment).value();
  // twice.replayed is true: same positions, same versions, and nothing was written
  // endregion
  CHECK(!once.replayed);
  CHECK(twice.replayed);
  CHECK(twice.versions == once.versions);
}

// region: command
struct deposit { // a command is its own decider
  std::int64_t cents;

  using state = account;
  static result<money_moved, std::string> decide(const deposit& command, const account& to) {
    if (!to.open) return failure{"the account is closed"};
    return money_moved{command.cents, "deposit"};
  }
};
// endregion

TEST_CASE("a decider") {
  auto store = new_bank();
  // region: execute
  const auto paid = store.execute<deposit>("account-ada", deposit{100}, {.attempts = 3});
  // endregion
  CHECK(paid);
}
