// Alternatives are stored by name, so two that share one cannot be told apart.
// expect: MEMBER_CANNOT_BE_STORED<reading, 0, std::variant<long( int)?, long long( int)?> ?>
#include <evstore/event_set.hpp>

#include <variant>

#ifdef MISUSE
using alternatives = std::variant<long, long long>;
#else
using alternatives = std::variant<long, double>;
#endif
struct reading {
  alternatives value;
};
EVSTORE_DESCRIBE(reading, value)

struct events : evstore::event_set<evstore::named<"reading", reading>> {};
