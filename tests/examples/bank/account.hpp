#pragma once

#include "events.hpp"

#include <evstore/describe.hpp>
#include <evstore/result.hpp>

// region: state
struct account {
  std::string owner;
  std::int64_t cents = 0;
  bool open = false;

  constexpr void evolve(const account_opened& event) {
    owner = event.owner;
    open = true;
  }
  constexpr void evolve(const money_moved& event) { cents += event.cents; }
  constexpr void evolve(const account_closed&) { open = false; }
};
// endregion

// region: withdraw
constexpr evstore::result<money_moved, std::string> withdraw(std::int64_t cents,
                                                             const account& from) {
  if (!from.open) return evstore::failure{"the account is closed"};
  if (from.cents < cents) return evstore::failure{"there is not enough money"};
  return money_moved{-cents, "withdrawn"};
}
// endregion

// region: describe
EVSTORE_DESCRIBE(account, owner, cents, open)
// endregion
