#include <evstore/testing/given.hpp>

#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

using evstore::failure;
using evstore::result;
using evstore::testing::given;

namespace bank {

struct account_opened {
  std::string owner;
};
struct money_moved {
  std::int64_t cents = 0;
  std::vector<std::string> reasons{};
};
struct account_closed {};

EVSTORE_DESCRIBE(account_opened, owner)
EVSTORE_DESCRIBE(money_moved, cents, reasons)
EVSTORE_DESCRIBE(account_closed)

struct account {
  std::string owner;
  std::int64_t cents = 0;

  void evolve(const account_opened& e) { owner = e.owner; }
  void evolve(const money_moved& e) { cents += e.cents; }
  void evolve(const account_closed&) {}
};
EVSTORE_DESCRIBE(account, owner, cents)

enum class refusal : std::uint8_t { overdrawn, closed };
EVSTORE_DESCRIBE_ENUM(refusal, overdrawn, closed)

struct withdraw {
  using state = account;
  static result<money_moved, refusal> decide(std::int64_t cents, const account& a) {
    if (cents > a.cents) return failure{refusal::overdrawn};
    return money_moved{-cents, {"cash"}};
  }
};

const account_opened opened{"Ada"};

auto pay(std::int64_t cents) {
  return [=](const account&) { return money_moved{cents, {"salary", "bonus"}}; };
}

} // namespace bank

using namespace bank;

TEST_CASE("a decision that does what it should holds") {
  CHECK(given<account>(opened).when(pay(5)).then(money_moved{5, {"salary", "bonus"}}));
  CHECK(given<account>(opened, money_moved{7}).when<withdraw>(7).then(money_moved{-7, {"cash"}}));
  CHECK(given<account>(opened).when<withdraw>(7).then_refused(refusal::overdrawn));
  CHECK(given<account>(opened).when<withdraw>(7).then_refused());
}

TEST_CASE("a decision may answer in any form, and so may what is given and expected") {
  using any_event = std::variant<money_moved, account_closed>;
  const std::vector<any_event> both{money_moved{1}, account_closed{}};
  const auto answers = [](const auto& answer) { return [&](const account&) { return answer; }; };
  CHECK(given<account>(both).when(answers(both)).then(money_moved{1}, account_closed{}));
  CHECK(given<account>().when(answers(std::tuple{money_moved{1}, account_closed{}})).then(both));
  CHECK(given<account>().when(answers(std::optional<account_closed>{})).then_nothing());
  CHECK_FALSE(given<account>().when(answers(both)).then_nothing());
  CHECK_FALSE(given<account>().when(answers(both)).then(money_moved{1}));
  CHECK_FALSE(given<account>().when(answers(both)).then(account_closed{}, money_moved{1}));
}

TEST_CASE("a difference is explained by the events in JSON and its place") {
  CHECK(given<account>(opened).when(pay(5)).then(money_moved{5, {"salary", "gift"}}).why() ==
        R"(given account_opened {"owner":"Ada"}
event 1 differs at $.reasons[1]
 expected money_moved {"cents":5,"reasons":["salary","gift"]}
 but got  money_moved {"cents":5,"reasons":["salary","bonus"]})");
  CHECK(given<account>().when(pay(5)).then(account_closed{}).why() ==
        R"(given nothing
event 1 is another
 expected account_closed {}
 but got  money_moved {"cents":5,"reasons":["salary","bonus"]})");
  CHECK(given<account>().when(pay(5)).then_nothing().why() ==
        R"(given nothing
event 1 is another
 expected nothing
 but got  money_moved {"cents":5,"reasons":["salary","bonus"]})");
}

TEST_CASE("a refusal that should not be, or should be, or should be another, is explained") {
  CHECK(given<account>().when<withdraw>(7).then(account_closed{}).why() ==
        "given nothing\nwhen  7\nexpected account_closed {}\n but it was refused: \"overdrawn\"");
  CHECK(given<account>(money_moved{9}).when<withdraw>(7).then_refused(refusal::closed).why() ==
        "given money_moved {\"cents\":9,\"reasons\":[]}\nwhen  7\nexpected a refusal\n"
        " but got money_moved {\"cents\":-7,\"reasons\":[\"cash\"]}");
  CHECK(given<account>().when<withdraw>(7).then_refused(refusal::closed).why() ==
        "given nothing\nwhen  7\nexpected the refusal: \"closed\"\n but got: \"overdrawn\"");
}

TEST_CASE("a refusal may be a text") {
  const auto refuse = [](const account&) -> result<money_moved, std::string> {
    return failure{std::string{"no money"}};
  };
  CHECK(given<account>().when(refuse).then_refused("no money"));
  CHECK_FALSE(given<account>().when(refuse).then_refused("no time"));
}

TEST_CASE("events add up to a state") {
  CHECK(given<account>(opened, money_moved{5}).then_state({"Ada", 5}));
  CHECK(given<account>(opened, money_moved{5}).then_state({"Ada", 6}).why() ==
        R"(given account_opened {"owner":"Ada"}, money_moved {"cents":5,"reasons":[]}
the state differs at $.cents
 expected account {"owner":"Ada","cents":6}
 but got  account {"owner":"Ada","cents":5})");
  CHECK(given<account>(money_moved{5}).state().cents == 5);
}
