// kill -9 in the middle of appends, in a child, again and again: what was acknowledged is there, in
// order, once, and whole commits only. (What the page cache has survives the process; power cuts are
// for a simulated disk.)
#include "../../unit/jsonl/small_logs.hpp"

#include <evstore/jsonl/adapter.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <random>
#include <string>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace evstore;
using namespace evstore::tests;

constexpr std::uint64_t events_per_commit = 3;

/// Appends until it is killed; tells `acknowledged` the head after each commit, or, of a buffered log,
/// when it has been read now and then.
template <class Adapter>
[[noreturn]] void append_for_ever(const std::string& path, jsonl::durability how,
                                  int acknowledged) {
  try {
    Adapter log = Adapter::open(path, {.durability = how});
    while (true) {
      const std::uint64_t head = append_words(log, "s", "a b c").last.value();
      const bool is_buffered = how.what() == jsonl::durability::kind::buffered;
      if (is_buffered && (head % 7 != 0 || log.head().value() != head)) continue;
      if (::write(acknowledged, &head, sizeof head) != sizeof head) break;
    }
  } catch (...) {
  }
  ::_exit(1);
}

/// Runs a child that appends, kills it some microseconds after its first commit, and returns the
/// last head that it was told.
template <class Adapter>
std::uint64_t kill_within(const std::string& path, jsonl::durability how, unsigned microseconds) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) append_for_ever<Adapter>(path, how, ends[1]);
  ::close(ends[1]);
  std::uint64_t head = 0;
  REQUIRE(::read(ends[0], &head, sizeof head) == sizeof head);
  ::usleep(microseconds);
  ::kill(child, SIGKILL);
  std::uint64_t next = 0;
  while (::read(ends[0], &next, sizeof next) == sizeof next) head = next;
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  return head;
}

template <class Adapter>
void survive(jsonl::durability how, int rounds) {
  constexpr int rounds_of_a_log = 20;
  const scratch_folder folder;
  std::minstd_rand random{7};
  for (int round = 0; round < rounds; ++round) {
    INFO("round " << round);
    const std::string path = folder / std::to_string(round / rounds_of_a_log);
    const std::uint64_t acknowledged =
        kill_within<Adapter>(path, how, static_cast<unsigned>(random() % 700));
    Adapter log = Adapter::open(path, {});
    REQUIRE(log.head().value() >= acknowledged);
    REQUIRE(log.head().value() % events_per_commit == 0);
    REQUIRE(log.state_of("s").version.value() == log.head().value());
    REQUIRE(log.report().torn.has_value() == !log.report().warnings.empty());
    std::uint64_t position = 0;
    for (const event_record& event : testing::collect(log.read_all(query::all(), {}))) {
      const bool in_order = event.position.value() == ++position &&
                            event.commit.index == (position - 1) % events_per_commit + 1;
      if (!in_order) FAIL("position " << position);
    }
    REQUIRE(position == log.head().value());
  }
}

// Only a power cut needs syncs, so most of the rounds do without: they cost more than the rest.
TEST_CASE("every acknowledged event survives kill -9, 200 times") {
  survive<quick_adapter>(jsonl::durability::none(), 60);
  survive<quick_adapter>(jsonl::durability::buffered(std::chrono::milliseconds{1}), 40);
  survive<quick_adapter>(jsonl::durability::sync(), 60);
  survive<quick_adapter>(jsonl::durability::batched(std::chrono::milliseconds{1}), 20);
  survive<jsonl::adapter>(jsonl::durability::sync(), 20);
}

} // namespace
