// expect: TABLE_LACKS_key<creature>
#include <evstore/table.hpp>

#include <string>

struct creature {
  std::string id;
  std::string name;
  int hp = 0;
};

#ifdef MISUSE
using by_id = evstore::unique<"by_id", &creature::id>;
#else
using by_id = evstore::key<&creature::id>;
#endif

evstore::table<creature, by_id> creatures;
