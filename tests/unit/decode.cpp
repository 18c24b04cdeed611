#include <evstore/json/read.hpp>
#include <evstore/memory/adapter.hpp>
#include <evstore/store.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
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

TEST_CASE("a batch is decoded in its order, and what the set does not name goes elsewhere") {
  const std::string_view types[] = {"unknown", "money_moved", "money_moved", "money",
                                    "money_moved"};
  std::vector<event_view> batch(std::size(types));
  for (std::size_t i = 0; i < batch.size(); ++i) {
    batch[i].position = global_position{i + 1};
    batch[i].type = types[i];
    batch[i].schema = i == 2 ? 1 : 2;
    batch[i].data = i == 2 ? R"({"euros":3})" : R"({"cents":7,"reason":"x"})";
  }
  std::vector<std::pair<std::uint64_t, std::int64_t>> seen;
  const auto take = [&](const event_view& recorded, const version_2::money_moved& event) {
    seen.emplace_back(recorded.position.value(), event.cents);
  };
  const auto pass = [&](const event_view& recorded) {
    seen.emplace_back(recorded.position.value(), -1);
  };
  decode_events<version_2::events>(batch, take, pass);
  CHECK(seen == std::vector<std::pair<std::uint64_t, std::int64_t>>{
                    {1, -1}, {2, 7}, {3, 300}, {4, -1}, {5, 7}});
  decode_events<version_2::events>({}, take, pass);
  CHECK(seen.size() == 5);

  batch[3].type = "money_moved";
  batch[3].data = "{}";
  try {
    decode_events<version_2::events>(batch, take, pass);
    FAIL("nothing was thrown");
  } catch (const error& thrown) {
    CHECK(thrown.code() == errc::decode_failed);
    CHECK(thrown.place().position == 4u);
  }
  CHECK(seen.size() == 8); // what stands before it was taken
}
