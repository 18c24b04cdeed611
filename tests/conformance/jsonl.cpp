#include <support/scratch_folder.hpp>

#include <evstore/check.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/testing/conformance.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace {

namespace jsonl = evstore::jsonl;
using jsonl::adapter;
static_assert(evstore::check_adapter<adapter>());

void keep_the_contract(const jsonl::options& how) {
  const evstore::tests::scratch_folder folder;
  int count = 0;
  const evstore::testing::subject<adapter> on_disk{
      .open_fresh = [&] { return jsonl::open(folder / (std::to_string(++count) + ".jsonl"), how); },
      .reopen =
          [&](adapter open) {
            const std::string path = open.path();
            { const adapter closed = std::move(open); }
            return jsonl::open(path, how);
          },
  };
  for (const auto& check : evstore::testing::conformance_checks<adapter>()) {
    DYNAMIC_SECTION(check.name) {
      const auto outcome = evstore::testing::run(check, on_disk);
      INFO(outcome.text);
      CHECK(!outcome.failed());
    }
  }
}

TEST_CASE("the JSONL adapter keeps the contract") { keep_the_contract({}); }

TEST_CASE("the JSONL adapter keeps the contract when it does not sync") {
  keep_the_contract({.durability = jsonl::durability::none()});
}

TEST_CASE("the JSONL adapter keeps the contract when it writes later") {
  constexpr auto never = std::chrono::milliseconds::max(); // unless there is a reason
  keep_the_contract({.durability = jsonl::durability::buffered(never)});
}

} // namespace
