// expect: VISIT_LACKS_AN_OVERLOAD_FOR_EVENT<bank, money_moved>
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

int main() {
  const auto store = evstore::open<bank>(evstore::memory::adapter{});
  for (const auto& event : store.read_all())
    event.visit([](const account_opened&) {}
#ifndef MISUSE
                ,
                [](const auto&) {}
#endif
    );
}
