#include <evstore/check.hpp>
#include <evstore/memory/adapter.hpp>
#include <evstore/testing/conformance.hpp>

#include <catch2/catch.hpp>

#include <chrono>

namespace {

using evstore::memory::adapter;
static_assert(evstore::check_adapter<adapter>());

TEST_CASE("the memory adapter keeps the contract") {
  const evstore::testing::subject<adapter> memory{.open_fresh = [] { return adapter{}; }};
  for (const auto& check : evstore::testing::conformance_checks<adapter>()) {
    DYNAMIC_SECTION(check.name) {
      const auto outcome = evstore::testing::run(check, memory);
      INFO(outcome.text);
      CHECK(!outcome.failed());
    }
  }
}

struct noon {
  static constexpr std::chrono::sys_seconds now() {
    return std::chrono::sys_days{std::chrono::year{2026} / 11 / 21} + std::chrono::hours{12};
  }
};

TEST_CASE("a clock that stands still records one time") {
  evstore::memory::basic_adapter<noon> store;
  const evstore::new_event event{.type = "struck", .data = evstore::json_view::trusted("{}")};
  const evstore::stream_write write{"clock-1", evstore::any, {&event, 1}};
  static_cast<void>(store.append({{&write, 1}, {}}).value());
  CHECK(store.read_stream("clock-1", {}).next().front().time == noon::now());
}

} // namespace
