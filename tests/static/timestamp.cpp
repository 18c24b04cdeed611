#include <evstore/timestamp.hpp>

namespace {

using namespace std::chrono;
using evstore::is_writable;
using evstore::parse_timestamp;
using evstore::timestamp;

constexpr timestamp then = sys_days{year{2026} / 11 / 20} + 21h + 20min + 0s + 123456us;

constexpr bool writes(timestamp time, std::string_view expected) {
  char written[evstore::timestamp_text_size] = {};
  return evstore::write_timestamp(written, time) == written + evstore::timestamp_text_size &&
         std::string_view{written, evstore::timestamp_text_size} == expected;
}

static_assert(writes(then, "2026-11-20T21:20:00.123456Z"));
static_assert(writes({}, "1970-01-01T00:00:00.000000Z"));
static_assert(writes(timestamp{-1us}, "1969-12-31T23:59:59.999999Z"));
static_assert(writes(sys_days{year{0} / 1 / 1}, "0000-01-01T00:00:00.000000Z"));
static_assert(writes(sys_days{year{10000} / 1 / 1} - 1us, "9999-12-31T23:59:59.999999Z"));
static_assert(writes(sys_days{year{2024} / 2 / 29}, "2024-02-29T00:00:00.000000Z"));

static_assert(is_writable(sys_days{year{0} / 1 / 1}));
static_assert(!is_writable(sys_days{year{0} / 1 / 1} - 1us));
static_assert(is_writable(sys_days{year{10000} / 1 / 1} - 1us));
static_assert(!is_writable(sys_days{year{10000} / 1 / 1}));
static_assert(!is_writable(timestamp::max()) && !is_writable(timestamp::min()));

static_assert(parse_timestamp("2026-11-20T21:20:00.123456Z") == then);
static_assert(parse_timestamp("2026-11-20T21:20:00Z") == then - 123456us);
static_assert(parse_timestamp("2026-11-20T21:20:00.1Z") == then - 23456us);
static_assert(parse_timestamp("2026-11-20T21:20:00.000001Z") == then - 123455us);
static_assert(parse_timestamp("0000-02-29T00:00:00Z").has_value(), "the year 0 is a leap year");

// Dates and times that do not exist.
static_assert(!parse_timestamp("2023-02-29T00:00:00Z"));
static_assert(!parse_timestamp("2026-13-01T00:00:00Z"));
static_assert(!parse_timestamp("2026-00-01T00:00:00Z"));
static_assert(!parse_timestamp("2026-01-00T00:00:00Z"));
static_assert(!parse_timestamp("2026-04-31T00:00:00Z"));
static_assert(!parse_timestamp("2026-01-01T24:00:00Z"));
static_assert(!parse_timestamp("2026-01-01T00:60:00Z"));
static_assert(!parse_timestamp("2026-01-01T00:00:60Z"));

// Other forms.
static_assert(!parse_timestamp(""));
static_assert(!parse_timestamp("2026-11-20"));
static_assert(!parse_timestamp("2026-11-20T21:20:00"));
static_assert(!parse_timestamp("2026-11-20T21:20:00+00:00"));
static_assert(!parse_timestamp("2026-11-20 21:20:00Z"));
static_assert(!parse_timestamp("2026-11-20T21:20:00.Z"));
static_assert(!parse_timestamp("2026-11-20T21:20:00.1234567Z"));
static_assert(!parse_timestamp("2026-11-20T21:20:00,123456Z"));
static_assert(!parse_timestamp("2026-11-20T21:20:00.12345 Z"));
static_assert(!parse_timestamp("+026-11-20T21:20:00Z"));
static_assert(!parse_timestamp("2026-11-20T-1:20:00Z"));

} // namespace
