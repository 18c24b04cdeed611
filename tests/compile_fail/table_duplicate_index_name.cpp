// expect: TABLE_HAS_TWO_INDEXES_CALLED<creature, .*"by_name".*>
#include <evstore/table.hpp>

#include <string>

struct creature {
  std::string id;
  std::string name;
  int hp = 0;
};

using evstore::key, evstore::ordered, evstore::unique;

#ifdef MISUSE
using by_hp = ordered<"by_name", &creature::hp>;
#else
using by_hp = ordered<"by_hp", &creature::hp>;
#endif

evstore::table<creature, key<&creature::id>, unique<"by_name", &creature::name>, by_hp> creatures;
