// Many mutations share a sync, each decided on all before it, and none is told before it is durable.
#include "../jsonl/faulty_files.hpp"
#include "counting.hpp"

#include "../../support/scratch_folder.hpp"

#include <evstore/convex/executor.hpp>
#include <evstore/convex/http_api.hpp>
#include <evstore/evstore.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/memory/adapter.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace evstore;
using convex::object;
using convex::value;
using counting::failure_of;
using counting::is_told;
using counting::number;

namespace {

using faulty_adapter = jsonl::basic_adapter<tests::faulty_files>;

/// Holds up every sync until it is opened.
class gate {
public:
  explicit gate(const tests::faulty_files& calls) : files_{calls} {
    files_.shared->decide = [this](std::string_view name) {
      if (name != "fdatasync") return tests::fault{};
      ++reached_;
      reached_.notify_all();
      open_.wait(false);
      return tests::fault{outcome_};
    };
  }
  ~gate() {
    release();
    files_.heal();
  }
  void wait_until_reached() const { reached_.wait(0); }
  [[nodiscard]] int syncs() const { return reached_; }
  void release(int with = 0) {
    if (open_) return;
    outcome_ = with;
    open_ = true;
    open_.notify_all();
  }

private:
  const tests::faulty_files& files_;
  std::atomic<int> reached_{0};
  std::atomic<bool> open_{false};
  std::atomic<int> outcome_{0};
};

struct log_with_faults {
  tests::scratch_folder folder;
  tests::faulty_files files;
  std::atomic<int> decided{0}; // how often `count:next` and `count:look` ran
  counting::executor<faulty_adapter> runs{
      evstore::open<counting::events>(faulty_adapter::open(folder / "log.jsonl", {}, files)),
      counting::functions([this] {
        ++decided;
        decided.notify_all();
      })};

  std::future<convex::fate> begin(const std::string& path,
                                  std::optional<convex::request_key> key = std::nullopt) {
    return counting::begin(runs, path, std::move(key));
  }
  void wait_until_decided(int count) const {
    for (int so_far = decided; so_far != count; so_far = decided) decided.wait(so_far);
  }
  std::int64_t seen() {
    return *runs.query({"count:get", object{}}).outcome->get_if<std::int64_t>();
  }
};

} // namespace

TEST_CASE("mutations that come while the disk is busy share the next sync, and see each other") {
  log_with_faults on;
  std::vector<std::future<convex::fate>> told;
  {
    gate sync{on.files};
    told.push_back(on.begin("count:next"));
    sync.wait_until_reached();
    for (int i = 0; i < 199; ++i) told.push_back(on.begin("count:next"));
    told.push_back(on.begin("count:look")); // writes nothing, and waits for what it saw
    CHECK(on.seen() == 0);
    on.wait_until_decided(201);
    for (const auto& each : told) CHECK_FALSE(is_told(each));
    sync.release();
    for (std::int64_t i = 1; i <= 200; ++i)
      CHECK(number(told[static_cast<std::size_t>(i - 1)]) == i);
    CHECK(number(told.back()) == 200);
    CHECK(sync.syncs() <= 3); // the last one may come while the others are being written
  }
  CHECK(on.seen() == 200);
  const convex::figures now = on.runs.count();
  CHECK(now.mutations == 201);
  CHECK(now.waiting == 0);
  CHECK(now.groups < 100);
  CHECK(now.is_writable);
}

TEST_CASE("a request that is sent again while it is on its way is carried out once") {
  log_with_faults on;
  gate sync{on.files};
  const convex::request_key key{"session", 1};
  auto first = on.begin("count:next", key);
  sync.wait_until_reached();
  auto again = on.begin("count:next", key);
  CHECK_FALSE(is_told(again));
  sync.release();
  const convex::answer told = first.get().get();
  const convex::answer repeated = again.get().get();
  CHECK(*told.outcome == *repeated.outcome);
  CHECK(told.at == repeated.at);
  CHECK(on.seen() == 1);
}

TEST_CASE("a refusal is told when what it rests on is durable, and is in nobody's way") {
  log_with_faults on;
  gate sync{on.files};
  auto first = on.begin("count:start");
  sync.wait_until_reached();
  auto late = on.begin("count:start");
  auto next = on.begin("count:next");
  CHECK_FALSE(is_told(late));
  sync.release();
  CHECK(first.get().get().outcome);
  CHECK_THAT(late.get().get().outcome.error().what(), Catch::Contains("expected to be no_stream"));
  CHECK(number(next) == 2);
}

TEST_CASE(
    "a full disk: what was in flight never happened, and what comes later is decided without") {
  log_with_faults on;
  REQUIRE(on.runs.mutate({"count:next", object{}}).outcome);
  on.files.fail("pwrite", ENOSPC);
  std::vector<std::future<convex::fate>> told;
  for (int i = 0; i < 20; ++i) told.push_back(on.begin("count:next"));
  for (auto& each : told) CHECK(failure_of(each) == errc::storage_full);
  CHECK(on.seen() == 1);
  on.files.heal();
  CHECK_FALSE(on.runs.count().is_writable);
  CHECK(*on.runs.mutate({"count:next", object{}}).outcome == value{std::int64_t{2}});
  CHECK(on.seen() == 2);
  CHECK(on.runs.count().is_writable);
}

TEST_CASE("a failed sync: nobody is told an answer, of a look at what was in flight neither") {
  log_with_faults on;
  gate sync{on.files};
  auto lost = on.begin("count:next");
  sync.wait_until_reached();
  auto looked = on.begin("count:look");
  on.wait_until_decided(2);
  sync.release(EIO);
  CHECK(failure_of(lost) == errc::append_in_doubt);
  CHECK(failure_of(looked) == errc::append_in_doubt);
  auto later = on.begin("count:next");
  CHECK(failure_of(later) == errc::append_halted);
  CHECK(on.seen() == 0);
  CHECK_FALSE(on.runs.count().is_writable);
}

TEST_CASE("a mutation that another program was faster than is decided again on what happened") {
  const memory::adapter log;
  auto other = evstore::open<counting::events>(log);
  int left = 3;
  counting::executor<memory::adapter> runs{
      evstore::open<counting::events>(log), counting::functions([&] {
        if (left-- > 0) other.append("count", any, counting::counted{100 * (left + 1)}).value();
      })};
  CHECK(*runs.mutate({"count:next", object{}}).outcome == value{std::int64_t{101}});
  CHECK(left == -1);
  CHECK(*runs.query({"count:get", object{}}).outcome == value{std::int64_t{101}});
}

TEST_CASE("a mutation that writes nothing sees all that was appended before it was asked") {
  const memory::adapter log;
  auto other = evstore::open<counting::events>(log);
  counting::executor<memory::adapter> runs{evstore::open<counting::events>(log),
                                           counting::functions()};
  for (std::int64_t i = 1; i <= 200; ++i) {
    other.append("count", any, counting::counted{i}).value();
    CHECK(*runs.mutate({"count:look", object{}}).outcome == value{i});
  }
  for (std::int64_t i = 0; i < 50; ++i) { // refused by a stream of which it had not heard
    other.append("count", any, counting::counted{i}).value();
    CHECK_FALSE(runs.mutate({"count:start", object{}}).outcome);
    CHECK(runs.head() == log.head());
  }
}

TEST_CASE("over HTTP no thread waits for the disk, by whatever address a mutation is called") {
  log_with_faults on;
  convex::http_api api{on.runs};
  gate sync{on.files};
  const auto ask = [&](std::string_view target, std::string_view body) {
    auto promised = std::make_shared<std::promise<std::string>>();
    api.respond({.method = "POST", .target = target, .body = body},
                [promised](const auto& make) { promised->set_value(make().body); });
    return promised->get_future();
  };
  auto first = ask("/api/mutation", R"({"path":"count:next","args":{}})");
  sync.wait_until_reached();
  auto second = ask("/api/run/count/next", R"({"args":{}})"); // or this would not return
  on.wait_until_decided(2);
  sync.release();
  CHECK(first.get() == R"({"status":"success","value":"1"})");
  CHECK(second.get() == R"({"status":"success","value":"2"})");
  CHECK(ask("/api/run/count/get", "{}").get() == R"({"status":"success","value":"2"})");
  CHECK_THAT(ask("/api/run/count/nothing", "{}").get(), Catch::Contains("Could not find"));
}

TEST_CASE("an executor that ends carries out and tells what it was asked") {
  std::vector<std::future<convex::fate>> told;
  {
    log_with_faults on;
    for (int i = 0; i < 50; ++i) told.push_back(on.begin("count:next"));
  }
  for (auto& each : told) CHECK(is_told(each));
  CHECK(number(told.back()) == 50);
}
