#pragma once
// The small domain that the tests of the typed layer share.

#include <evstore/evstore.hpp>
#include <evstore/memory/adapter.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace bank {

struct account_opened {
  std::string owner;

  friend bool operator==(const account_opened&, const account_opened&) = default;
};

struct money_moved {
  std::int64_t cents = 0;
  std::string reason;

  friend bool operator==(const money_moved&, const money_moved&) = default;
};

struct account_closed {
  std::string reason;

  friend bool operator==(const account_closed&, const account_closed&) = default;
};

EVSTORE_DESCRIBE(account_opened, owner)
EVSTORE_DESCRIBE(money_moved, cents, reason)
EVSTORE_DESCRIBE(account_closed, reason)

struct events : evstore::event_set<evstore::named<"account_opened", account_opened>,
                                   evstore::named<"money_moved", money_moved>,
                                   evstore::named<"account_closed", account_closed>> {};

/// What the program looked like before accounts could be closed.
struct older_events : evstore::event_set<evstore::named<"account_opened", account_opened>,
                                         evstore::named<"money_moved", money_moved>> {};

struct account {
  std::string owner;
  std::int64_t cents = 0;
  bool open = false;

  void evolve(const account_opened& event) {
    owner = event.owner;
    open = true;
  }
  void evolve(const money_moved& event) { cents += event.cents; }
  void evolve(const account_closed&) { open = false; }

  friend bool operator==(const account&, const account&) = default;
};

EVSTORE_DESCRIBE(account, owner, cents, open)

/// A read model over all accounts, for which the stream of an event matters.
struct balances {
  std::map<std::string, std::int64_t> cents;

  void evolve(const money_moved& event, const evstore::event_view& recorded) {
    cents[std::string{recorded.stream}] += event.cents;
  }
  void evolve(const auto&) {}

  friend bool operator==(const balances&, const balances&) = default;
};

EVSTORE_DESCRIBE(balances, cents)

using store = evstore::store<events, evstore::memory::adapter>;

} // namespace bank
