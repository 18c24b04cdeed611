#include <evstore/json/read.hpp>
#include <evstore/json/write.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <type_traits>

namespace {

struct money_moved_v1 {
  double amount;
};
struct money_moved_v2 {
  std::int64_t cents;
};
struct money_moved {
  std::int64_t cents = 0;
  std::string reason;

  friend bool operator==(const money_moved&, const money_moved&) = default;
};
struct account_opened {
  std::string owner;
};

EVSTORE_DESCRIBE(money_moved_v1, amount)
EVSTORE_DESCRIBE(money_moved_v2, cents)
EVSTORE_DESCRIBE(money_moved, cents, reason)
EVSTORE_DESCRIBE(account_opened, owner)

money_moved_v2 upcast(const money_moved_v1& old) {
  return {static_cast<std::int64_t>(old.amount * 100)};
}
money_moved upcast(const money_moved_v2& old) { return {old.cents, "unknown"}; }

struct bank : evstore::event_set<
                  evstore::named<"account_opened", account_opened>,
                  evstore::named<"money_moved",
                                 evstore::versions<money_moved_v1, money_moved_v2, money_moved>>> {
};

money_moved visit_money(std::uint32_t schema, std::string_view data) {
  money_moved seen;
  const bool known =
      evstore::visit_event<bank>("money_moved", schema, data, [&](const auto& event) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(event)>, money_moved>)
          seen = event;
      });
  CHECK(known);
  return seen;
}

using Catch::Matchers::Contains;

} // namespace

TEST_CASE("an event of any schema version arrives in its current shape") {
  CHECK(visit_money(1, R"({"amount":2.5})") == money_moved{250, "unknown"});
  CHECK(visit_money(2, R"({"cents":7})") == money_moved{7, "unknown"});
  CHECK(visit_money(3, R"({"cents":7,"reason":"pay"})") == money_moved{7, "pay"});
  CHECK(visit_money(1, R"({ "more": 1, "amount": 2.5 })") == money_moved{250, "unknown"});
}

TEST_CASE("one type can be read without naming the others") {
  money_moved out{1, "before"};
  evstore::read_event<bank>(2, R"({"cents":7})", out);
  CHECK(out == money_moved{7, "unknown"});
  evstore::read_event<bank>(3, R"({"cents":8,"reason":"x"})", out);
  CHECK(out == money_moved{8, "x"});
}

TEST_CASE("a schema version from the future is refused") {
  CHECK_THROWS_WITH(visit_money(4, R"({"cents":7,"reason":"pay"})"),
                    Contains("schema version 4, and this program knows 1 to 3"));
  CHECK_THROWS_WITH(visit_money(0, "{}"), Contains("schema version 0"));
  money_moved out;
  CHECK_THROWS_WITH(evstore::read_event<bank>(9, "{}", out), Contains("schema version 9"));
}

TEST_CASE("an old shape is read as strictly as a new one") {
  CHECK_THROWS_WITH(visit_money(1, R"({"cents":7})"), Contains("path $.amount"));
}

TEST_CASE("a type that the set does not name is not visited") {
  bool visited = false;
  const auto visit = [&](const auto&) { visited = true; };
  CHECK_FALSE(evstore::visit_event<bank>("card_stolen", 1, "not even JSON", visit));
  CHECK_FALSE(evstore::visit_event<bank>("", 1, "{}", visit));
  CHECK_FALSE(visited);
  CHECK(evstore::visit_event<bank>("account_opened", 1, R"({"owner":"Ada"})", visit));
  CHECK(visited);
}
