// The complaint names the struct, the place of the member from 0, and its type.
// expect: MEMBER_CANNOT_BE_STORED<money_moved, 1, std::vector<money> ?>
#include <evstore/event_set.hpp>

#include <vector>

struct money {
  int cents;
};
#ifndef MISUSE
EVSTORE_DESCRIBE(money, cents)
#endif

struct money_moved {
  int from;
  std::vector<money> parts;
};
EVSTORE_DESCRIBE(money_moved, from, parts)

struct bank : evstore::event_set<evstore::named<"money_moved", money_moved>> {};
