// Power cuts and the files that let opening skip most of a long log: with whatever is left of them
// the answers are those of the log, and what is behind the place that they reach is on the disk.
// EVSTORE_CRASH_WAY=<way> has one find again.
#include "power_loss.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace evstore;
using namespace evstore::tests;

using log = jsonl::basic_adapter<simulated_files>;
constexpr const char* path = "/log.jsonl";

std::shared_ptr<simulated_machine> machine_with(const simulated_disk& disk, std::uint64_t seed) {
  return std::make_shared<simulated_machine>(disk, seed);
}

testing::plain_commit commit_of(std::size_t events, const std::string& type) {
  return {{{"s", any, std::vector<testing::plain_event>(events, {.type = type})}}, {}};
}

/// A log that is long enough for an index beside it, once it is closed.
simulated_disk long_log(const jsonl::options& how, std::size_t events) {
  const auto machine = machine_with({}, 1);
  log opened = log::open(path, how, simulated_files{machine});
  static_cast<void>(testing::append(opened, commit_of(events, "old")).value());
  { const log closed = std::move(opened); }
  return machine->disk;
}

TEST_CASE("whatever power cuts leave of an index changes no answer") {
  power_loss<indexing_files> cuts;
  const auto found = cuts.search(1'000);
  if (found) FAIL(found->text());
  CHECK((cuts.states() >= 1'000 || std::getenv("EVSTORE_CRASH_WAY")));
}

TEST_CASE("what a failed sync left in memory is not believed behind a checkpoint either") {
  const jsonl::options how{.preallocation_size = GENERATE(as<std::uint64_t>{}, 0, 3000)};
  const simulated_disk begin = long_log(how, 5000);
  REQUIRE(begin.find("/log.jsonl.index") != 0);
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const auto machine = machine_with(begin, seed);
    const simulated_files files{machine};
    {
      log opened = log::open(path, how, files);
      machine->disturb = [](std::string_view call) {
        return simulated_machine::trouble{call == "fdatasync" ? EIO : 0};
      };
      CHECK_THROWS(testing::append(opened, commit_of(1, "doubtful")));
      machine->disturb = nullptr;
    }
    std::uint64_t acknowledged = 0;
    {
      log opened = log::open(path, how, files);
      static_cast<void>(testing::append(opened, commit_of(1, "new")).value());
      acknowledged = opened.head().value();
      log moved = std::move(opened);
      random_source draw{seed};
      const auto after = machine_with(machine->disk.power_cut(draw), seed);
      log survivor = log::open(path, how, simulated_files{after});
      CHECK(survivor.head().value() == acknowledged);
    }
  }
}

TEST_CASE("a power cut while the index is written changes no answer") {
  const jsonl::options how{.preallocation_size = GENERATE(as<std::uint64_t>{}, 0, 3000)};
  const simulated_disk begin = long_log(how, 4090);
  REQUIRE(begin.find("/log.jsonl.index") == 0);
  std::vector<simulated_disk> moments;
  {
    const auto machine = machine_with(begin, 1);
    log opened = log::open(path, how, simulated_files{machine});
    static_cast<void>(testing::append(opened, commit_of(50, "new")).value());
    machine->changed = [&] { moments.push_back(machine->disk); };
    { const log closed = std::move(opened); }
    machine->changed = nullptr;
  }
  REQUIRE(moments.size() > 10);
  std::size_t resumed = 0;
  for (std::size_t i = 0; i < moments.size(); i += 1 + moments.size() / 16)
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
      INFO("moment " << i << ", seed " << seed);
      random_source draw{seed * 1000 + i};
      const auto machine = machine_with(moments[i].power_cut(draw), seed);
      const simulated_files files{machine};
      {
        log survivor = log::open(path, how, files);
        CHECK(survivor.head().value() == 4140);
        CHECK(survivor.state_of("s").version.value() == 4140);
        static_cast<void>(testing::append(survivor, commit_of(1, "last")).value());
      }
      resumed += machine->disk.find("/log.jsonl.index") != 0 ? 1 : 0;
      log again = log::open(path, how, files);
      const auto last = testing::collect(again.read_stream("s", {.from = stream_version{4139}}));
      REQUIRE(last.size() == 3);
      CHECK(last[1].type == "new");
      CHECK(last[2].type == "last");
    }
  CHECK(resumed > 0);
}

} // namespace
