#include <evstore/position.hpp>

#include <concepts>
#include <type_traits>

namespace {

using evstore::global_position;
using evstore::stream_version;

static_assert(global_position::origin() == global_position{});
static_assert(global_position::origin().next() == global_position{1});
static_assert(stream_version{2} < stream_version{2}.next());
static_assert(stream_version{7}.value() == 7);

// The two count different things, and neither is a number.
static_assert(!std::equality_comparable_with<global_position, stream_version>);
static_assert(!std::is_convertible_v<global_position, stream_version>);
static_assert(!std::is_constructible_v<stream_version, global_position>);
static_assert(!std::is_convertible_v<int, stream_version>);
static_assert(!std::is_convertible_v<stream_version, int>);

} // namespace
