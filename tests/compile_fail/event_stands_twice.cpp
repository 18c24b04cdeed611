// A type has one stored name.
// expect: EVENT_STANDS_TWICE_IN_THE_SET<account_opened>
#include <evstore/event_set.hpp>

struct account_opened {};
struct account_closed {};
EVSTORE_DESCRIBE(account_opened)
EVSTORE_DESCRIBE(account_closed)

#ifdef MISUSE
using second = account_opened;
#else
using second = account_closed;
#endif
struct bank : evstore::event_set<evstore::named<"account_opened", account_opened>,
                                 evstore::named<"account_closed", second>> {};
