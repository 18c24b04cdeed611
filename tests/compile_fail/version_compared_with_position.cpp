// A stream version and a global position count different things and never meet in one expression.
// expect g++: no match for .*operator==.*stream_version.*global_position
// expect clang++: invalid operands to binary expression .*stream_version.*global_position
#include <evstore/position.hpp>

constexpr evstore::stream_version version{1};
#ifdef MISUSE
constexpr evstore::global_position other{1};
#else
constexpr evstore::stream_version other{1};
#endif
static_assert(version == other);
