// A stored name means one type.
// expect: TWO_EVENTS_HAVE_ONE_NAME<account_opened, account_closed>
#include <evstore/event_set.hpp>

struct account_opened {};
struct account_closed {};
EVSTORE_DESCRIBE(account_opened)
EVSTORE_DESCRIBE(account_closed)

#ifdef MISUSE
#define SECOND "account"
#else
#define SECOND "account_closed"
#endif
struct bank : evstore::event_set<evstore::named<"account", account_opened>,
                                 evstore::named<SECOND, account_closed>> {};
