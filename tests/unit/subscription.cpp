#include "../support/bank.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace evstore;
using namespace std::chrono_literals;
using bank::account_closed;
using bank::account_opened;
using bank::money_moved;

namespace {

// Far more than any test needs: what is waited for comes, or the test has failed anyway.
constexpr auto long_enough = 30s;

/// A log that others write to whenever somebody asks how long it is: as fast as it is read. Gives
/// up after a while, so that a reader that does not is found out.
struct busy_log : memory::adapter {
  std::shared_ptr<int> asked = std::make_shared<int>(0);
  std::function<void()> when_asked = [] {};

  [[nodiscard]] global_position head() const {
    when_asked();
    if (++*asked < 1000) bank::store{*this}.append("account-ada", any, money_moved{1, ""}).value();
    return memory::adapter::head();
  }
};

/// Pulls until `count` events came; their positions.
template <class Subscription>
std::vector<std::uint64_t> pull(Subscription& from, std::size_t count) {
  std::vector<std::uint64_t> positions;
  while (positions.size() < count) {
    const auto batch = from.next(long_enough);
    if (batch.empty()) break;
    for (const auto& event : batch) positions.push_back(event.position().value());
  }
  return positions;
}

std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t i = first; i <= last; ++i) all.push_back(i);
  return all;
}

} // namespace

TEST_CASE("each event comes once and in order while a writer appends ten thousand") {
  bank::store store{memory::adapter{}};
  for (int i = 1; i <= 500; ++i) store.append("account-ada", any, money_moved{i, ""}).value();
  constexpr std::uint64_t last = 500 + 10'000;
  std::thread writer{[&store] {
    for (std::uint64_t i = 501; i <= last;) {
      const std::uint64_t size = std::min<std::uint64_t>(1 + i % 3, last - i + 1);
      store.append("account-bob", any, std::vector(size, money_moved{1, ""})).value();
      i += size;
    }
  }};
  auto subscribed = store.subscribe(global_position{250});
  const auto seen = pull(subscribed, last - 250);
  writer.join();
  CHECK(seen == numbers(251, last));
  CHECK(subscribed.checkpoint() == global_position{last});
  CHECK(subscribed.next(0ms).empty());
}

TEST_CASE("a subscriber that comes back gets exactly what it has missed") {
  bank::store store{memory::adapter{}};
  global_position checkpoint;
  {
    auto first = store.subscribe(checkpoint);
    for (int i = 0; i < 10; ++i) store.append("account-ada", any, money_moved{i, ""}).value();
    CHECK(pull(first, 10).size() == 10);
    checkpoint = first.checkpoint();
  }
  for (int i = 0; i < 100; ++i) store.append("account-ada", any, money_moved{i, ""}).value();
  auto second = store.subscribe(checkpoint);
  CHECK(pull(second, 100) == numbers(11, 110));
  CHECK(second.next(0ms).empty());
}

TEST_CASE("a subscription waits for what is appended later") {
  bank::store store{memory::adapter{}};
  auto subscribed = store.subscribe({});
  CHECK(subscribed.next(0ms).empty());
  CHECK(subscribed.next(1ms).empty());
  std::thread writer{[&store] { store.append("account-ada", any, money_moved{1, ""}).value(); }};
  CHECK(pull(subscribed, 1) == numbers(1, 1));
  writer.join();
}

TEST_CASE("a subscription waits as long as it takes") {
  bank::store store{memory::adapter{}};
  auto subscribed = store.subscribe({});
  std::thread writer{[&store] {
    std::this_thread::sleep_for(10ms);
    store.append("account-ada", any, money_moved{1, ""}).value();
  }};
  CHECK(subscribed.next(std::chrono::milliseconds::max()).size() == 1);
  CHECK(subscribed.next(std::chrono::milliseconds::min()).empty());
  writer.join();
}

TEST_CASE("a filtered subscription sees what matches and remembers what it has passed over") {
  bank::store store{memory::adapter{}};
  auto subscribed = store.subscribe({}, query::types({"account_opened"}));
  for (int i = 0; i < 20; ++i) store.append("account-ada", any, money_moved{i, ""}).value();
  CHECK(subscribed.next(0ms).empty());
  CHECK(subscribed.checkpoint() == global_position{20});
  store.append("account-ada", any, account_opened{"Ada"}).value();
  CHECK(pull(subscribed, 1) == numbers(21, 21));
}

TEST_CASE("facts are passed over, and unknown events stop the subscription where they stand") {
  memory::adapter adapter;
  bank::store store{adapter};
  store.append("account-ada", any, money_moved{1, ""}).value();
  store.truncate("account-ada", stream_version{1}, any).value();
  store.append("account-ada", any, account_closed{""}).value();
  store.append("account-ada", any, money_moved{2, ""}).value();

  auto strict = open<bank::older_events>(adapter).subscribe({});
  CHECK(pull(strict, 1) == numbers(1, 1)); // what stands before it is handed out
  CHECK_THROWS_AS(pull(strict, 1), error);
  CHECK_THROWS_AS(pull(strict, 1), error); // nothing is skipped by asking again

  auto skipping =
      open<bank::older_events>(adapter, {.unknown = unknown_events::skip}).subscribe({});
  CHECK(pull(skipping, 2) == std::vector<std::uint64_t>{1, 4});
  auto preserving =
      open<bank::older_events>(adapter, {.unknown = unknown_events::preserve}).subscribe({});
  CHECK(pull(preserving, 3) == std::vector<std::uint64_t>{1, 3, 4});
}

TEST_CASE("a subscription that nothing concerns does not chase busy writers for ever") {
  busy_log log;
  bank::store{log}.append("account-ada", any, money_moved{1, ""}).value();
  const query rare = query::types({"account_opened"});
  SECTION("the time is up") {
    subscription<bank::events, busy_log> subscribed{log, {}, rare, unknown_events::error};
    CHECK(subscribed.next(0ms).empty());
    CHECK(subscribed.checkpoint() >= global_position{1}); // it has looked at what was there
    CHECK(*log.asked < 10);
  }
  SECTION("it is stopped") {
    std::function<void()> stop;
    log.when_asked = [&stop] { stop(); };
    subscription<bank::events, busy_log> subscribed{log, {}, rare, unknown_events::error};
    stop = subscribed.stopper();
    CHECK(subscribed.next(long_enough).empty());
    CHECK(*log.asked < 10);
  }
}

TEST_CASE("an impatient subscription sees all that was there when it was asked") {
  bank::store store{memory::adapter{}};
  auto subscribed = store.subscribe({}, query::types({"account_opened"}));
  store.append("account-ada", any, money_moved{1, ""}).value();
  CHECK(subscribed.next(0ms).empty());
  for (int i = 0; i < 2000; ++i) store.append("account-ada", any, money_moved{i, ""}).value();
  store.append("account-ada", any, account_opened{"Ada"}).value();
  CHECK(subscribed.next(0ms).size() == 1);
}

TEST_CASE("a running subscription is stopped from another thread") {
  bank::store store{memory::adapter{}};
  auto subscribed = store.subscribe({});
  const auto stop = subscribed.stopper();
  std::vector<std::uint64_t> seen;
  std::thread consumer{[&] {
    subscribed.run([&](const auto& event) {
      seen.push_back(event.position().value());
      if (seen.size() == 3) stop();
    });
  }};
  for (int i = 0; i < 3; ++i) store.append("account-ada", any, money_moved{i, ""}).value();
  consumer.join();
  CHECK(seen == numbers(1, 3));
  CHECK(subscribed.stopped());
  CHECK(subscribed.next(long_enough).empty());
}

TEST_CASE("what a consumer did not see of a batch is not counted as delivered") {
  bank::store store{memory::adapter{}};
  for (int i = 1; i <= 10; ++i) store.append("account-ada", any, money_moved{i, ""}).value();
  SECTION("because it threw: the next run goes on behind the event that it threw at") {
    auto subscribed = store.subscribe({});
    std::vector<std::uint64_t> seen;
    CHECK_THROWS_AS(subscribed.run([&](const auto& event) {
      seen.push_back(event.position().value());
      if (seen.size() == 3) throw std::runtime_error{"the third is too much"};
    }),
                    std::runtime_error);
    CHECK(subscribed.checkpoint() == global_position{3});
    subscribed.run([&](const auto& event) {
      seen.push_back(event.position().value());
      if (seen.size() == 10) subscribed.stop();
    });
    CHECK(seen == numbers(1, 10));
  }
  SECTION("because it stopped: the checkpoint stands at the last that it saw") {
    auto subscribed = store.subscribe({});
    subscribed.run([&](const auto& event) {
      if (event.position() == global_position{4}) subscribed.stop();
    });
    CHECK(subscribed.checkpoint() == global_position{4});
  }
}

TEST_CASE("a subscription that waits for nothing can be stopped") {
  const bank::store store{memory::adapter{}};
  auto subscribed = store.subscribe({});
  std::thread consumer{[&] { subscribed.run([](const auto&) {}); }};
  subscribed.stopper()();
  consumer.join();
  CHECK(subscribed.stopped());
}
