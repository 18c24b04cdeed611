#include <evstore/views.hpp>
#include <evstore/yaml.hpp>

struct monster {
  int hit_points;
};
EVSTORE_DESCRIBE(monster, hit_points)

std::string page() { return evstore::yaml::write(monster{22}); }
