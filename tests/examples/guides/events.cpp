// The program behind docs/guides/events.md.
#include "../../support/scratch_folder.hpp"

#include <evstore/evstore.hpp>
#include <evstore/memory/adapter.hpp>
#include <evstore/testing/schema_lock.hpp>

#include <boost/hana/adapt_struct.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace evstore;

namespace kinds {

// region: kinds
enum class channel : std::uint8_t { counter, web, phone };
EVSTORE_DESCRIBE_ENUM(channel, counter, web, phone)

struct address {
  std::string street;
  std::optional<std::string> floor; // left out when it is empty
};
EVSTORE_DESCRIBE(address, street, floor)

struct company {
  std::string registered_in;
};
EVSTORE_DESCRIBE(company, registered_in)

struct account_opened {
  std::string owner;
  channel how;                                      // "web"
  address where;                                    // {"street":"Mill Lane"}
  std::vector<std::string> also_for;                // ["Bob"]
  std::map<std::string, std::int64_t> limits;       // {"day":50000}
  std::variant<std::monostate, company> legal_form; // {"company":{"registered_in":"Paris"}}
  std::chrono::sys_seconds from;                    // "2026-11-20T21:20:00.000000Z"
  raw_json notes;                                   // any JSON, byte for byte
};
EVSTORE_DESCRIBE(account_opened, owner, how, where, also_for, limits, legal_form, from, notes)
// endregion

} // namespace kinds

TEST_CASE("every kind of member is stored as the guide says") {
  const kinds::account_opened event{
      .owner = "Ada",
      .how = kinds::channel::web,
      .where = {"Mill Lane", {}},
      .also_for = {"Bob"},
      .limits = {{"day", 50000}},
      .legal_form = kinds::company{"Paris"},
      .from = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + std::chrono::hours{21} +
              std::chrono::minutes{20},
      .notes = raw_json{"[1, 2]"}};
  CHECK(json::to_string(event) ==
        R"({"owner":"Ada","how":"web","where":{"street":"Mill Lane"},"also_for":["Bob"],)"
        R"("limits":{"day":50000},"legal_form":{"company":{"registered_in":"Paris"}},)"
        R"("from":"2026-11-20T21:20:00.000000Z","notes":[1, 2]})");
}

// region: hana
struct money_frozen {
  std::int64_t cents;
};
BOOST_HANA_ADAPT_STRUCT(money_frozen, cents);
// endregion
static_assert(described<money_frozen>);

namespace history {

// region: versions
struct money_moved_v1 {
  double amount;
};
struct money_moved_v2 {
  std::int64_t cents;
};
struct money_moved {
  std::int64_t cents;
  std::string currency;
};
money_moved_v2 upcast(const money_moved_v1& old) { return {std::llround(old.amount * 100)}; }
money_moved upcast(const money_moved_v2& old) { return {old.cents, "EUR"}; }

EVSTORE_DESCRIBE(money_moved_v1, amount)
EVSTORE_DESCRIBE(money_moved_v2, cents)
EVSTORE_DESCRIBE(money_moved, cents, currency)

struct bank
    : event_set<named<"money_moved", versions<money_moved_v1, money_moved_v2, money_moved>>> {};
// endregion

struct bank_v1 : event_set<named<"money_moved", money_moved_v1>> {};
struct empty_bank : event_set<named<"account_frozen", money_frozen>> {};

} // namespace history

TEST_CASE("an event is brought up through every version") {
  memory::adapter log;
  evstore::open<history::bank_v1>(log)
      .append("account-ada", no_stream, history::money_moved_v1{12.34})
      .value();
  const auto store = evstore::open<history::bank>(log);
  for (const auto& event : store.read_all()) {
    CHECK(event.as<history::money_moved>()->cents == 1234);
    CHECK(event.as<history::money_moved>()->currency == "EUR");
    CHECK(event.data() == R"({"amount":12.34})");
  }
}

TEST_CASE("a program that does not know an event") {
  memory::adapter log;
  evstore::open<history::bank_v1>(log)
      .append("account-ada", no_stream, history::money_moved_v1{12.34})
      .value();
  // region: unknown
  const auto store = evstore::open<history::empty_bank>(log, {.unknown = unknown_events::preserve});
  for (const auto& event : store.read_all())
    if (!event.known()) std::cout << event.type() << ' ' << event.data() << '\n';
  // money_moved {"amount":12.34}
  // endregion
  CHECK_THROWS_AS(evstore::open<history::empty_bank>(log).read_all().next(), error);
}

TEST_CASE("the lock file") {
  using history::bank;
  const tests::scratch_folder folder;
  const std::string events_lock = (folder / "events.lock").string();
  testing::write_schema_lock<bank>(events_lock);
  // region: lock
  CHECK(testing::check_schema_lock<bank>(events_lock)); // a file that is committed with the program
  // endregion
}

// region: shape
static_assert(fingerprint_of<history::money_moved_v1> != fingerprint_of<history::money_moved_v2>);
// endregion

TEST_CASE("a shape in words") {
  CHECK(shape_text<history::money_moved>() == "{cents:int64,currency:string}");
}

TEST_CASE("deleting") {
  auto store = evstore::open<history::bank>(memory::adapter{});
  const history::money_moved moved{1, "EUR"};
  store.append("account-ada", no_stream, moved, moved, moved).value();
  // region: delete
  store.truncate("account-ada", stream_version{3}, exactly(3)).value(); // shows version 3 onwards
  store.tombstone("account-ada", stream_exists).value();                // shows nothing, for ever
  // endregion
  CHECK(store.state_of("account-ada").tombstoned);
}
