#include "../support/bank.hpp"

#include <catch2/catch.hpp>

using namespace evstore;
using bank::account_opened;
using bank::balances;
using bank::money_moved;

namespace {

struct turnover {
  std::int64_t cents = 0;
  void evolve(const money_moved& event) { cents += event.cents < 0 ? -event.cents : event.cents; }
  void evolve(const auto&) { FAIL("not of interest, and taken in"); }
  static query interests() { return query::types({"money_moved"}); }
};

struct clumsy {
  std::uint64_t events = 0;
  bool careful = false;
  void evolve(const auto& event) {
    if constexpr (requires { event.cents; })
      if (!careful && event.cents == 13) throw std::domain_error{"unlucky"};
    ++events;
  }
};

bank::store with_events() {
  bank::store store{memory::adapter{}};
  store.append("account-ada", any, account_opened{"Ada"}, money_moved{5, ""}).value();
  store.append("account-bob", any, money_moved{-3, ""}).value();
  return store;
}

} // namespace

TEST_CASE("a projection takes in the whole log, and then what is new") {
  bank::store store = with_events();
  auto made = store.project<balances>();
  CHECK(made->cents ==
        std::map<std::string, std::int64_t>{{"account-ada", 5}, {"account-bob", -3}});
  CHECK(made.checkpoint == global_position{3});
  CHECK(store.project(made) == 0);
  store.append("account-ada", any, money_moved{1, ""}).value();
  CHECK(store.project(made) == 1);
  CHECK(made->cents.at("account-ada") == 6);
}

TEST_CASE("a model is shown only what it is interested in, and has still seen the head") {
  const bank::store store = with_events();
  auto made = store.project<turnover>();
  CHECK(made->cents == 8);
  CHECK(made.checkpoint == global_position{3});
}

TEST_CASE("a kept projection goes on where it was") {
  bank::store store = with_events();
  store.keep(store.project<balances>());
  store.append("account-ada", any, money_moved{1, ""}).value();
  auto restored = restore_projection<memory::adapter, balances>(store.adapter());
  CHECK(restored.checkpoint == global_position{3});
  CHECK(store.project(restored) == 1);
  CHECK(*restored == *store.project<balances>());
}

TEST_CASE("a kept projection that cannot be read is rebuilt, with a warning") {
  bank::store store = with_events();
  const auto rebuilt_from = [&](std::uint64_t fingerprint, std::string_view state) {
    store.adapter().save_snapshot(
        snapshot_name<balances>(),
        {.position = global_position{1}, .fingerprint = fingerprint, .state = state});
    const auto rebuilt = store.project<balances>();
    CHECK(rebuilt.checkpoint == global_position{3});
    CHECK(rebuilt->cents.at("account-ada") == 5);
    return rebuilt.warnings.size();
  };
  const std::uint64_t ours = snapshot_fingerprint<balances>();
  CHECK(rebuilt_from(ours, R"({"cents":)") == 1);
  CHECK(rebuilt_from(ours + 1, R"({"cents":{"account-ada":99}})") == 1);
}

TEST_CASE("a model that fails on an event stands before that event and can go on") {
  bank::store store = with_events();
  store.append("account-ada", any, money_moved{13, ""}, money_moved{1, ""}).value();
  projection<clumsy> made;
  CHECK_THROWS_AS(store.project(made), std::domain_error);
  CHECK(made.checkpoint == global_position{3});
  CHECK(made->events == 3);
  made.model.careful = true;
  CHECK(store.project(made) == 2);
  CHECK(made->events == 5);
}
