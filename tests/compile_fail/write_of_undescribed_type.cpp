// Only what has a stored form is written.
// expect: TYPE_CANNOT_BE_STORED<money>
#include <evstore/json/write.hpp>

struct money {
  int cents;
};
#ifndef MISUSE
EVSTORE_DESCRIBE(money, cents)
#endif

std::string text(const money& value) { return evstore::json::to_string(value); }
