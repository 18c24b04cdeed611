// Convex has one integer, and it is no number of JSON: an int would have to become one of the two.
// expect: TYPE_HAS_NO_CONVEX_VALUE<int>
#include <evstore/convex/mapping.hpp>

struct move {
#ifdef MISUSE
  int steps;
#else
  std::int64_t steps;
#endif
};
EVSTORE_DESCRIBE(move, steps)

evstore::convex::value encoded(const move& made) { return evstore::convex::to_value(made); }
