// expect: STATE_LACKS_evolve_FOR_EVENT<account, money_moved>
#include <evstore/json/read.hpp>
#include <evstore/memory/adapter.hpp>
#include <evstore/store.hpp>

#include <string>

struct account_opened {
  std::string owner;
};
struct money_moved {
  int cents = 0;
};
EVSTORE_DESCRIBE(account_opened, owner)
EVSTORE_DESCRIBE(money_moved, cents)

struct bank : evstore::event_set<evstore::named<"account_opened", account_opened>,
                                 evstore::named<"money_moved", money_moved>> {};

struct account {
  void evolve(const account_opened&) {}
#ifndef MISUSE
  void evolve(const money_moved&) {}
#endif
};

int main() {
  const auto store = evstore::open<bank>(evstore::memory::adapter{});
  static_cast<void>(store.fold<account>("account-ada"));
}
