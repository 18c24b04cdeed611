// Names that begin with $ are the library's, an empty name is none.
// expect: EVENT_NAME_CANNOT_BE_STORED<evstore::named<.*"\$opened".*, account_opened> ?>
#include <evstore/event_set.hpp>

struct account_opened {};
EVSTORE_DESCRIBE(account_opened)

#ifdef MISUSE
#define NAME "$opened"
#else
#define NAME "opened"
#endif
struct bank : evstore::event_set<evstore::named<NAME, account_opened>> {};
