// Events are stored under a name that somebody chose, never under the name of their type.
// expect: EVENT_HAS_NO_STORED_NAME<account_opened>
#include <evstore/event_set.hpp>

struct account_opened {};
EVSTORE_DESCRIBE(account_opened)

#ifdef MISUSE
struct bank : evstore::event_set<account_opened> {};
#else
struct bank : evstore::event_set<evstore::named<"account_opened", account_opened>> {};
#endif
static_assert(bank::size == 1);
