// Appending needs no reader; who decodes is told which header to include.
// expect: INCLUDE_evstore_json_read_hpp_TO_DECODE<bank>
#include <evstore/memory/adapter.hpp>
#include <evstore/store.hpp>

#include <string>

struct account_opened {
  std::string owner;
};
EVSTORE_DESCRIBE(account_opened, owner)

struct bank : evstore::event_set<evstore::named<"account_opened", account_opened>> {};

struct account {
  void evolve(const account_opened&) {}
};

int main() {
  auto store = evstore::open<bank>(evstore::memory::adapter{});
  static_cast<void>(store.append("account-ada", evstore::any, account_opened{"Ada"}));
#ifdef MISUSE
  static_cast<void>(store.fold<account>("account-ada"));
#endif
}
