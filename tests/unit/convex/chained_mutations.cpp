// Mutations on a store that other programs append to as well: decided one on the other ahead of it, stored by chains, and
// decided again when somebody was faster.
#include "counting.hpp"

#include "../../support/chained_memory.hpp"

#include <evstore/convex/chain_length.hpp>
#include <evstore/convex/executor.hpp>
#include <evstore/evstore.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace evstore;
using convex::object;
using counting::failure_of;
using counting::number;
using tests::chained_memory;

namespace {

using chain_view = std::span<const commit_view>;

/// A store, a program that serves it, and what the line between them has carried.
struct served_chains {
  chained_memory log;
  std::atomic<int> decided{0}; // how often `count:next` and `count:look` ran
  std::mutex mutex;
  std::vector<std::size_t> lengths; // of the chains that were sent
  counting::executor<chained_memory> runs{evstore::open<counting::events>(log),
                                          counting::functions([this] {
                                            ++decided;
                                            decided.notify_all();
                                          })};

  served_chains() {
    log.on_the_way().before = [this](chain_view chain) { note(chain); };
  }

  void note(chain_view chain) {
    const std::lock_guard lock{mutex};
    lengths.push_back(chain.size());
  }
  std::future<convex::fate> begin(const std::string& path,
                                  std::optional<convex::request_key> key = std::nullopt) {
    return counting::begin(runs, path, std::move(key));
  }
  void wait_until_decided(int count) const {
    for (int so_far = decided; so_far < count; so_far = decided) decided.wait(so_far);
  }
  /// What another program appends.
  void count_elsewhere(std::int64_t to) {
    chained_memory other = log;
    testing::append(
        static_cast<memory::adapter&>(other),
        {{{"count", any, {{.type = "counted", .data = R"({"to":)" + std::to_string(to) + "}"}}}},
         {}})
        .value();
  }
  std::vector<std::int64_t> stored() {
    std::vector<std::int64_t> numbers;
    for (const event_record& event : testing::collect(log.read_all(query::types({"counted"}), {})))
      numbers.push_back(std::stoll(event.data.substr(event.data.find(':') + 1)));
    return numbers;
  }
};

/// Holds up the first chain until it is opened.
class held_chain {
public:
  explicit held_chain(served_chains& on) {
    on.log.on_the_way().before = [this, &on](chain_view chain) {
      on.note(chain);
      is_reached_ = true;
      is_reached_.notify_all();
      is_open_.wait(false);
    };
  }
  void wait_until_reached() const { is_reached_.wait(false); }
  void release() {
    is_open_ = true;
    is_open_.notify_all();
  }

private:
  std::atomic<bool> is_reached_{false};
  std::atomic<bool> is_open_{false};
};

} // namespace

TEST_CASE("mutations that come while a chain is on its way are the next one, and see each other") {
  served_chains on;
  held_chain held{on};
  std::vector<std::future<convex::fate>> told;
  told.push_back(on.begin("count:next"));
  held.wait_until_reached();
  for (int i = 0; i < 199; ++i) told.push_back(on.begin("count:next"));
  told.push_back(on.begin("count:look")); // writes nothing, and waits for what it saw
  on.wait_until_decided(201);
  for (const auto& each : told) CHECK_FALSE(counting::is_told(each));
  CHECK(on.runs.head() == global_position{});
  held.release();
  for (std::int64_t i = 1; i <= 200; ++i) CHECK(number(told[static_cast<std::size_t>(i - 1)]) == i);
  CHECK(number(told.back()) == 200);
  CHECK(on.lengths == std::vector<std::size_t>{1, 199});
  CHECK(on.decided == 201);
  CHECK(on.runs.head() == global_position{200});
}

TEST_CASE("a chain is no longer than its bound, and nobody waits for more than one") {
  served_chains on;
  held_chain held{on};
  std::vector<std::future<convex::fate>> told;
  told.push_back(on.begin("count:next"));
  held.wait_until_reached();
  constexpr std::int64_t count = 600;
  for (std::int64_t i = 1; i < count; ++i) told.push_back(on.begin("count:next"));
  held.release();
  for (std::int64_t i = 1; i <= count; ++i)
    CHECK(number(told[static_cast<std::size_t>(i - 1)]) == i);
  for (const std::size_t length : on.lengths) CHECK(length <= convex::chain_length::longest);
}

TEST_CASE("what another program was faster than is decided again, in its order and once") {
  served_chains on;
  held_chain held{on};
  const convex::request_key key{"session", 1};
  std::vector<std::future<convex::fate>> told;
  told.push_back(on.begin("count:next"));
  held.wait_until_reached();
  told.push_back(on.begin("count:next", key)); // of the next chain, which is not sent then
  told.push_back(on.begin("count:next", key)); // the client has sent it again
  told.push_back(on.begin("count:look"));
  told.push_back(on.begin("count:next"));
  on.wait_until_decided(4);
  const auto others = GENERATE(1, 2, 7); // as long as the first chain, as both, and longer
  for (int i = 1; i <= others; ++i) on.count_elsewhere(100 + i);
  held.release();
  CHECK(number(told[0]) == 101 + others);
  CHECK(number(told[1]) == 102 + others);
  CHECK(number(told[2]) == 102 + others);
  CHECK(number(told[3]) == 102 + others);
  CHECK(number(told[4]) == 103 + others);
  std::vector<std::int64_t> expected;
  for (int i = 1; i <= others + 3; ++i) expected.push_back(100 + i);
  CHECK(on.stored() == expected);
  const convex::figures now = on.runs.count();
  CHECK(now.mutations == 5);
  CHECK(now.failed_commits == 0);
  CHECK(now.is_writable);
}

TEST_CASE("a refusal that rests on a chain is told when that is stored") {
  served_chains on;
  held_chain held{on};
  auto first = on.begin("count:start");
  held.wait_until_reached();
  auto late = on.begin("count:start");
  auto next = on.begin("count:next");
  on.wait_until_decided(1);
  CHECK_FALSE(counting::is_told(late));
  SECTION("and is not") {
    on.count_elsewhere(7);
    held.release();
    CHECK_THAT(first.get().get().outcome.error().what(), Catch::Contains("to be no_stream"));
    CHECK(number(next) == 8);
  }
  SECTION("and is") {
    held.release();
    CHECK(first.get().get().outcome);
    CHECK(number(next) == 2);
  }
  CHECK_THAT(late.get().get().outcome.error().what(), Catch::Contains("has version 1"));
}

TEST_CASE("a chain in doubt is asked for again, and stored once") {
  served_chains on;
  int left = GENERATE(1, 3);
  const bool is_stored = GENERATE(false, true);
  const auto lose_answer = [&](chain_view) {
    if (left-- > 0) throw error{errc::append_in_doubt, "the line was cut"};
  };
  (is_stored ? on.log.on_the_way().after : on.log.on_the_way().before) = lose_answer;
  const bool is_late = GENERATE(false, true); // others append before it is asked
  if (is_late && is_stored)
    on.log.on_the_way().before = [&, sent = 0](chain_view) mutable {
      if (sent++ == 1) on.count_elsewhere(1);
    };
  CHECK(*on.runs.mutate({"count:next", object{}}).outcome == convex::value{std::int64_t{1}});
  CHECK(on.stored() == std::vector<std::int64_t>(is_late && is_stored ? 2 : 1, 1));
  CHECK(on.decided == 1);
}

TEST_CASE("a chain that stays in doubt is told so, and whatever became of it, later ones go on") {
  served_chains on;
  const bool is_stored = GENERATE(false, true);
  const auto lose_answers = [&](chain_view) {
    throw error{errc::append_in_doubt, "the line was cut"};
  };
  (is_stored ? on.log.on_the_way().after : on.log.on_the_way().before) = lose_answers;
  const convex::request_key key{"session", 1};
  auto told = on.begin("count:next", key);
  CHECK(failure_of(told) == errc::append_in_doubt);
  on.log.on_the_way() = {};
  auto again = on.begin("count:next", key);
  CHECK(number(again) == 1);
  auto next = on.begin("count:next");
  CHECK(number(next) == 2);
  CHECK(on.stored() == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("a store that cannot be reached fails what was in flight, and nothing of it happened") {
  served_chains on;
  auto first = on.begin("count:next");
  CHECK(number(first) == 1);
  on.log.on_the_way().before = [](chain_view) {
    throw error{errc::connection_lost, "nobody answers"};
  };
  std::vector<std::future<convex::fate>> told;
  for (int i = 0; i < 20; ++i) told.push_back(on.begin("count:next"));
  for (auto& each : told) CHECK(failure_of(each) == errc::connection_lost);
  CHECK_FALSE(on.runs.count().is_writable);
  on.log.on_the_way() = {};
  auto later = on.begin("count:next");
  CHECK(number(later) == 2);
  CHECK(on.runs.count().is_writable);
}

TEST_CASE("a mutation that the store fails does not harm those of its chain") {
  served_chains on;
  // As a trigger or a limit of a database does, which refuses a statement and does not say which commit was too much.
  on.log.on_the_way().storing = [](const commit_view& commit) {
    if (commit.writes[0].events[0].data.text() == R"({"to":1000})")
      throw error{errc::io_failed, "not this one"};
  };
  held_chain held{on};
  std::vector<std::future<convex::fate>> told;
  told.push_back(on.begin("count:next"));
  held.wait_until_reached();
  for (int i = 0; i < 5; ++i) told.push_back(on.begin("count:next"));
  auto bad = on.begin("count:jump");
  for (int i = 0; i < 4; ++i) told.push_back(on.begin("count:next"));
  on.wait_until_decided(11);
  held.release();
  for (std::int64_t i = 1; i <= 10; ++i) CHECK(number(told[static_cast<std::size_t>(i - 1)]) == i);
  CHECK(failure_of(bad) == errc::io_failed);
}

TEST_CASE("a store that takes no chains, or not now, is waited for") {
  served_chains on;
  on.log.on_the_way().takes_chains = false;
  std::vector<std::future<convex::fate>> told;
  for (int i = 0; i < 10; ++i) told.push_back(on.begin("count:next"));
  for (std::int64_t i = 1; i <= 10; ++i) CHECK(number(told[static_cast<std::size_t>(i - 1)]) == i);
  CHECK(on.lengths.empty());
  on.log.on_the_way().takes_chains = true;
  auto chained = on.begin("count:next");
  CHECK(number(chained) == 11);
  CHECK(on.lengths == std::vector<std::size_t>{1});
}

TEST_CASE(
    "programs that serve one store store every mutation once, each in the order of its client") {
  const chained_memory log;
  constexpr int programs = 3;
  constexpr int clients = 8;
  constexpr int each = 10;
  std::vector<std::unique_ptr<counting::executor<chained_memory>>> all;
  for (int i = 0; i < programs; ++i)
    all.push_back(std::make_unique<counting::executor<chained_memory>>(
        evstore::open<counting::events>(log), counting::functions()));
  std::mutex mutex;
  std::set<std::int64_t> numbers;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < programs * clients; ++i)
    threads.emplace_back([&, i] {
      auto& runs = *all[static_cast<std::size_t>(i % programs)];
      std::int64_t before = 0;
      for (int k = 0; k < each; ++k) {
        const convex::request_key key{"client-" + std::to_string(i), k};
        const auto sent = runs.mutate({"count:next", object{}}, key);
        const std::int64_t now = *sent.outcome->get_if<std::int64_t>();
        // It reads what it has written.
        const auto seen = runs.query({"count:get", object{}});
        if (now <= before || *seen.outcome->get_if<std::int64_t>() < now) ++wrong;
        before = now;
        const std::lock_guard lock{mutex};
        numbers.insert(now);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  constexpr std::size_t count = programs * clients * each;
  CHECK(numbers.size() == count);
  CHECK(*numbers.rbegin() == static_cast<std::int64_t>(count));
  CHECK(log.head() == global_position{2 * count});
}

TEST_CASE("chains are half as long after each that was overtaken, and grow again") {
  convex::chain_length length;
  CHECK(length.most() == convex::chain_length::longest);
  length.stored();
  CHECK(length.most() == convex::chain_length::longest);
  length.overtaken();
  CHECK(length.most() == convex::chain_length::longest / 2);
  for (int i = 0; i < 20; ++i) length.overtaken();
  CHECK(length.is_alone());
  length.stored();
  length.stored();
  CHECK(length.most() == 4);
  length.failed();
  CHECK(length.is_alone());
}
