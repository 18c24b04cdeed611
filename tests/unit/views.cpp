#include <evstore/views.hpp>

#include "../support/bank.hpp"

#include <evstore/json/read.hpp>

#include <catch2/catch.hpp>
#include <cstdint>
#include <range/v3/algorithm/count_if.hpp>
#include <range/v3/numeric/accumulate.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/filter.hpp>
#include <range/v3/view/take.hpp>
#include <range/v3/view/transform.hpp>
#include <string>
#include <vector>

using namespace evstore;
using bank::account_opened;
using bank::money_moved;

namespace {

bank::store filled() {
  bank::store store{memory::adapter{}};
  store.append("account-ada", no_stream, account_opened{"Ada"}, money_moved{5, "a"}).value();
  store.append("account-bob", no_stream, account_opened{"Bob"}).value();
  store.append("loan-ada", no_stream, envelope{money_moved{70, "b"}, {.tags = {"big", "late"}}})
      .value();
  store.append("account-ada", any, envelope{money_moved{100, "c"}, {.tags = {"big"}}}).value();
  store.append("accounting-1", any, money_moved{1, "d"}).value();
  return store;
}

/// The reasons of money movements.
template <class Range>
std::string reasons(Range&& range) {
  std::string text;
  for (const money_moved& moved : range) text += moved.reason;
  return text;
}

/// The positions of events.
template <class Range>
std::vector<std::uint64_t> positions(Range&& range) {
  std::vector<std::uint64_t> found;
  for (const auto& event : range) found.push_back(event.position().value());
  return found;
}

using numbers = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("of_type gives the payloads of one type in order") {
  const bank::store store = filled();
  CHECK(reasons(store.read_all() | views::of_type<money_moved>()) == "abcd");
  CHECK(reasons(store.read("account-ada") | views::of_type<money_moved>()) == "ac");
  CHECK(reasons(store.read_all({.order = direction::backwards}) | views::of_type<money_moved>()) ==
        "dcba");
  CHECK(reasons(store.read_all() | views::of_type<bank::account_closed>() |
                ranges::views::transform([](const auto&) { return money_moved{}; })) == "");
}

TEST_CASE("in_category and tagged choose events, also one after the other") {
  const bank::store store = filled();
  CHECK(positions(store.read_all() | views::in_category("account")) == numbers{1, 2, 3, 5});
  CHECK(positions(store.read_all() | views::in_category("accounting")) == numbers{6});
  CHECK(positions(store.read_all() | views::tagged("big")) == numbers{4, 5});
  CHECK(positions(store.read_all() | views::tagged("big") | views::in_category("loan")) ==
        numbers{4});
  CHECK(reasons(store.read_all() | views::in_category("account") | views::tagged("big") |
                views::of_type<money_moved>()) == "c");
  CHECK(positions(store.read_all() | views::tagged("none")).empty());
}

TEST_CASE("range-v3's views stand before and behind ours") {
  const bank::store store = filled();
  CHECK(reasons(store.read_all() | views::of_type<money_moved>() | ranges::views::take(2)) == "ab");
  CHECK(reasons(store.read_all() | views::events | ranges::views::take(4) |
                views::of_type<money_moved>()) == "ab");
  const auto even = [](const auto& event) { return event.position().value() % 2 == 0; };
  CHECK(positions(store.read_all() | views::events | ranges::views::filter(even) |
                  views::in_category("account")) == numbers{2});
  CHECK((store.read_all() | views::of_type<money_moved>() |
         ranges::views::transform(&money_moved::cents) | ranges::to<std::vector>) ==
        std::vector<std::int64_t>{5, 70, 100, 1});
  CHECK(ranges::accumulate(store.read_all() | views::of_type<money_moved>() |
                               ranges::views::transform(&money_moved::cents),
                           std::int64_t{0}) == 176);
  CHECK(ranges::count_if(store.read_all() | views::events, even) == 3);
}

TEST_CASE("a range with a name is borrowed, a view with a name is shared") {
  const bank::store store = filled();
  auto events = store.read_all();
  CHECK(reasons(events | views::of_type<money_moved>()) == "abcd");

  auto in_accounts = store.read_all() | views::in_category("account");
  auto copy = in_accounts;
  CHECK(copy.begin() != copy.end());
  CHECK((*copy.begin()).position().value() == 1);
  CHECK((*in_accounts.begin()).position().value() == 1);
  ++copy.begin();
  CHECK((*in_accounts.begin()).position().value() == 2);
  CHECK(reasons(in_accounts | views::of_type<money_moved>()) == "ac");
  CHECK(copy.begin() == copy.end());
}

TEST_CASE("a payload that does not read is an error with its place") {
  bank::store store = filled();
  const new_event broken{.type = "money_moved", .data = json_view::checked(R"({"cents":"x"})")};
  const stream_write write{"account-eve", any, {&broken, 1}};
  store.adapter().append({.writes = {&write, 1}, .conditions = {}}).value();
  try {
    static_cast<void>(reasons(store.read_all() | views::of_type<money_moved>()));
    FAIL("the payload was read");
  } catch (const error& failed) {
    CHECK(failed.code() == errc::decode_failed);
    CHECK(failed.place().stream == "account-eve");
    CHECK(failed.place().position == 7);
    CHECK(failed.place().path == "$.cents");
  }
  // Other types are not decoded.
  CHECK(ranges::count_if(store.read_all() | views::of_type<account_opened>(),
                         [](const account_opened&) { return true; }) == 2);
}

static_assert(ranges::input_range<decltype(filled().read_all() | views::events)>);
static_assert(ranges::viewable_range<decltype(filled().read_all() | views::events)>);
static_assert(!ranges::forward_range<decltype(filled().read_all() | views::events)>);
