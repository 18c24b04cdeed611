// A program that reads with a filter decodes what the filter lets through: payloads that it passes
// over may be of any form.
#include "../support/bank.hpp"

#include <support/scratch_folder.hpp>

#include <evstore/jsonl/adapter.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <string>

using namespace evstore;
using bank::money_moved;

namespace {

constexpr timestamp morning{std::chrono::hours{8}};
constexpr timestamp evening{std::chrono::hours{20}};

/// Two good payments of an evening, among events of which no payload fits its type.
template <adapter A>
A with_unreadable(A log) {
  const auto append = [&](std::string stream, std::string type, std::string data, std::string tag,
                          timestamp time) {
    (void)testing::append(log, {{{std::move(stream),
                                  any,
                                  {{.type = std::move(type),
                                    .data = std::move(data),
                                    .tags = {std::move(tag)},
                                    .time = time}}}},
                                {}})
        .value();
  };
  const std::string bad = R"({"owner":17,"cents":"many","reason":{}})";
  for (int i = 0; i < 2; ++i) {
    append("account-bob", "account_opened", bad, "small", morning);
    append("account-ada", "money_moved", R"({"cents":5,"reason":"a"})", "big", evening);
    append("account-bob", "account_closed", bad, "small", morning);
  }
  return log;
}

/// The sum of what is shown and let through; all of it is decoded.
template <class Range, class Wanted>
std::int64_t sum(Range&& events, Wanted wanted) {
  std::int64_t cents = 0;
  for (const auto& event : events)
    if (wanted(event)) cents += event.template as<money_moved>().value().cents;
  return cents;
}
const auto everything = [](const auto&) { return true; };

template <adapter A>
void check(A log) {
  const auto store = open<bank::events>(with_unreadable(std::move(log)));
  CHECK(sum(store.read("account-ada"), everything) == 10);
  CHECK(sum(store.read(query::types({"money_moved"})), everything) == 10);
  CHECK(sum(store.read(query::tags({"big"})), everything) == 10);
  CHECK(sum(store.read_all(), [](const auto& event) { return event.time() == evening; }) == 10);
  CHECK(sum(store.read_all(), [](const auto& event) { return event.type() == "money_moved"; }) ==
        10);
  for (const auto& event : store.read("account-bob"))
    CHECK_THROWS_AS(event.visit([](const auto&) {}), error); // touched, it fails
}

TEST_CASE("events that a filter passes over are not decoded: in memory") {
  check(memory::adapter{});
}

TEST_CASE("events that a filter passes over are not decoded: in a JSONL log") {
  const tests::scratch_folder folder;
  check(jsonl::open(folder / "log.jsonl"));
}

} // namespace
