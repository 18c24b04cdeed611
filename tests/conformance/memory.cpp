#include <evstore/memory/adapter.hpp>
#include <evstore/testing/conformance.hpp>

#include <catch2/catch.hpp>

namespace {

using evstore::memory::adapter;

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

} // namespace
