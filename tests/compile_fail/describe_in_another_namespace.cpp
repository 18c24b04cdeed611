// A description outside the type's namespace would never be found, and says so.
// expect: EVSTORE_DESCRIBE stands in the namespace of its type
#include <evstore/describe.hpp>

namespace app {
struct account_opened {
  int owner;
};
#ifndef MISUSE
EVSTORE_DESCRIBE(account_opened, owner)
#endif
} // namespace app

#ifdef MISUSE
EVSTORE_DESCRIBE(app::account_opened, owner)
#endif
