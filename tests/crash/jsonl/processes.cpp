// Several processes and one log: one writes at a time, and every line comes out whole.
#include "../../unit/jsonl/small_logs.hpp"

#include <evstore/jsonl/adapter.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace evstore;
using namespace evstore::tests;

/// Runs the work in a child, which succeeds if it throws nothing and is not killed.
pid_t in_child(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  try {
    work();
  } catch (...) {
    ::_exit(1);
  }
  ::_exit(0);
}

bool succeeded(pid_t child) {
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

jsonl::adapter open_in_turn(const std::string& path) {
  while (true) {
    try {
      return jsonl::open(path, {.durability = jsonl::durability::none()});
    } catch (const error& why) {
      if (why.code() != errc::locked) throw;
      std::this_thread::sleep_for(std::chrono::microseconds{200});
    }
  }
}

TEST_CASE("ten thousand events from four processes are ten thousand whole lines") {
  constexpr int processes = 4;
  constexpr int turns = 10;
  constexpr int events_per_turn = 250;
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  std::vector<pid_t> children;
  for (int p = 0; p < processes; ++p)
    children.push_back(in_child([&] {
      for (int turn = 0; turn < turns; ++turn) {
        jsonl::adapter log = open_in_turn(path);
        for (int i = 0; i < events_per_turn; ++i)
          append_words(log, "process-" + std::to_string(p), "a");
      }
    }));
  for (const pid_t child : children) CHECK(succeeded(child));
  constexpr int events = processes * turns * events_per_turn;
  const std::string text = bytes_of(path);
  CHECK(std::count(text.begin(), text.end(), '\n') == events);
  const jsonl::adapter log = jsonl::open(path);
  CHECK(log.head().value() == events);
  CHECK(log.report().warnings.empty());
  for (int p = 0; p < processes; ++p)
    CHECK(log.state_of("process-" + std::to_string(p)).version.value() == turns * events_per_turn);
}

TEST_CASE("the lock names the process that has it, and goes with it") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = in_child([&] {
    const jsonl::adapter log = jsonl::open(path);
    (void)!::write(ready[1], "x", 1);
    ::pause();
  });
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  const error refused = error_of([&] { (void)jsonl::open(path); });
  CHECK(refused.code() == errc::locked);
  CHECK_THAT(refused.what(), Catch::Contains("process " + std::to_string(child) + " "));
  ::kill(child, SIGKILL);
  CHECK_FALSE(succeeded(child));
  const jsonl::adapter mine = jsonl::open(path);
}

TEST_CASE("a process that follows the log sees every event once, in order, and whole commits") {
  constexpr std::uint64_t events = 3000;
  using jsonl::durability;
  const auto how = GENERATE(durability::none(), durability::buffered(std::chrono::milliseconds{1}));
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  { const jsonl::adapter made = jsonl::open(path); }
  const pid_t child = in_child([&] {
    jsonl::adapter log = jsonl::open(path, {.durability = how});
    for (std::uint64_t i = 0; i < events / 3; ++i) append_words(log, "s", "a b c");
  });
  const jsonl::adapter reader = jsonl::open_read_only(path);
  global_position seen;
  while (seen.value() < events) {
    const global_position head = reader.wait_beyond(seen, std::chrono::minutes{1});
    REQUIRE(head > seen);
    REQUIRE(head.value() % 3 == 0);
    for (const event_record& event :
         testing::collect(reader.read_all(query::all(), {.from = seen.next()}))) {
      REQUIRE(event.position == seen.next());
      seen = event.position;
    }
  }
  CHECK(succeeded(child));
}

} // namespace
