#include "faulty_files.hpp"
#include "small_logs.hpp"

#include <evstore/jsonl/adapter.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace evstore;
using namespace evstore::tests;
using faulty_adapter = jsonl::basic_adapter<faulty_files>;
using jsonl::durability;

faulty_adapter open_faulty(const std::string& path, const faulty_files& files,
                           durability how = durability::sync()) {
  return faulty_adapter::open(path, {.durability = how}, files);
}

TEST_CASE("appending changes no byte that was there") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter log = quick_open(path);
  std::string before;
  for (int i = 0; i < 20; ++i) {
    append_words(log, "s", i % 3 == 0 ? "a b" : "c");
    const std::string now = bytes_of(path);
    REQUIRE(now.starts_with(before));
    REQUIRE(now.size() > before.size());
    before = now;
  }
}

TEST_CASE("a commit is written, then synced, then shown, then acknowledged") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  files.forget();
  append_words(log, "s", "a b c");
  CHECK(files.shared->calls == std::vector<std::string>{"pwrite", "fdatasync", "pwrite of a lock"});
}

TEST_CASE("neither writers nor readers ask for the times of a log, which would slow its syncs") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  faulty_adapter reader = faulty_adapter::open_read_only(log.path(), {}, files);
  files.forget();
  append_words(log, "s", "a");
  CHECK(words_of(reader) == "a");
  CHECK(words_of(log) == "a");
  CHECK(files.count("fstat") + files.count("lstat") == 0);
}

TEST_CASE("a new log is synced, and so is its directory") {
  const scratch_folder folder;
  const faulty_files files;
  const faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  CHECK(files.count("fsync") >= 2);
  const faulty_files failing;
  failing.fail("fsync", EIO);
  CHECK(error_of([&] { (void)open_faulty(folder / "other.jsonl", failing); }).code() ==
        errc::io_failed);
}

TEST_CASE("short writes and interrupted calls are continued") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  int call = 0;
  files.shared->decide = [&](std::string_view name) {
    if (name != "pwrite") return fault{};
    return ++call % 2 == 0 ? fault{EINTR} : fault{0, 7};
  };
  append_words(log, "s", "a b c");
  files.heal();
  CHECK(words_of(log) == "a b c");
}

TEST_CASE("a full disk: nothing of the commit is there, and appends go on when there is room") {
  const int code = GENERATE(ENOSPC, EDQUOT, EFBIG);
  const std::size_t room =
      GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{150}, std::size_t{250});
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  append_words(log, "s", "a");
  const std::string before = bytes_of(log.path());
  bool wrote = room == 0;
  files.shared->decide = [&](std::string_view name) {
    if (name != "pwrite") return fault{};
    if (wrote) return fault{code};
    wrote = true;
    return fault{0, room};
  };
  const error full = error_of([&] { append_words(log, "s", "b c"); });
  CHECK(full.code() == errc::storage_full);
  CHECK(full.retryable());
  CHECK(bytes_of(log.path()) == before);
  CHECK(words_of(log) == "a");
  CHECK(error_of([&] { append_words(log, "s", "b c"); }).code() == errc::storage_full);
  files.heal();
  append_words(log, "s", "d");
  CHECK(words_of(log) == "a d");
  log = faulty_adapter{open_faulty(folder / "other.jsonl", files)};
  quick_adapter again = quick_open(folder / "log.jsonl");
  CHECK(words_of(again) == "a d");
}

TEST_CASE("a failed sync is final: in doubt, then halted, and reads go on") {
  const scratch_folder folder;
  const faulty_files files;
  const std::string path = folder / "log.jsonl";
  {
    faulty_adapter log = open_faulty(path, files);
    append_words(log, "s", "a");
    files.fail("fdatasync", EIO);
    const error doubt = error_of([&] {
      (void)testing::append(log, {{{"s", any, {{.type = "b", .id = testing::id_of(1)}}}}, {}});
    });
    CHECK(doubt.code() == errc::append_in_doubt);
    REQUIRE(doubt.ids().size() == 1);
    CHECK(doubt.ids()[0] == testing::id_of(1));
    files.heal();
    files.forget();
    CHECK(error_of([&] { append_words(log, "s", "c"); }).code() == errc::append_halted);
    CHECK(files.shared->calls.empty()); // no second try, and nothing written
    CHECK(words_of(log) == "a");
    CHECK(log.head() == global_position{1});
  }
  // Whoever opens it again learns the commit's fate: here the bytes did arrive.
  faulty_adapter again = open_faulty(path, files);
  CHECK(words_of(again) == "a b");
  const auto retried =
      testing::append(again, {{{"s", any, {{.type = "b", .id = testing::id_of(1)}}}}, {}});
  CHECK(retried.value().replayed);
}

TEST_CASE("a failed write that is not about room halts appends") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  append_words(log, "s", "a");
  files.fail("pwrite", EIO);
  CHECK(error_of([&] { append_words(log, "s", "b"); }).code() == errc::io_failed);
  files.heal();
  CHECK(error_of([&] { append_words(log, "s", "b"); }).code() == errc::append_halted);
  CHECK(words_of(log) == "a");
}

TEST_CASE("what cannot be cut back after a failed write halts appends") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  append_words(log, "s", "a");
  bool wrote = false;
  files.shared->decide = [&](std::string_view name) {
    if (name == "ftruncate") return fault{EIO};
    if (name != "pwrite") return fault{};
    if (wrote) return fault{ENOSPC};
    wrote = true;
    return fault{0, 20};
  };
  CHECK(error_of([&] { append_words(log, "s", "b"); }).code() == errc::storage_full);
  files.heal();
  CHECK(error_of([&] { append_words(log, "s", "b"); }).code() == errc::append_halted);
  CHECK(words_of(log) == "a");
}

TEST_CASE("a torn tail on a full disk: the log opens, and is cut when there is room") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_log(path, "a b");
  const std::string whole = bytes_of(path);
  put_bytes(path, whole.substr(0, whole.size() - 10));
  const faulty_files files;
  files.fail("pwrite", ENOSPC);
  faulty_adapter log = open_faulty(path, files);
  CHECK(words_of(log) == "a");
  REQUIRE(log.report().torn);
  CHECK(log.report().torn->kept_in.empty());
  CHECK(error_of([&] { append_words(log, "s", "c"); }).code() == errc::storage_full);
  files.heal();
  append_words(log, "s", "c");
  CHECK(words_of(log) == "a c");
  CHECK(jsonl::open_read_only(path).head() == global_position{2});
}

TEST_CASE("threads that append at once share syncs, and every commit is there once") {
  constexpr std::size_t threads = 8;
  constexpr std::size_t commits = 40;
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  files.shared->decide = [](std::string_view name) {
    if (name == "fdatasync") std::this_thread::sleep_for(std::chrono::microseconds{300});
    return fault{};
  };
  files.forget();
  std::vector<std::thread> running;
  for (std::size_t t = 0; t < threads; ++t)
    running.emplace_back([&, t] {
      for (std::size_t i = 0; i < commits; ++i)
        append_words(log, "stream-" + std::to_string(t), i % 2 == 0 ? "a" : "b c");
    });
  for (std::thread& one : running) one.join();
  CHECK(files.count("fdatasync") < threads * commits);
  CHECK(log.head().value() == threads * commits * 3 / 2);
  for (std::size_t t = 0; t < threads; ++t)
    CHECK(log.state_of("stream-" + std::to_string(t)).version.value() == commits * 3 / 2);
  quick_adapter reader = quick_adapter::open_read_only(log.path(), {});
  CHECK(reader.head() == log.head());
}

TEST_CASE("of writers with one expectation exactly one wins, also within a batch") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  files.shared->decide = [](std::string_view name) {
    if (name == "fdatasync") std::this_thread::sleep_for(std::chrono::microseconds{300});
    return fault{};
  };
  std::atomic<std::size_t> won{0};
  std::vector<std::thread> running;
  for (int t = 0; t < 8; ++t)
    running.emplace_back([&] {
      for (std::uint64_t round = 0; round < 30; ++round) {
        const auto outcome =
            testing::append(log, {{{"s", exactly(round), testing::events("a")}}, {}});
        if (outcome)
          ++won;
        else
          while (log.state_of("s").version.value() <= round) std::this_thread::yield();
      }
    });
  for (std::thread& one : running) one.join();
  CHECK(won == 30);
  CHECK(log.head().value() == 30);
}

TEST_CASE("commits behind a failed one are not written either") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  std::atomic<bool> is_writing{false};
  std::atomic<bool> may_fail{false};
  bool has_failed = false; // the second would fit
  errc of_first{};
  errc of_second{};
  // The script's mutex is held while it decides, so the second batch waits behind the first.
  files.shared->decide = [&](std::string_view name) {
    is_writing = true;
    while (!may_fail) std::this_thread::yield();
    return fault{name == "pwrite" && !std::exchange(has_failed, true) ? ENOSPC : 0};
  };
  std::thread first{[&] { of_first = error_of([&] { append_words(log, "s", "a"); }).code(); }};
  std::thread second{[&] {
    while (!is_writing) std::this_thread::yield();
    of_second = error_of([&] { append_words(log, "s", "b"); }).code();
  }};
  while (!is_writing) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  may_fail = true;
  first.join();
  second.join();
  CHECK(of_first == errc::storage_full);
  CHECK(of_second == errc::storage_full);
  files.heal();
  CHECK(words_of(log).empty());
  append_words(log, "s", "c");
  CHECK(words_of(log) == "c");
}

TEST_CASE("weaker durability: acknowledged before it is synced, and synced in the end") {
  const scratch_folder folder;
  const faulty_files files;
  SECTION("none") {
    {
      faulty_adapter log = open_faulty(folder / "log.jsonl", files, durability::none());
      files.forget();
      for (int i = 0; i < 10; ++i) append_words(log, "s", "a");
      CHECK(files.count("fdatasync") == 0);
      CHECK(words_of(log) == "a a a a a a a a a a");
    }
    CHECK(files.count("fdatasync") == 1);
  }
  SECTION("batched") {
    faulty_adapter log =
        open_faulty(folder / "log.jsonl", files, durability::batched(std::chrono::milliseconds{5}));
    files.forget();
    append_words(log, "s", "a");
    while (files.count("fdatasync") == 0) std::this_thread::yield();
    // The next batch says what was synced.
    while (bytes_of(log.path()).find("\"durable\":1") == std::string::npos)
      append_words(log, "s", "b");
  }
  SECTION("batched, and the disk fails") {
    faulty_adapter log =
        open_faulty(folder / "log.jsonl", files, durability::batched(std::chrono::milliseconds{1}));
    files.fail("fdatasync", EIO);
    const error halted = error_of([&] {
      while (true) append_words(log, "s", "a");
    });
    CHECK(halted.code() == errc::append_halted);
  }
}

TEST_CASE("the first record of a batch says what was durable before it") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  {
    quick_adapter log = quick_open(path);
    append_words(log, "s", "a b");
    append_words(log, "s", "c");
  }
  const std::string text = bytes_of(path);
  const auto starts = line_starts(text);
  CHECK(text.find("\"durable\":0,") < starts[1]);
  CHECK(text.find("\"durable\":2,") > starts[2]);
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
  CHECK(text.find("\"durable\"", starts[1]) > starts[2]);
}

TEST_CASE("a log that somebody else writes to, moves or cuts takes no more appends") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter log = quick_open(path);
  append_words(log, "s", "a");
  SECTION("longer") { put_bytes(path, bytes_of(path) + "x"); }
  SECTION("shorter") { put_bytes(path, ""); }
  SECTION("moved") { std::filesystem::rename(path, folder / "moved.jsonl"); }
  SECTION("replaced") {
    put_bytes(folder / "new", bytes_of(path));
    std::filesystem::rename(folder / "new", path);
  }
  CHECK(error_of([&] { append_words(log, "s", "b"); }).code() == errc::changed_under);
  CHECK(error_of([&] { append_words(log, "s", "b"); }).code() == errc::append_halted);
}

TEST_CASE("a forked child does not write") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter log = quick_open(path);
  append_words(log, "s", "a");
  const pid_t child = ::fork();
  if (child == 0) {
    int refused = 0;
    try {
      append_words(log, "s", "b");
    } catch (const error& why) {
      refused = why.code() == errc::locked ? 1 : 0;
    }
    try {
      (void)quick_open(path);
    } catch (const error& why) {
      refused += why.code() == errc::locked ? 1 : 0;
    }
    ::_exit(refused);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 2);
  append_words(log, "s", "c");
  CHECK(words_of(log) == "a c");
}

TEST_CASE("who does not sync each commit can sync when it counts, and learns if it failed") {
  const auto how =
      GENERATE(durability::none(), durability::batched(std::chrono::milliseconds::max()));
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files, how);
  append_words(log, "s", "a");
  files.forget();
  log.sync();
  CHECK(files.count("fdatasync") == 1);
  log.sync(); // nothing is new
  CHECK(files.count("fdatasync") == 1);
  append_words(log, "s", "b");
  files.fail("fdatasync", EIO);
  CHECK(error_of([&] { log.sync(); }).code() == errc::io_failed);
  CHECK(error_of([&] { log.sync(); }).code() == errc::append_halted);
  CHECK(error_of([&] { append_words(log, "s", "c"); }).code() == errc::append_halted);
}

TEST_CASE("a thread that syncs now and then neither spins nor sleeps for ever") {
  using namespace std::chrono_literals;
  CHECK(durability::batched(std::chrono::milliseconds::max()).interval() <= 24h * 365);
  CHECK(durability::batched(0ms).interval() == 1ms);
  CHECK(durability::batched(-5ms).interval() == 1ms);
}

} // namespace
