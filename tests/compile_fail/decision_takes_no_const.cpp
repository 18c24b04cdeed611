// What a decision is given it cannot change.
// expect: DECISION_MUST_TAKE_A_CONST<account>
#include <evstore/json/read.hpp>
#include <evstore/memory/adapter.hpp>
#include <evstore/store.hpp>

#include <string>

struct money_moved {
  int cents = 0;
};
EVSTORE_DESCRIBE(money_moved, cents)

struct bank : evstore::event_set<evstore::named<"money_moved", money_moved>> {};

struct account {
  int cents = 0;
  void evolve(const money_moved&) {}
};

#ifdef MISUSE
using given = account;
#else
using given = const account;
#endif

int main() {
  auto store = evstore::open<bank>(evstore::memory::adapter{});
  const auto pay = [](given& from) { return money_moved{-from.cents}; };
  static_cast<void>(store.execute<account>("account-ada", pay).value());
  static_cast<void>(store.execute<account>(evstore::query::all(), "account-ada", pay).value());
}
