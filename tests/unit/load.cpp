#include "../support/bank.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace evstore;
using bank::account;
using bank::account_closed;
using bank::account_opened;
using bank::money_moved;

namespace {

const std::string ada = "account-ada";

/// The same events seen by another state of the same shape and another meaning.
struct account_of_old {
  std::string owner;
  std::int64_t cents = 0;
  void evolve(const auto&) {}
  static constexpr std::string_view snapshot_name = "bank::account";
};
EVSTORE_DESCRIBE(account_of_old, owner, cents)

struct counted {
  std::uint64_t events = 0;
  void evolve(const auto&) { ++events; }
  static constexpr auto snapshots = every(100);
};
EVSTORE_DESCRIBE(counted, events)

struct not_described {
  std::int64_t cents = 0;
  void evolve(const money_moved& event) { cents += event.cents; }
  void evolve(const auto&) {}
};

void move_money(bank::store& store, int times) {
  for (int i = 0; i < times; ++i) store.append(ada, any, money_moved{1, ""}).value();
}

/// Cannot see any sum but the first.
struct easily_upset {
  std::int64_t cents = 0;
  void evolve(const money_moved& event) {
    if (event.cents == 2) throw std::out_of_range{"two is too much"};
    if (event.cents == 3) throw 3;
    cents += event.cents;
  }
  void evolve(const auto&) {}
};
EVSTORE_DESCRIBE(easily_upset, cents)

/// Refuses snapshots; all else is the memory adapter's.
struct without_snapshots : memory::adapter {
  void save_snapshot(std::string_view, const snapshot_view&) {
    throw error{errc::storage_full, "no room for snapshots"};
  }
};

} // namespace

TEST_CASE("an empty stream folds to the initial state at version 0") {
  const bank::store store{memory::adapter{}};
  const auto none = store.fold<account>(ada);
  CHECK(*none == account{});
  CHECK(none.version == stream_version{});
  CHECK(none.replayed == 0);
  CHECK(none.warnings.empty());
}

TEST_CASE("loading takes the snapshot and replays only what came after") {
  bank::store store{memory::adapter{}};
  move_money(store, 7);
  CHECK(store.take_snapshot<account>(ada)->cents == 7);
  move_money(store, 3);
  const auto loaded = store.fold<account>(ada);
  CHECK(loaded->cents == 10);
  CHECK(loaded.from_snapshot == stream_version{7});
  CHECK(loaded.replayed == 3);
  CHECK(loaded.version == stream_version{10});
  CHECK(loaded.position == global_position{10});
}

TEST_CASE("fold of everything equals snapshot and tail at every cut") {
  for (int cut = 0; cut <= 12; ++cut) {
    bank::store store{memory::adapter{}};
    store.append(ada, any, account_opened{"Ada"}).value();
    for (int i = 1; i <= 12; ++i) {
      if (i - 1 == cut) static_cast<void>(store.take_snapshot<account>(ada));
      store.append(ada, any, money_moved{i * i, std::to_string(i)}).value();
    }
    store.snapshots<account>(off);
    const auto all = store.fold<account>(ada);
    store.snapshots<account>(manual);
    const auto tail = store.fold<account>(ada);
    CHECK(*all == *tail);
    CHECK(all.replayed == 13);
    CHECK(!all.from_snapshot);
    CHECK(tail.replayed == static_cast<std::uint64_t>(cut == 12 ? 13 : 12 - cut));
  }
}

TEST_CASE("a state that is not described folds without snapshots") {
  bank::store store{memory::adapter{}};
  move_money(store, 3);
  CHECK(store.fold<not_described>(ada)->cents == 3);
}

TEST_CASE("a snapshot of a state of another shape is dropped and rebuilt") {
  bank::store store{memory::adapter{}};
  store.append(ada, any, account_opened{"Ada"}).value();
  static_cast<void>(store.take_snapshot<account_of_old>(ada));
  const auto loaded = store.fold<account>(ada);
  CHECK(loaded->owner == "Ada");
  CHECK(!loaded.from_snapshot);
  REQUIRE(loaded.warnings.size() == 1);
  CHECK_THAT(loaded.warnings.front(), Catch::Contains("another shape"));
}

TEST_CASE("a bad, early or foreign snapshot is reported and passed over") {
  bank::store store{memory::adapter{}};
  store.append("other", any, account_opened{"Other"}).value();
  store.append(ada, any, account_opened{"Ada"}, money_moved{5, ""}).value();
  const auto load_with = [&](snapshot_view snapshot) {
    snapshot.fingerprint = snapshot_fingerprint<account>();
    store.adapter().save_snapshot(snapshot_key<account>(ada), snapshot);
    const auto loaded = store.fold<account>(ada);
    CHECK(loaded->owner == "Ada");
    CHECK(loaded->cents == 5);
    CHECK(!loaded.from_snapshot);
    CHECK(loaded.replayed == 2);
    return loaded.warnings;
  };
  const std::string_view wrong = R"({"owner":"Eve","cents":1,"open":true})";
  SECTION("garbage") {
    CHECK(load_with({stream_version{1}, global_position{2}, 0, "{\"owner\":"}).size() == 1);
    CHECK(load_with({stream_version{1}, global_position{2}, 0, R"({"owner":"Eve"})"}).size() == 1);
    CHECK(load_with({stream_version{1}, global_position{2}, 0, ""}).size() == 1);
  }
  SECTION("ahead of its stream") {
    CHECK(load_with({stream_version{3}, global_position{3}, 0, wrong}).size() == 1);
  }
  SECTION("of another log: its event stands elsewhere") {
    CHECK(load_with({stream_version{1}, global_position{1}, 0, wrong}).size() == 1);
  }
}

TEST_CASE("a snapshot is taken each time the version passes a multiple") {
  bank::store store{memory::adapter{}};
  const auto taken_at = [&] { return store.fold<counted>(ada).from_snapshot; };
  const auto add_one = [](const counted&) { return money_moved{1, ""}; };
  for (int i = 0; i < 99; ++i) store.execute<counted>(ada, add_one).value();
  CHECK(!taken_at());
  store.execute<counted>(ada, add_one).value();
  CHECK(taken_at() == stream_version{100});
  for (int i = 0; i < 150; ++i) store.append<counted>(ada, any, money_moved{1, ""}).value();
  const auto loaded = store.fold<counted>(ada);
  CHECK(loaded.from_snapshot == stream_version{200});
  CHECK(loaded.replayed == 50);
  CHECK(loaded->events == 250);
}

TEST_CASE("a commit that passes several multiples takes one snapshot, at its end") {
  bank::store store{memory::adapter{}};
  store.append<counted>(ada, any, std::vector(250, money_moved{1, ""})).value();
  const auto loaded = store.fold<counted>(ada);
  CHECK(loaded.from_snapshot == stream_version{250});
  CHECK(loaded.replayed == 0);
}

TEST_CASE("a snapshot is taken on an event") {
  bank::store store{memory::adapter{}};
  store.snapshots<account>(on<account_closed>);
  store.append<account>(ada, any, money_moved{1, ""}).value();
  CHECK(!store.fold<account>(ada).from_snapshot);
  store.append<account>(ada, any, money_moved{1, ""}, account_closed{"x"}).value();
  CHECK(store.fold<account>(ada).from_snapshot == stream_version{3});
}

TEST_CASE("a snapshot that cannot be stored is reported, and the append stands") {
  std::vector<errc> failed;
  store<bank::events, without_snapshots> store{
      without_snapshots{},
      {.snapshot_failed = [&](const error& why) { failed.push_back(why.code()); }}};
  store.snapshots<account>(every(1));
  CHECK(store.append<account>(ada, any, money_moved{1, ""}).has_value());
  CHECK(store.execute<account>(ada, [](const account&) { return money_moved{2, ""}; }).has_value());
  CHECK(failed == std::vector{errc::storage_full, errc::storage_full});
  CHECK(store.fold<account>(ada)->cents == 3);
  CHECK_THROWS_AS(store.take_snapshot<account>(ada), error);
}

TEST_CASE("a state that throws while its snapshot is folded does not make the append fail") {
  std::vector<std::string> failed;
  bank::store store{memory::adapter{}, {.snapshot_failed = [&](const error& why) {
                      CHECK(why.code() == errc::decode_failed);
                      failed.emplace_back(why.what());
                    }}};
  store.snapshots<easily_upset>(every(1));
  const auto move = [](std::int64_t cents) {
    return [cents](const easily_upset&) { return money_moved{cents, ""}; };
  };
  CHECK(store.append<easily_upset>(ada, any, money_moved{2, ""}).has_value());
  CHECK(store.execute<easily_upset>("account-bob", move(3)).has_value());
  REQUIRE(failed.size() == 2);
  CHECK_THAT(failed[0],
             Catch::Contains("two is too much") && Catch::Contains("stream account-ada"));
  CHECK_THAT(failed[1], Catch::Contains("stream account-bob"));
  CHECK(store.head() == global_position{2});
}

TEST_CASE("of a stream without events there is no snapshot") {
  bank::store store{memory::adapter{}};
  store.append("account-bob", any, money_moved{1, ""}).value();
  CHECK(store.take_snapshot<account>(ada).version == stream_version{});
  const auto none = store.fold<account>(ada);
  CHECK(none.warnings.empty());
  CHECK(!none.from_snapshot);
}

TEST_CASE("what cannot name a stream is a stream without events, also for a state with snapshots") {
  bank::store store{memory::adapter{}};
  for (const std::string& name : {std::string{"\xFF"}, std::string{}, std::string(600, 'n')}) {
    CHECK(store.fold<account>(name).version == stream_version{});
    CHECK(store.take_snapshot<account>(name).warnings.empty());
  }
}

TEST_CASE("snapshots are no part of the log") {
  bank::store store{memory::adapter{}};
  move_money(store, 5);
  const log_digest before = detail::digest_of(store.adapter());
  static_cast<void>(store.take_snapshot<account>(ada));
  store.keep(store.project<bank::balances>());
  CHECK(detail::digest_of(store.adapter()) == before);
}

TEST_CASE("a hundred replays of one log come to one state") {
  bank::store store{memory::adapter{}};
  store.append(ada, any, account_opened{"Ada"}).value();
  move_money(store, 50);
  const std::string expected = json::to_string(*store.fold<account>(ada));
  for (int i = 0; i < 100; ++i) CHECK(json::to_string(*store.fold<account>(ada)) == expected);
}

TEST_CASE("unknown events are kept with their bytes when they are to be preserved") {
  memory::adapter adapter;
  bank::store{adapter}.append(ada, any, account_opened{"Ada"}, account_closed{"x"}).value();
  const auto older = open<bank::older_events>(adapter, {.unknown = unknown_events::preserve});
  const auto loaded = older.fold<not_described>(ada);
  REQUIRE(loaded.preserved.size() == 1);
  CHECK(loaded.preserved.front().data == R"({"reason":"x"})");
  CHECK(loaded.version == stream_version{2});
  CHECK_THROWS_AS(open<bank::older_events>(adapter).fold<not_described>(ada), error);
}

TEST_CASE("a fold over a query has seen the head") {
  bank::store store{memory::adapter{}};
  store.append("account-1", any, envelope{money_moved{1, ""}, {.tags = {"t"}}}).value();
  store.append("account-2", any, envelope{money_moved{2, ""}, {.tags = {"t"}}}).value();
  store.append("account-3", any, money_moved{4, ""}).value();
  const auto seen = store.fold<account>(query::tags({"t"}));
  CHECK(seen->cents == 3);
  CHECK(seen.position == global_position{3});
}
