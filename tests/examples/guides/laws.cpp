// Tests of a program's own events, decisions and states.
#include "../../support/scratch_folder.hpp"
#include "../bank/account.hpp"
#include "../bank/schema.hpp"

#include <evstore/evstore.hpp>
#include <evstore/memory/adapter.hpp>
#include <evstore/testing/given.hpp>
#include <evstore/testing/laws.hpp>
#include <evstore/testing/schema_lock.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <type_traits>

namespace {

// region: decision
auto withdrawing(std::int64_t cents) {
  return [=](const account& from) { return withdraw(cents, from); };
}
// endregion

} // namespace

// region: given
TEST_CASE("money can be withdrawn as long as there is some") {
  using evstore::testing::given;
  CHECK(given<account>(account_opened{"Ada"}, money_moved{500, "salary"})
            .when(withdrawing(300))
            .then(money_moved{-300, "withdrawn"}));
  CHECK(given<account>(account_opened{"Ada"})
            .when(withdrawing(300))
            .then_refused("there is not enough money"));
  CHECK(given<account>(account_opened{"Ada"}, account_closed{}).then_state({"Ada", 0, false}));
}
// endregion

TEST_CASE("what a test says that fails") {
  using evstore::testing::given;
  const auto verdict = given<account>(account_opened{"Ada"}, money_moved{500, "salary"})
                           .when(withdrawing(300))
                           .then(money_moved{-200, "withdrawn"});
  CHECK(verdict.why() ==
        R"(given account_opened {"owner":"Ada"}, money_moved {"cents":500,"reason":"salary"}
event 1 differs at $.cents
 expected money_moved {"cents":-200,"reason":"withdrawn"}
 but got  money_moved {"cents":-300,"reason":"withdrawn"})");
}

// region: static
struct opened {};
struct closed {};
EVSTORE_DESCRIBE(opened)
EVSTORE_DESCRIBE(closed)

struct doorway {
  bool open = false;
  constexpr void evolve(const opened&) { open = true; }
  constexpr void evolve(const closed&) { open = false; }
};

constexpr evstore::result<opened, int> push(const doorway& through) {
  if (through.open) return evstore::failure{1};
  return opened{};
}

static_assert(evstore::testing::given<doorway>(closed{}).when(push).then(opened{}));
static_assert(evstore::testing::given<doorway>(opened{}).when(push).then_refused(1));
// endregion

// region: laws
TEST_CASE("the bank keeps the laws") {
  using namespace evstore::testing;
  CHECK(codec_round_trip<bank>());                        // every event survives being stored
  CHECK(upcast_chain<bank>());                            // so does every older shape of it
  CHECK(fold_equals_snapshot_plus_tail<account, bank>()); // and a snapshot at any point
}
// endregion

// region: arbitrary
// A type whose members depend on each other says itself how it is drawn.
struct interval {
  std::int64_t first = 0;
  std::int64_t last = 0;
};
EVSTORE_DESCRIBE(interval, first, last)

interval arbitrary_value(evstore::testing::random_source& from, std::type_identity<interval>) {
  const auto first = static_cast<std::int64_t>(from.below(1000));
  return {first, first + static_cast<std::int64_t>(from.below(1000))};
}

TEST_CASE("intervals survive being stored") {
  CHECK(evstore::testing::codec_round_trip<interval>({.seed = 7, .count = 1000}));
}
// endregion

TEST_CASE("the lock") {
  const evstore::tests::scratch_folder folder;
  const std::string lock = (folder / "events.lock").string();
  evstore::testing::write_schema_lock<bank>(lock);
  // region: lock
  CHECK(evstore::testing::check_schema_lock<bank>(lock)); // "events.lock", committed
  // endregion
}

// region: store
TEST_CASE("Ada cannot spend what she does not have") {
  auto store = evstore::open<bank>(evstore::memory::adapter{});
  store.append("account-ada", evstore::no_stream, account_opened{"Ada"}).value();
  CHECK(!store.execute<account>("account-ada", withdrawing(300)));
  CHECK(store.state_of("account-ada").version == evstore::stream_version{1});
}
// endregion
