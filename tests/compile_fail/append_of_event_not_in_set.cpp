// expect: EVENT_IS_NOT_IN_THE_SET<money_moved, bank>
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

struct bank : evstore::event_set<evstore::named<"account_opened", account_opened>> {};

int main() {
  auto store = evstore::open<bank>(evstore::memory::adapter{});
#ifdef MISUSE
  static_cast<void>(store.append("account-ada", evstore::any, money_moved{5}));
#else
  static_cast<void>(store.append("account-ada", evstore::any, account_opened{"Ada"}));
#endif
}
