// A refusal is told from an event by its type.
// expect g++: TEXT_IS_NO_EVENT<std::__cxx11::basic_string<char>
// expect clang++: TEXT_IS_NO_EVENT<std::basic_string<char>
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

int main() {
  auto store = evstore::open<bank>(evstore::memory::adapter{});
#ifdef MISUSE
  const auto pay = [](const account&) { return std::string{"not enough money"}; };
#else
  const auto pay = [](const account&) {
    return evstore::result<money_moved, std::string>{evstore::failure{"not enough money"}};
  };
#endif
  static_cast<void>(store.execute<account>("account-ada", pay));
}
