#include <evstore/expected_version.hpp>

namespace {

using namespace evstore;

constexpr stream_version never{}, first{1}, third{3};

static_assert(any.met_by(never) && any.met_by(third));
static_assert(no_stream.met_by(never) && !no_stream.met_by(first));
static_assert(!stream_exists.met_by(never) && stream_exists.met_by(first));
static_assert(exactly(3).met_by(third) && !exactly(3).met_by(first) && !exactly(3).met_by(never));
static_assert(exactly(0).met_by(never) && !exactly(0).met_by(first));

static_assert(exactly(3) == exactly(third));
static_assert(exactly(3) != exactly(2));
static_assert(exactly(0) != no_stream,
              "they are met by the same streams, and say different things");

static_assert(!std::is_default_constructible_v<expected_version>, "never defaulted");
static_assert(!std::is_convertible_v<stream_version, expected_version>);

} // namespace
