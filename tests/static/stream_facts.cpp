#include <evstore/stream_facts.hpp>

namespace {

using evstore::is_reserved;

static_assert(is_reserved("$truncated") && is_reserved("$tombstoned") && is_reserved("$"));
static_assert(!is_reserved("") && !is_reserved("truncated") && !is_reserved("a$"));
static_assert(evstore::stream_state{}.first == evstore::stream_version{1});

} // namespace
