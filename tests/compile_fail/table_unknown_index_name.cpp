// expect: TABLE_HAS_NO_INDEX_CALLED<creature, .*"by_hitpoints".*>
#include <evstore/table.hpp>

#include <string>

struct creature {
  std::string id;
  std::string name;
  int hp = 0;
};

evstore::table<creature, evstore::key<&creature::id>, evstore::ordered<"by_hp", &creature::hp>>
    creatures;

#ifdef MISUSE
const auto wounded = creatures.by<"by_hitpoints">();
#else
const auto wounded = creatures.by<"by_hp">();
#endif
