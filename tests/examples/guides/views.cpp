// What a store reads, as views.
#include "../bank/schema.hpp"

#include <evstore/evstore.hpp>
#include <evstore/memory/adapter.hpp>
// region: include
#include <evstore/views.hpp>
// endregion

#include <catch2/catch.hpp>
#include <range/v3/numeric/accumulate.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/filter.hpp>
#include <range/v3/view/take.hpp>
#include <range/v3/view/transform.hpp>

#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

using namespace evstore;

namespace {

auto new_bank() {
  auto store = evstore::open<bank>(memory::adapter{});
  store
      .append("account-ada", no_stream, account_opened{"Ada"}, money_moved{1000, "salary"},
              envelope{money_moved{-300, "books"}, {.tags = {"spending"}}})
      .value();
  store.append("loan-bob", no_stream, money_moved{5000, "house"}).value();
  return store;
}

} // namespace

TEST_CASE("payloads of one type") {
  auto store = new_bank();
  std::int64_t sum = 0;
  // region: of_type
  for (const money_moved& moved : store.read_all() | views::of_type<money_moved>())
    sum += moved.cents;
  // endregion
  CHECK(sum == 5700);
}

TEST_CASE("chosen events") {
  auto store = new_bank();
  // region: chosen
  const auto spent = store.read_all() | views::in_category("account") | views::tagged("spending");
  for (const auto& event : spent) std::cout << event.stream() << ' ' << event.data() << '\n';
  // endregion
  CHECK(spent.begin() == spent.end());
}

TEST_CASE("with range-v3") {
  auto store = new_bank();
  // region: compose
  const std::vector<std::string> reasons =
      store.read_all() | views::of_type<money_moved>() |
      ranges::views::filter([](const money_moved& moved) { return moved.cents > 0; }) |
      ranges::views::transform(&money_moved::reason) | ranges::views::take(10) |
      ranges::to<std::vector>;
  // endregion
  CHECK(reasons == std::vector<std::string>{"salary", "house"});
  // region: accumulate
  const auto cents = store.read("account-ada") | views::of_type<money_moved>() |
                     ranges::views::transform(&money_moved::cents);
  const std::int64_t balance = ranges::accumulate(cents, std::int64_t{0});
  // endregion
  CHECK(balance == 700);
}
