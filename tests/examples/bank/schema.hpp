#pragma once

// region: schema
#include "events.hpp"

#include <evstore/event_set.hpp>

EVSTORE_DESCRIBE(account_opened, owner)
EVSTORE_DESCRIBE(money_moved, cents, reason)
EVSTORE_DESCRIBE(account_closed)

struct bank : evstore::event_set<evstore::named<"account_opened", account_opened>,
                                 evstore::named<"money_moved", money_moved>,
                                 evstore::named<"account_closed", account_closed>> {};
// endregion
