#pragma once
// The small bank that the manual is about.

// region: events
#include <cstdint>
#include <string>

struct account_opened {
  std::string owner;
};

struct money_moved {
  std::int64_t cents;
  std::string reason;
};

struct account_closed {};
// endregion
