// expect: NOT_A_TABLE_INDEX<creature>
#include <evstore/table.hpp>

#include <string>

struct creature {
  std::string id;
  std::string name;
  int hp = 0;
};

#ifdef MISUSE
using by_hp = creature;
#else
using by_hp = evstore::ordered<"by_hp", &creature::hp>;
#endif

evstore::table<creature, evstore::key<&creature::id>, by_hp> creatures;
