// Every call that the adapter makes fails once, and from then on, in each way that it can: what is
// thrown has a code, the log ends with a whole commit, and goes on when the trouble is over.
#include "repairs.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace evstore;
using namespace evstore::tests;

using log = jsonl::basic_adapter<indexing_files>;

struct fault_plan {
  std::string_view call{};
  int code = 0;           // 0: it moves one byte only
  std::size_t number = 1; // of the first call that fails
  bool again_and_again = false;
  std::uint64_t preallocation_size = 0;
  bool passes = false; // before the log is closed
  jsonl::durability durability = jsonl::durability::sync();

  [[nodiscard]] bool buffers() const {
    return durability.what() == jsonl::durability::kind::buffered;
  }
};

/// What a call may answer with; once, and, unless it is a signal, from then on.
struct kind_of_trouble {
  std::string_view call;
  std::vector<int> codes;
};
const std::vector<kind_of_trouble> troubles{
    {"open", {EINTR, EIO, EACCES, EMFILE, ENOSPC, EDQUOT}},
    {"close", {EINTR, EIO, ENOSPC}},
    {"pread", {0, EINTR, EIO}},
    {"pwrite", {0, EINTR, EIO, ENOSPC, EDQUOT}},
    {"pwrite of a lock", {0, EINTR, EIO, ENOSPC}},
    {"ftruncate", {EINTR, EIO}},
    {"fdatasync", {EIO, ENOSPC, EDQUOT}},
    {"fsync", {EIO, ENOSPC, EDQUOT}},
    {"fsync of a directory", {EIO, ENOSPC, EDQUOT}},
    {"fstat", {EIO}},
    {"lstat", {EIO, EACCES}},
    {"statx", {EIO, EACCES}},
    {"rename", {EIO, ENOSPC, EDQUOT}},
    {"link", {EIO, ENOSPC, EDQUOT, EPERM}},
    {"unlink", {EIO}},
    {"mkdir", {EIO, ENOSPC, EDQUOT}},
    {"try_lock", {ENOLCK}},
};

/// Lets the machine's calls fail as planned. Returns how many calls of the kind there were.
std::shared_ptr<const std::size_t> begin_trouble(simulated_machine& machine,
                                                 const fault_plan& plan) {
  auto calls = std::make_shared<std::size_t>(0);
  machine.disturb = [plan, calls](std::string_view call) -> simulated_machine::trouble {
    if (call != plan.call || ++*calls < plan.number) return {};
    if (*calls > plan.number && !plan.again_and_again) return {};
    return plan.code != 0 ? simulated_machine::trouble{plan.code}
                          : simulated_machine::trouble{0, 1};
  };
  return calls;
}

std::string in_words(const fault_plan& plan, const std::optional<error>& failure) {
  return "with " + std::to_string(plan.preallocation_size) + " bytes written ahead, after " +
         std::string{plan.call} + " number " + std::to_string(plan.number) + " with errno " +
         std::to_string(plan.code) + (plan.again_and_again ? ", and all that follow: " : ": ") +
         (failure ? failure->what() : "nothing was thrown");
}

/// What is thrown says what a program can do about it.
void check_code(const fault_plan& plan, const error& failure) {
  const bool is_full = plan.code == ENOSPC || plan.code == EDQUOT;
  const bool is_denied = plan.code == EACCES || plan.code == EPERM;
  const bool is_look = plan.call == "fstat" || plan.call == "lstat" || plan.call == "statx";
  const errc told = is_full ? errc::storage_full : is_denied ? errc::read_only : errc::io_failed;
  CHECK((failure.code() == told || failure.code() == errc::append_in_doubt ||
         failure.code() == errc::append_halted ||
         (is_look && failure.code() == errc::changed_under))); // it may be another file by now
}

/// What a program does with a log, and what it was told.
struct program {
  fault_plan plan{};
  std::size_t acknowledged = 0;
  std::size_t tried = 0;
  std::optional<error> failure{};
  bool was_opened = false;

  void append(log& to) {
    ++tried;
    static_cast<void>(testing::append(to, commit(tried)).value());
    if (!plan.buffers()) acknowledged = tried; // that can be relied on when it is seen
  }
  static testing::plain_commit commit(std::size_t number) {
    const testing::plain_event event{.type = "e" + std::to_string(number),
                                     .data = R"({"text":")" + std::string(100, 'x') + "\"}"};
    return {{{"a", any, {event, event}}, {"b", any, {event}}}, {}};
  }

  void run(const std::shared_ptr<simulated_machine>& machine) {
    const indexing_files files{simulated_files{machine}};
    try {
      log opened = log::open(
          log_path, {.durability = plan.durability, .preallocation_size = plan.preallocation_size},
          files);
      was_opened = true;
      check(opened); // whatever can be opened shows whole commits
      tried = acknowledged;
      bool halts = false;
      for (int i = 0; i < 2; ++i) try {
          append(opened);
        } catch (const error& why) {
          failure = why;
          halts = halts || why.code() != errc::storage_full;
          if (why.code() != errc::append_in_doubt) --tried; // what is in doubt may be there
        }
      try {
        opened.save_snapshot("k", {{}, opened.head(), 1, "{}"});
        static_cast<void>(opened.load_snapshot("k"));
      } catch (const error& why) {
        failure = why;
      }
      if (plan.passes) machine->disturb = nullptr;
      try {
        check(opened);
      } catch (
          const error& why) { // reads go on, unless it is reading or what it waits for that fails
        REQUIRE(((plan.call == "pread" && !plan.passes) || plan.buffers()));
        failure = why;
      }
      if (plan.passes && !halts) append(opened); // there is room again
    } catch (const error& why) {
      failure = why;
    }
  }

  void check(log& opened) {
    const auto records = testing::collect(opened.read_all(query::all(), {}));
    REQUIRE(records.size() % 3 == 0);
    REQUIRE(records.size() / 3 >= acknowledged);
    REQUIRE(records.size() / 3 <= tried);
    bool are_ours = true;
    for (std::size_t i = 0; i < records.size(); ++i)
      are_ours = are_ours && records[i].type == "e" + std::to_string(i / 3 + 1);
    REQUIRE(are_ours);
    acknowledged = records.size() / 3;
  }
};

/// A log with an index beside it, and with a torn end, so that recovery has something to do.
program write_torn_log(simulated_machine& machine, const fault_plan& plan,
                       const indexing_files& files) {
  program user{plan};
  for (int times = 0; times < 2; ++times) {
    log opened = log::open(log_path, {.preallocation_size = plan.preallocation_size}, files);
    for (int i = 0; i < 6; ++i) user.append(opened);
  }
  const auto node = machine.disk.find(log_path);
  machine.disk.write(
      node,
      R"({"position":37,"stream":"a","ver)" + std::string(plan.preallocation_size, jsonl::filler),
      machine.disk.bytes(node).size());
  return user;
}

/// Whether the fault was met.
bool survives(const fault_plan& plan) {
  const auto machine = std::make_shared<simulated_machine>();
  const indexing_files files{simulated_files{machine}};
  program user = write_torn_log(*machine, plan, files);
  const auto calls = begin_trouble(*machine, plan);
  user.run(machine);
  const bool met = *calls >= plan.number;
  machine->disturb = nullptr;

  INFO(in_words(plan, user.failure));
  const bool harmless = !met || plan.code == 0 || plan.code == EINTR || plan.call == "close";
  if (harmless) CHECK_FALSE(user.failure);
  if (user.failure) check_code(plan, *user.failure);
  if (plan.call == "pwrite" && (plan.code == ENOSPC || plan.code == EDQUOT))
    CHECK(user.was_opened); // a full disk can be read
  // The trouble is over: the next program finds everything and goes on.
  program next{{.preallocation_size = plan.preallocation_size}, user.acknowledged, user.tried};
  next.run(machine);
  CHECK_FALSE(next.failure);
  CHECK(next.acknowledged >= user.acknowledged + 2);
  CHECK(jsonl::detail::verify(log_path, files).is_sound());
  return met;
}

/// The same while a damaged log is repaired.
bool repair_survives(const fault_plan& plan, const damaged_log<indexing_files>& damaged) {
  const auto machine = std::make_shared<simulated_machine>(damaged.disk());
  const auto calls = begin_trouble(*machine, plan);
  std::optional<error> failure;
  try {
    static_cast<void>(jsonl::detail::repair(log_path, indexing_files{simulated_files{machine}}));
  } catch (const error& why) {
    failure = why;
  }
  machine->disturb = nullptr;
  INFO(in_words(plan, failure));
  if (plan.code == 0 || plan.code == EINTR || plan.call == "close") CHECK_FALSE(failure);
  if (failure) check_code(plan, *failure);
  CHECK_NOTHROW(damaged.check(machine->disk));
  CHECK_NOTHROW(damaged.finish(machine));
  return *calls >= plan.number;
}

/// Each kind of trouble at the first call, the second, … until a run meets none.
template <class Survives>
std::size_t sweep(fault_plan plan, Survives survives) {
  std::size_t runs = 0;
  for (const kind_of_trouble& kind : troubles)
    for (const int code : kind.codes)
      for (const bool again_and_again : {false, true}) {
        if (code == EINTR && again_and_again) continue; // a signal does not come for ever
        plan.call = kind.call;
        plan.code = code;
        plan.again_and_again = again_and_again;
        for (plan.number = 1; survives(plan); ++plan.number) ++runs;
      }
  return runs;
}

TEST_CASE("whichever call fails, once or from then on, the log ends with a whole commit") {
  const auto [ahead, passes] =
      GENERATE(table<std::uint64_t, bool>({{0, false}, {0, true}, {1500, true}}));
  CHECK(sweep({.preallocation_size = ahead, .passes = passes}, survives) > 300);
}

TEST_CASE("whichever call fails of a buffered log, it ends with a whole commit") {
  const auto never = jsonl::durability::buffered(std::chrono::milliseconds::max());
  CHECK(sweep({.passes = GENERATE(false, true), .durability = never}, survives) > 300);
}

TEST_CASE("whichever call fails while a log is repaired, it is as it was or repaired") {
  const damaged_log<indexing_files> damaged{7};
  REQUIRE_FALSE(damaged.is_sound());
  const auto runs =
      sweep({}, [&](const fault_plan& plan) { return repair_survives(plan, damaged); });
  CHECK(runs > 300);
}

} // namespace
