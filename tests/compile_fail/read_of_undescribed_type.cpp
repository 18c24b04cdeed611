// Only what has a stored form is read.
// expect: TYPE_CANNOT_BE_STORED<money>
#include <evstore/json/read.hpp>

struct money {
  int cents;
};
#ifndef MISUSE
EVSTORE_DESCRIBE(money, cents)
#endif

money value() { return evstore::json::read<money>("{}"); }
