// expect: MEMBER_CANNOT_BE_STORED<lair, 1, treasure>
#include <evstore/yaml/write.hpp>

#include <string>

struct treasure {
  int gold = 0;
};
struct lair {
  std::string name;
  treasure hoard;
};
#ifndef MISUSE
EVSTORE_DESCRIBE(treasure, gold)
#endif
EVSTORE_DESCRIBE(lair, name, hoard)

std::string page = evstore::yaml::write(lair{});
