// The program of the README, as a stranger would type it in. tests/examples/readme_twice runs it
// twice and reads what it says.

// clang-format off
// region: program
#include <evstore/evstore.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/testing/given.hpp>
#include <iostream>

struct account_opened { std::string owner; }; // events are plain structs
struct money_moved { std::int64_t cents; };
EVSTORE_DESCRIBE(account_opened, owner)
EVSTORE_DESCRIBE(money_moved, cents)
struct bank : evstore::event_set<evstore::named<"account_opened", account_opened>,
                                 evstore::named<"money_moved", money_moved>> {};

struct account { // a state takes them in
  bool open = false;
  std::int64_t cents = 0;
  constexpr void evolve(const account_opened&) { open = true; }
  constexpr void evolve(const money_moved& event) { cents += event.cents; }
  static constexpr auto snapshots = evstore::every(100);
};
EVSTORE_DESCRIBE(account, open, cents)

struct activity { // so does a read model, over the whole log
  int moves = 0;
  void evolve(const money_moved&) { ++moves; }
  void evolve(const auto&) {}
};

// a decision is a function of the state, and its test runs in the compiler
constexpr auto add_interest = [](const account& of) { return money_moved{of.cents / 10}; };
using evstore::testing::given;
static_assert(given<account>(money_moved{1000}).when(add_interest).then(money_moved{100}));

int main() {
  auto store = evstore::open<bank>(evstore::jsonl::open("bank.jsonl"));
  const auto opened = store.append("account-ada", evstore::no_stream, // the expected version
                                   account_opened{"Ada"}, money_moved{1000});
  if (!opened) std::cout << opened.error().to_string() << '\n'; // a conflict is a value
  store.execute<account>("account-ada", add_interest).value();  // load, decide, append, or again
  const auto ada = store.fold<account>("account-ada");          // newest snapshot, then the rest
  const auto seen = store.project<activity>();
  std::cout << "Ada has " << ada->cents << " cents after " << seen->moves << " moves\n";
}
// endregion
