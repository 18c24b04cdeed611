// Structs answer for their own members: found when the event is written or read.
// expect: MEMBER_CANNOT_BE_STORED<money, 0, currency>
#include <evstore/json/write.hpp>

enum class currency { euro };
#ifndef MISUSE
EVSTORE_DESCRIBE_ENUM(currency, euro)
#endif

struct money {
  currency in;
};
EVSTORE_DESCRIBE(money, in)

struct money_moved {
  money amount;
};
EVSTORE_DESCRIBE(money_moved, amount)

std::string text(const money_moved& event) { return evstore::json::to_string(event); }
