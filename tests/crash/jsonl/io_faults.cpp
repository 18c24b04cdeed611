// Every call that the adapter makes fails once, and from then on, in each way that it can: what is
// thrown has a code, the log ends with a whole commit, and goes on when the trouble is over.
#include "power_loss.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cerrno>
#include <map>
#include <string>
#include <string_view>

namespace {

using namespace evstore;
using namespace evstore::tests;

using log = jsonl::basic_adapter<simulated_files>;

struct fault_plan {
  std::string_view call;
  int code;           // 0: it moves one byte only
  std::size_t number; // of the first call that fails
  bool again_and_again;
  std::uint64_t preallocation_size;
};

/// What a program does with a log, and what it was told. Returns what it stopped at.
struct program {
  jsonl::options how{};
  std::size_t acknowledged = 0;
  std::size_t tried = 0;
  std::optional<error> failure{};
  bool was_opened = false;

  void append(log& to) {
    ++tried;
    static_cast<void>(testing::append(to, commit(tried)).value());
    acknowledged = tried;
  }
  static testing::plain_commit commit(std::size_t number) {
    const testing::plain_event event{.type = "e" + std::to_string(number),
                                     .data = R"({"text":")" + std::string(300, 'x') + "\"}"};
    return {{{"a", any, {event, event}}, {"b", any, {event}}}, {}};
  }

  void run(const simulated_files& files) {
    try {
      log opened = log::open("/log.jsonl", how, files);
      was_opened = true;
      check(opened); // whatever can be opened shows whole commits
      tried = acknowledged;
      for (int i = 0; i < 2; ++i) {
        try {
          append(opened);
        } catch (const error& why) {
          // Reads go on, unless it is reading that fails.
          failure = why;
          if (why.code() != errc::append_in_doubt) --tried; // what is in doubt may be there
        }
      }
      opened.save_snapshot("k", {{}, opened.head(), 1, "{}"});
      static_cast<void>(opened.load_snapshot("k"));
      check(opened);
    } catch (const error& why) {
      failure = why;
    }
  }

  void check(log& opened) {
    const auto records = testing::collect(opened.read_all(query::all(), {}));
    REQUIRE(records.size() % 3 == 0);
    REQUIRE(records.size() / 3 >= acknowledged);
    REQUIRE(records.size() / 3 <= tried);
    for (std::size_t i = 0; i < records.size(); ++i)
      REQUIRE(records[i].type == "e" + std::to_string(i / 3 + 1));
    acknowledged = records.size() / 3;
  }
};

/// Whether the fault was met.
bool survives(const fault_plan& plan) {
  const auto machine = std::make_shared<simulated_machine>();
  const simulated_files files{machine};
  program user{.how = {.preallocation_size = plan.preallocation_size}};
  {
    log opened = log::open("/log.jsonl", user.how, files);
    user.append(opened);
    user.append(opened);
  }
  // A log with a torn end, so that recovery has something to do.
  const auto node = machine->disk.find("/log.jsonl");
  machine->disk.write(
      node,
      R"({"position":7,"stream":"a","ver)" + std::string(plan.preallocation_size, jsonl::filler),
      machine->disk.bytes(node).size());

  std::size_t calls = 0;
  machine->disturb = [&](std::string_view call) -> simulated_machine::trouble {
    if (call != plan.call || ++calls < plan.number) return {};
    if (calls > plan.number && !plan.again_and_again) return {};
    return plan.code != 0 ? simulated_machine::trouble{plan.code}
                          : simulated_machine::trouble{0, 1};
  };
  user.run(files);
  const bool met = calls >= plan.number;
  machine->disturb = nullptr;

  INFO("with " << plan.preallocation_size << " bytes written ahead, after " << plan.call
               << " number " << plan.number << " with errno " << plan.code
               << (plan.again_and_again ? ", and all that follow: " : ": ")
               << (user.failure ? user.failure->what() : "nothing was thrown"));
  const bool harmless = !met || plan.code == 0 || plan.code == EINTR;
  if (harmless) CHECK_FALSE(user.failure);
  if (user.failure && (plan.code == ENOSPC || plan.code == EDQUOT))
    CHECK((user.failure->code() == errc::storage_full ||
           user.failure->code() == errc::append_in_doubt ||
           user.failure->code() == errc::append_halted));
  if (plan.call == "pwrite" && (plan.code == ENOSPC || plan.code == EDQUOT))
    CHECK(user.was_opened); // a full disk can be read
  // The trouble is over: the next program finds everything and goes on.
  program next{.how = user.how, .acknowledged = user.acknowledged, .tried = user.tried};
  next.run(files);
  CHECK_FALSE(next.failure);
  CHECK(next.acknowledged >= user.acknowledged + 2);
  CHECK(jsonl::detail::verify("/log.jsonl", files).is_sound());
  return met;
}

TEST_CASE("whichever call fails, once or from then on, the log ends with a whole commit") {
  const std::map<std::string_view, std::vector<int>> troubles{
      {"open", {EINTR, EIO, EACCES, EMFILE, ENOSPC, EDQUOT}},
      {"pread", {0, EINTR, EIO}},
      {"pwrite", {0, EINTR, EIO, ENOSPC, EDQUOT}},
      {"ftruncate", {EINTR, EIO}},
      {"fdatasync", {EIO, ENOSPC, EDQUOT}},
      {"fsync", {EIO, ENOSPC, EDQUOT}},
      {"fstat", {EIO}},
      {"lstat", {EIO, EACCES}},
      {"statx", {EIO, EACCES}},
      {"rename", {EIO, ENOSPC, EDQUOT}},
      {"unlink", {EIO}},
      {"mkdir", {EIO, ENOSPC, EDQUOT}},
      {"try_lock", {ENOLCK}},
  };
  std::size_t runs = 0;
  for (const auto& [call, codes] : troubles)
    for (const int code : codes)
      for (const bool again_and_again : {false, true}) {
        if (code == EINTR && again_and_again) continue; // a signal does not come for ever
        for (const std::uint64_t ahead : {0U, 1500U})
          for (std::size_t number = 1; survives({call, code, number, again_and_again, ahead});
               ++number)
            ++runs;
      }
  CHECK(runs > 400);
}

} // namespace
