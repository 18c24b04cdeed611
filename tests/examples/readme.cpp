// The program of the README: two events, an append with an expected version, load, project,
// snapshot, test. The main function is the README's, too: this test has none of Catch's.

// region: program
#include <evstore/evstore.hpp>
#include <evstore/memory/adapter.hpp>
#include <evstore/testing/given.hpp>

struct account_opened { // events are plain structs
  std::string owner;
};
struct money_moved {
  std::int64_t cents;
};
EVSTORE_DESCRIBE(account_opened, owner)
EVSTORE_DESCRIBE(money_moved, cents)
struct bank : evstore::event_set<evstore::named<"account_opened", account_opened>,
                                 evstore::named<"money_moved", money_moved>> {};

struct account { // a state takes events in
  bool open = false;
  std::int64_t cents = 0;
  constexpr void evolve(const account_opened&) { open = true; }
  constexpr void evolve(const money_moved& event) { cents += event.cents; }
};
EVSTORE_DESCRIBE(account, open, cents)

constexpr auto withdraw_all = [](const account& from) { return money_moved{-from.cents}; };
static_assert(
    evstore::testing::given<account>(money_moved{5}).when(withdraw_all).then(money_moved{-5}));

int main() {
  auto store = evstore::open<bank>(evstore::memory::adapter{}); // or jsonl::open("bank.jsonl")
  store.append("account-ada", evstore::no_stream, account_opened{"Ada"}, money_moved{5}).value();
  store.execute<account>("account-ada", withdraw_all).value();  // load, decide, append
  const auto ada = store.take_snapshot<account>("account-ada"); // or by policy: every(100)
  const auto all = store.project<account>();                    // a read model over the whole log
  const auto now = store.fold<account>("account-ada"); // newest snapshot, and what came after
  return ada->open && now->cents == 0 && all->cents == 0 ? 0 : 1;
}
// endregion
