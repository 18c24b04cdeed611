#include <postgres/server.hpp>

#include <evstore/check.hpp>
#include <evstore/testing/conformance.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using evstore::postgres::adapter;
using evstore::tests::scratch_schema;
static_assert(evstore::check_adapter<adapter>());

void keeps_the_contract(evstore::postgres::ordering ordering) {
  // Positions of a fenced store have gaps.
  const auto is_skipped = [&](std::string_view name) {
    return ordering == evstore::postgres::ordering::fenced &&
           name.find("chain") != std::string_view::npos;
  };
  // A check has a store, and a few a second one.
  std::vector<std::unique_ptr<scratch_schema>> schemas;
  const auto open = [&] {
    auto how = schemas.back()->options();
    how.ordering = ordering;
    return evstore::postgres::open(evstore::tests::server(), how);
  };
  const evstore::testing::subject<adapter> on_server{
      .open_fresh =
          [&] {
            schemas.push_back(std::make_unique<scratch_schema>());
            return open();
          },
      .reopen =
          [&](adapter closing) {
            { const adapter closed = std::move(closing); }
            return open();
          },
      .open_second = [&](adapter&) { return open(); },
  };
  for (const auto& check : evstore::testing::conformance_checks<adapter>()) {
    DYNAMIC_SECTION(check.name) {
      const auto outcome = evstore::testing::run(check, on_server);
      INFO(outcome.text);
      CHECK_FALSE(outcome.failed());
      CHECK(outcome.passed() == !is_skipped(check.name));
    }
  }
}

TEST_CASE("the PostgreSQL adapter keeps the contract") {
  keeps_the_contract(evstore::postgres::ordering::strict);
}
TEST_CASE("a fenced store keeps the contract") {
  keeps_the_contract(evstore::postgres::ordering::fenced);
}

} // namespace
