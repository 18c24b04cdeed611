#include <postgres/server.hpp>

#include <evstore/check.hpp>
#include <evstore/testing/conformance.hpp>

#include <catch2/catch.hpp>

#include <optional>
#include <utility>

namespace {

using evstore::postgres::adapter;
using evstore::tests::scratch_schema;
static_assert(evstore::check_adapter<adapter>());

TEST_CASE("the PostgreSQL adapter keeps the contract") {
  // A check has a store, and a few a second one.
  std::vector<std::unique_ptr<scratch_schema>> schemas;
  const evstore::testing::subject<adapter> on_server{
      .open_fresh =
          [&] { return schemas.emplace_back(std::make_unique<scratch_schema>())->open(); },
      .reopen =
          [&](adapter open) {
            { const adapter closed = std::move(open); }
            return schemas.back()->open();
          },
      .open_second = [&](adapter&) { return schemas.back()->open(); },
  };
  for (const auto& check : evstore::testing::conformance_checks<adapter>()) {
    DYNAMIC_SECTION(check.name) {
      const auto outcome = evstore::testing::run(check, on_server);
      INFO(outcome.text);
      CHECK(outcome.passed());
    }
  }
}

} // namespace
