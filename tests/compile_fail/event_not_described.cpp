// An event of a set is a described struct.
// expect: TYPE_IS_NOT_DESCRIBED<account_opened>
#include <evstore/event_set.hpp>

struct account_opened {};
#ifndef MISUSE
EVSTORE_DESCRIBE(account_opened)
#endif

struct bank : evstore::event_set<evstore::named<"account_opened", account_opened>> {};
