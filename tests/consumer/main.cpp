#include <evstore/position.hpp>

int main() {
  constexpr evstore::stream_version first{1};
  return first == evstore::stream_version{}.next() ? 0 : 1;
}
