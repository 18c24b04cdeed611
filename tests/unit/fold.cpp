#include "../support/bank.hpp"

#include <evstore/fold.hpp>

#include <catch2/catch.hpp>

using namespace evstore;

namespace {

struct total {
  std::int64_t cents = 0;
  constexpr void evolve(const auto& event) {
    if constexpr (requires { event.cents; }) cents += event.cents;
  }
};

struct strict {
  void evolve(const auto&) { throw std::domain_error{"no"}; }
};

struct amount {
  std::int64_t cents = 0;
};

// Pure: folds in constant evaluation.
static_assert(fold(total{}).cents == 0);
static_assert(fold(total{}, amount{5}, std::tuple{amount{-2}, amount{1}}).cents == 4);

event_view stored(std::string_view type, std::string_view data) {
  event_view event;
  event.position = global_position{7};
  event.stream = "account-ada";
  event.version = stream_version{3};
  event.type = type;
  event.data = data;
  return event;
}

error error_of(const event_view& event, unknown_events policy) {
  folded<bank::account> into;
  try {
    fold_event<bank::events>(into, event, policy);
  } catch (const error& thrown) {
    return thrown;
  }
  return error{errc::invalid_argument, "nothing was thrown"};
}

} // namespace

TEST_CASE("a stored event is decoded and taken in") {
  folded<bank::account> into;
  fold_event<bank::events>(into, stored("account_opened", R"({"owner":"Ada"})"),
                           unknown_events::error);
  fold_event<bank::events>(into, stored("money_moved", R"({"cents":5,"reason":"x"})"),
                           unknown_events::error);
  CHECK(into->owner == "Ada");
  CHECK(into->cents == 5);
  CHECK(into.replayed == 2);
}

TEST_CASE("a state that wants to know where an event stands is told") {
  folded<bank::balances> into;
  fold_event<bank::events>(into, stored("money_moved", R"({"cents":5,"reason":"x"})"),
                           unknown_events::error);
  CHECK(into->cents == std::map<std::string, std::int64_t>{{"account-ada", 5}});
}

TEST_CASE("facts of the library do not reach a state") {
  folded<bank::account> into;
  fold_event<bank::events>(into, stored("$truncated", R"({"before":2})"), unknown_events::error);
  CHECK(into.replayed == 0);
}

TEST_CASE("an unknown type is an error that names stream, version, position and type") {
  const error thrown = error_of(stored("coin_tossed", R"({})"), unknown_events::error);
  CHECK(thrown.code() == errc::unknown_event);
  CHECK(thrown.place().stream == "account-ada");
  CHECK(thrown.place().version == 3u);
  CHECK(thrown.place().position == 7u);
  CHECK(thrown.place().type == "coin_tossed");
}

TEST_CASE("an unknown type can be skipped, or kept with all its bytes") {
  const event_view unknown = stored("coin_tossed", R"({"side":  "heads"})");
  folded<bank::account> skipping;
  fold_event<bank::events>(skipping, unknown, unknown_events::skip);
  CHECK(skipping.replayed == 0);
  CHECK(skipping.preserved.empty());
  folded<bank::account> preserving;
  fold_event<bank::events>(preserving, unknown, unknown_events::preserve);
  REQUIRE(preserving.preserved.size() == 1);
  CHECK(preserving.preserved.front() == event_record{unknown});
}

TEST_CASE(
    "a payload that does not fit is an error that names stream, version, position, type and path") {
  const error thrown =
      error_of(stored("money_moved", R"({"cents":"five","reason":"x"})"), unknown_events::skip);
  CHECK(thrown.code() == errc::decode_failed);
  CHECK(thrown.place().stream == "account-ada");
  CHECK(thrown.place().version == 3u);
  CHECK(thrown.place().position == 7u);
  CHECK(thrown.place().type == "money_moved");
  CHECK(thrown.place().path == "$.cents");
}

TEST_CASE("a missing required field is named") {
  const error thrown = error_of(stored("money_moved", R"({"cents":5})"), unknown_events::skip);
  CHECK(thrown.code() == errc::decode_failed);
  CHECK(thrown.place().path == "$.reason");
}

TEST_CASE("what a state throws passes through as it is") {
  folded<strict> into;
  CHECK_THROWS_AS(fold_event<bank::events>(into, stored("account_closed", R"({"reason":"x"})"),
                                           unknown_events::error),
                  std::domain_error);
}
