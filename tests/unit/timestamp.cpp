#include <evstore/timestamp.hpp>

#include <catch2/catch.hpp>

#include <chrono>

namespace {

using namespace std::chrono;
using evstore::parse_timestamp;
using evstore::timestamp;
using evstore::to_string;

TEST_CASE("days of all years are read back") {
  for (auto day = sys_days{year{0} / 1 / 1}; day < sys_days{year{10000} / 1 / 1}; day += days{11}) {
    const timestamp time = day + 86'399s + 999'999us;
    if (parse_timestamp(to_string(time)) != time) FAIL_CHECK(to_string(time));
  }
}

TEST_CASE("texts are ordered as times are") {
  const timestamp earlier = sys_days{year{2026} / 11 / 20} + 9h;
  CHECK(to_string(earlier) < to_string(earlier + 1us));
  CHECK(to_string(earlier) < to_string(earlier + 365 * 24h));
}

TEST_CASE("missing digits of a fraction are zeros") {
  const timestamp whole = sys_days{year{2026} / 11 / 20} + 9h;
  CHECK(parse_timestamp("2026-11-20T09:00:00.5Z") == whole + 500'000us);
  CHECK(parse_timestamp("2026-11-20T09:00:00.05Z") == whole + 50'000us);
  CHECK(parse_timestamp("2026-11-20T09:00:00.123456Z") == whole + 123'456us);
}

} // namespace
