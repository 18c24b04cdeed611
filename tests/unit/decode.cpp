#include <evstore/json/read.hpp>
#include <evstore/memory/adapter.hpp>
#include <evstore/store.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <vector>

using namespace evstore;

namespace version_1 {

struct money_moved {
  std::int64_t euros = 0;
};
EVSTORE_DESCRIBE(money_moved, euros)
struct events : event_set<named<"money_moved", money_moved>> {};

} // namespace version_1

namespace version_2 {

struct money_moved {
  std::int64_t cents = 0;
  std::string reason;
};
EVSTORE_DESCRIBE(money_moved, cents, reason)

} // namespace version_2

namespace version_1 {

version_2::money_moved upcast(const money_moved& old) { return {old.euros * 100, "before 2"}; }

} // namespace version_1

namespace version_2 {

struct events
    : event_set<named<"money_moved", versions<version_1::money_moved, version_2::money_moved>>> {};

struct purse {
  std::int64_t cents = 0;
  std::string last_reason;
  void evolve(const money_moved& event) {
    cents += event.cents;
    last_reason = event.reason;
  }
};

} // namespace version_2

namespace {

error error_of(const memory::adapter& log) {
  try {
    static_cast<void>(open<version_2::events>(log).fold<version_2::purse>("purse"));
  } catch (const error& thrown) {
    return thrown;
  }
  return error{errc::invalid_argument, "nothing was thrown"};
}

/// A log with one event as given, written past the typed layer.
memory::adapter log_of(std::uint32_t schema, std::string_view data) {
  memory::adapter log;
  const new_event event{.type = "money_moved", .data = json_view::checked(data), .schema = schema};
  const stream_write write{"purse", any, {&event, 1}};
  log.append({{&write, 1}, {}}).value();
  return log;
}

} // namespace

TEST_CASE("a log of the first version folds into today's types, and its bytes stay") {
  const memory::adapter log;
  open<version_1::events>(log).append("purse", any, version_1::money_moved{3}).value();
  auto store = open<version_2::events>(log);
  CHECK(store.fold<version_2::purse>("purse")->cents == 300);
  CHECK(store.fold<version_2::purse>("purse")->last_reason == "before 2");

  store.append("purse", any, version_2::money_moved{50, "now"}).value();
  CHECK(store.fold<version_2::purse>("purse")->cents == 350);
  std::vector<std::string> stored;
  std::vector<std::uint32_t> schemas;
  for (const auto& event : store.read_all()) {
    stored.emplace_back(event.data());
    schemas.push_back(event.schema());
    CHECK(event.as<version_2::money_moved>()->cents == (event.schema() == 1 ? 300 : 50));
  }
  CHECK(stored == std::vector<std::string>{R"({"euros":3})", R"({"cents":50,"reason":"now"})"});
  CHECK(schemas == std::vector<std::uint32_t>{1, 2});
}

TEST_CASE("foreign payloads are read: other order, unknown fields, spaces") {
  const auto log = log_of(2, R"({ "more": [1], "reason" : "x", "cents": 5 })");
  CHECK(open<version_2::events>(log).fold<version_2::purse>("purse")->cents == 5);
}

TEST_CASE("what cannot be decoded says where it stands and why") {
  const error missing = error_of(log_of(2, R"({"cents":5})"));
  CHECK(missing.code() == errc::decode_failed);
  CHECK(missing.place().stream == "purse");
  CHECK(missing.place().version == 1u);
  CHECK(missing.place().position == 1u);
  CHECK(missing.place().type == "money_moved");
  CHECK(missing.place().path == "$.reason");

  const error newer = error_of(log_of(3, R"({"cents":5,"reason":"x"})"));
  CHECK(newer.code() == errc::decode_failed);
  CHECK(newer.place().stream == "purse");
  CHECK_THAT(newer.message(), Catch::Contains("schema version 3"));
}
