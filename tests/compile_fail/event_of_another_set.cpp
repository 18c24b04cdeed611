// The complaint names the event and the set, by the set's own name.
// expect: EVENT_IS_NOT_IN_THE_SET<card_stolen, bank>
#include <evstore/event_set.hpp>

struct account_opened {};
struct card_stolen {};
EVSTORE_DESCRIBE(account_opened)
EVSTORE_DESCRIBE(card_stolen)

struct bank : evstore::event_set<evstore::named<"account_opened", account_opened>> {};

#ifdef MISUSE
using event = card_stolen;
#else
using event = account_opened;
#endif
constexpr auto name = evstore::event_name<bank, event>;
