// Each shape of an event but the last is brought up to the next.
// expect: UPCAST_IS_MISSING<money_moved_v1, money_moved>
#include <evstore/event_set.hpp>

struct money_moved_v1 {
  int cents;
};
struct money_moved {
  int cents;
  int fee;
};
EVSTORE_DESCRIBE(money_moved_v1, cents)
EVSTORE_DESCRIBE(money_moved, cents, fee)

#ifndef MISUSE
money_moved upcast(const money_moved_v1& old) { return {old.cents, 0}; }
#endif

struct bank : evstore::event_set<
                  evstore::named<"money_moved", evstore::versions<money_moved_v1, money_moved>>> {};
