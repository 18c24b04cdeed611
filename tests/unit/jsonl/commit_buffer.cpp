// Commits that are acknowledged before they are written: seen by every reader of the process, on the
// disk when they should be, and never lost without a word.
#include "faulty_files.hpp"
#include "small_logs.hpp"

#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/verify.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace evstore;
using namespace evstore::tests;
using faulty_adapter = jsonl::basic_adapter<faulty_files>;
using jsonl::durability;
using std::chrono::milliseconds;

/// Nothing is written because time has passed.
const jsonl::options buffered{.durability = durability::buffered(milliseconds::max())};

faulty_adapter open_faulty(const std::string& path, const faulty_files& files) {
  return faulty_adapter::open(path, buffered, files);
}

TEST_CASE("what is buffered is acknowledged without a call of the system, and seen at once") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  files.forget();
  CHECK(append_words(log, "s", "a").last == global_position{1});
  CHECK(append_words(log, "s", "b c").version() == stream_version{3});
  CHECK(files.shared->calls.empty());
  SECTION("the whole store") { CHECK(words_of(log) == "a b c"); }
  SECTION("a stream") { CHECK(testing::collect(log.read_stream("s", {})).size() == 3); }
  SECTION("a stream's state") { CHECK(log.state_of("s").version == stream_version{3}); }
  SECTION("the head") { CHECK(log.head() == global_position{3}); }
  SECTION("through a copy of the handle") {
    faulty_adapter copy = log;
    CHECK(words_of(copy) == "a b c");
  }
  SECTION("waiting") { CHECK(log.wait_beyond({}, milliseconds{0}) == global_position{3}); }
  SECTION("a snapshot of it") { log.save_snapshot("k", {{}, global_position{3}, 1, "{}"}); }
  CHECK(files.count("pwrite") >= 1);
  CHECK(jsonl::open_read_only(log.path()).head() == global_position{3});
}

TEST_CASE("what is buffered is judged by as if it were written") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  files.forget();
  const testing::plain_commit first{
      {{"s", no_stream, {{.type = "a", .id = testing::id_of(1), .tags = {"t"}}}}}, {}};
  CHECK(testing::append(log, first).value().first == global_position{1});
  CHECK(testing::append(log, first).value().replayed);
  CHECK_FALSE(testing::append(log, {{{"s", no_stream, testing::events("b")}}, {}}));
  CHECK_FALSE(testing::append(
      log, {{{"u", any, testing::events("b")}}, {{query::tags({"t"}), global_position{}}}}));
  CHECK(files.shared->calls.empty());
  // What a truncation hides is asked of the index, so it is written before conditions are judged.
  const testing::plain_event truncated{.type = "$truncated", .data = R"({"before":9})"};
  CHECK(testing::append(log, {{{"s", any, {truncated}}}, {}}));
  CHECK(testing::append(
      log, {{{"u", any, testing::events("b")}}, {{query::types({"a"}), global_position{}}}}));
  CHECK(files.count("pwrite") == 1);
  const testing::plain_event tombstone{.type = "$tombstoned"};
  CHECK(testing::append(log, {{{"u", any, {tombstone}}}, {}}));
  CHECK_FALSE(testing::append(log, {{{"u", any, testing::events("c")}}, {}}));
}

TEST_CASE("what is buffered is written when there is much of it, in one call") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  files.forget();
  std::uint64_t appended = 0;
  for (; files.count("pwrite") == 0; ++appended) append_words(log, "s", "a b c");
  CHECK(files.shared->calls == std::vector<std::string>{"pwrite"});
  const std::string text = bytes_of(log.path());
  CHECK(text.size() >= std::size_t{1} << 16);
  CHECK(text.size() < std::size_t{1} << 17);
  // All but the last commit: there was no need to write that.
  CHECK(jsonl::verify(log.path()).records == (appended - 1) * 3);
  CHECK(log.head().value() == appended * 3);
}

TEST_CASE("what is buffered is written, and synced, on demand and when the log is closed") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  const faulty_files files;
  {
    faulty_adapter log = open_faulty(path, files);
    append_words(log, "s", "a b");
    files.forget();
    log.sync();
    CHECK(files.count("pwrite") == 1);
    CHECK(files.count("fdatasync") == 1);
    CHECK(jsonl::open_read_only(path).head() == global_position{2});
    append_words(log, "s", "c");
    files.forget();
  }
  CHECK(files.count("pwrite") == 1);
  CHECK(files.count("fdatasync") == 1);
  quick_adapter again = quick_open(path);
  CHECK(words_of(again) == "a b c");
  CHECK(again.report().warnings.empty());
  CHECK(bytes_of(path).find("\"durable\":2") != std::string::npos);
}

TEST_CASE("what is buffered is written by itself after a while, and other processes see it") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  jsonl::adapter log = jsonl::open(path, {.durability = durability::buffered(milliseconds{1})});
  const jsonl::adapter reader = jsonl::open_read_only(path);
  append_words(log, "s", "a b");
  CHECK(reader.wait_beyond({}, std::chrono::minutes{1}) == global_position{2});
}

TEST_CASE("who waits is woken by what is appended to a buffered log") {
  const scratch_folder folder;
  jsonl::adapter log = jsonl::open(folder / "log.jsonl", buffered);
  constexpr std::uint64_t events = 200;
  std::vector<std::thread> readers;
  std::atomic<std::uint64_t> seen{0};
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      global_position mine;
      while (mine.value() < events) {
        const global_position head = log.wait_beyond(mine, std::chrono::minutes{1});
        if (head <= mine) return;
        for (const event_record& event :
             testing::collect(log.read_all(query::all(), {.from = mine.next()})))
          if (event.position == mine.next()) mine = event.position;
      }
      seen += mine.value();
    });
  for (std::uint64_t i = 0; i < events; ++i) append_words(log, "s", "a");
  for (std::thread& one : readers) one.join();
  CHECK(seen == 3 * events);
  // And then it is buffered again.
  const std::string before = bytes_of(log.path());
  append_words(log, "s", "a");
  CHECK(bytes_of(log.path()) == before);
}

TEST_CASE("each of many threads sees what it has appended to a buffered log") {
  constexpr std::size_t threads = 6;
  constexpr std::size_t commits = 300;
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  std::atomic<std::size_t> missed{0};
  {
    quick_adapter log =
        quick_adapter::open(path, {.durability = durability::buffered(milliseconds{1})});
    std::vector<std::thread> running;
    for (std::size_t t = 0; t < threads; ++t)
      running.emplace_back([&, t] {
        const std::string mine = "stream-" + std::to_string(t);
        for (std::size_t i = 1; i <= commits; ++i) {
          const append_receipt receipt = append_words(log, mine, "a b");
          if (i % 16 != t) continue;
          if (log.head() < receipt.last) ++missed;
          if (testing::collect(log.read_stream(mine, {})).size() != 2 * i) ++missed;
        }
      });
    for (std::thread& one : running) one.join();
  }
  CHECK(missed == 0);
  quick_adapter again = quick_open(path);
  CHECK(again.head().value() == threads * commits * 2);
  CHECK(again.report().warnings.empty());
}

TEST_CASE("a ticket for a buffered commit is ready") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  files.forget();
  const auto ticket =
      testing::with_view({{{"s", any, testing::events("a")}}, {}},
                         [&](const commit_view& view) { return log.append_async(view); });
  CHECK(ticket.is_ready());
  CHECK(ticket.get()->last == global_position{1});
  CHECK(files.shared->calls.empty());
  CHECK(words_of(log) == "a");
}

/// Writes only so many bytes, and no more until `files` are healed.
void leave_room(const faulty_files& files, std::size_t bytes) {
  const auto left = std::make_shared<std::size_t>(bytes);
  const std::lock_guard lock{files.shared->mutex};
  files.shared->decide = [left](std::string_view call) {
    if (call != "pwrite") return fault{};
    if (*left == 0) return fault{ENOSPC};
    return fault{0, std::exchange(*left, 0)};
  };
}

TEST_CASE("a full disk: what is buffered stays, who needs it is told, and nothing is lost") {
  const std::size_t room = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{200},
                                    std::size_t{700}, std::size_t{1500});
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  const faulty_files files;
  {
    faulty_adapter log = open_faulty(path, files);
    std::uint64_t id = 0;
    for (const char* word : {"a", "b", "c", "d", "e"})
      testing::append(log, {{{"s", any, {{.type = word, .id = testing::id_of(++id)}}}}, {}})
          .value();
    leave_room(files, room);
    const bool all_fit = room == 1500;
    if (all_fit) {
      CHECK(words_of(log) == "a b c d e");
    } else {
      const error full = error_of([&] { static_cast<void>(words_of(log)); });
      CHECK(full.code() == errc::storage_full);
      CHECK(full.retryable());
      CHECK(jsonl::verify(path).is_sound()); // the log ends with a whole commit
      CHECK(error_of([&] { static_cast<void>(log.head()); }).code() == errc::storage_full);
      CHECK(error_of([&] { static_cast<void>(log.wait_beyond({}, milliseconds{0})); }).code() ==
            errc::storage_full);
      CHECK(error_of([&] { log.sync(); }).code() == errc::storage_full);
      CHECK(error_of([&] { append_words(log, "s", "f"); }).code() == errc::storage_full);
    }
    files.heal();
    append_words(log, "s", "g");
    CHECK(testing::append(log, {{{"s", any, {{.type = "e", .id = testing::id_of(id)}}}}, {}})
              .value()
              .replayed);
    CHECK(words_of(log) == "a b c d e g");
  }
  quick_adapter again = quick_open(path);
  CHECK(words_of(again) == "a b c d e g");
  CHECK(jsonl::verify(path).is_sound());
}

TEST_CASE("a buffer that is full on a full disk takes no more commits") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  leave_room(files, 0);
  std::uint64_t taken = 0;
  const error full = error_of([&] {
    for (;; ++taken) append_words(log, "s", "a");
  });
  CHECK(full.code() == errc::storage_full);
  files.heal();
  CHECK(log.head().value() == taken);
  append_words(log, "s", "a");
  CHECK(log.head().value() == taken + 1);
}

TEST_CASE("an error that is final loses what is buffered, and everybody is told") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  const faulty_files files;
  {
    faulty_adapter log = open_faulty(path, files);
    append_words(log, "s", "a");
    CHECK(words_of(log) == "a");
    append_words(log, "s", "b");
    append_words(log, "s", "c");
    files.fail("pwrite", EIO);
    SECTION("a reader first") {
      CHECK(error_of([&] { static_cast<void>(words_of(log)); }).code() == errc::io_failed);
    }
    SECTION("a sync first") {
      CHECK(error_of([&] { log.sync(); }).code() == errc::io_failed);
    }
    SECTION("an append first") {
      const error failed = error_of([&] {
        while (true) append_words(log, "s", "d");
      });
      CHECK(failed.code() == errc::io_failed);
    }
    files.heal();
    const error halted = error_of([&] { append_words(log, "s", "e"); });
    CHECK(halted.code() == errc::append_halted);
    CHECK_THAT(halted.what(), Catch::Contains("acknowledged and not yet written are lost"));
    CHECK(error_of([&] { log.sync(); }).code() == errc::append_halted);
    // It is not shown as if it had never been.
    CHECK(error_of([&] { static_cast<void>(words_of(log)); }).code() == errc::append_halted);
    CHECK(error_of([&] { static_cast<void>(log.state_of("s")); }).code() == errc::append_halted);
    CHECK(error_of([&] { static_cast<void>(log.head()); }).code() == errc::append_halted);
  }
  quick_adapter again = quick_open(path);
  CHECK(words_of(again) == "a");
}

TEST_CASE("while somebody waits, a commit that cannot be written is not acknowledged") {
  const scratch_folder folder;
  const faulty_files files;
  const auto log = std::make_shared<jsonl::shared_log<faulty_files>>(
      jsonl::file<faulty_files>{files, folder / "log.jsonl", O_RDWR | O_CREAT});
  jsonl::batch_writer<faulty_files> disk{log->log, 0, buffered, std::nullopt};
  jsonl::commit_queue<faulty_files> queue{log, buffered.durability.what()};
  std::optional<error> halted;
  jsonl::commit_buffer<faulty_files> buffer{*log, queue, disk, buffered.durability, halted};
  const auto append = [&] {
    const testing::plain_commit commit{{{"s", any, testing::events("a")}}, {}};
    return testing::with_view(commit, [&](const commit_view& view) {
      return buffer.append(view).get().value().last.value();
    });
  };
  buffer.begin_waiting();
  CHECK(append() == 1);
  CHECK(log->end.position == 1);
  files.fail("pwrite", ENOSPC); // which may pass
  CHECK(append() == 2);
  CHECK(log->end.position == 1);
  CHECK(error_of(append).code() == errc::storage_full);
  files.heal();
  CHECK(append() == 3);
  CHECK(log->end.position == 3);
  files.fail("pwrite", EIO);
  CHECK(error_of(append).code() == errc::io_failed);
  CHECK(halted);
  CHECK_NOTHROW(buffer.write_or_throw()); // nothing that was acknowledged is lost
  CHECK(log->end.position == 3);
}

TEST_CASE("a failed sync of a buffered log is final, and what was written is read") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = open_faulty(folder / "log.jsonl", files);
  append_words(log, "s", "a");
  files.fail("fdatasync", EIO);
  CHECK(error_of([&] { log.sync(); }).code() == errc::io_failed);
  CHECK(error_of([&] { append_words(log, "s", "b"); }).code() == errc::append_halted);
  CHECK(words_of(log) == "a");
}

TEST_CASE("a buffered log that somebody else writes to takes nothing that is buffered") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter log = quick_adapter::open(path, buffered);
  append_words(log, "s", "a");
  CHECK(words_of(log) == "a");
  append_words(log, "s", "b");
  put_bytes(path, bytes_of(path) + "x");
  CHECK(error_of([&] { log.sync(); }).code() == errc::changed_under);
  CHECK(bytes_of(path).ends_with("}\nx"));
}

TEST_CASE("a forked child reads what was written, and writes nothing of what is buffered") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  auto log = std::make_unique<quick_adapter>(quick_adapter::open(path, buffered));
  append_words(*log, "s", "a");
  CHECK(words_of(*log) == "a");
  append_words(*log, "s", "b");
  const std::string before = bytes_of(path);
  const pid_t child = ::fork();
  if (child == 0) {
    const bool reads = words_of(*log) == "a" && log->wait_beyond({}, milliseconds{0}).value() == 1;
    log.reset();
    ::_exit(reads ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(bytes_of(path) == before);
  CHECK(words_of(*log) == "a b");
}

TEST_CASE("wherever the writing of a buffer is cut off, whole commits are left, the first ones") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  {
    quick_adapter log = quick_adapter::open(path, buffered);
    append_words(log, "s", "a");
    log.sync();
    append_words(log, "s", "b c");
    append_words(log, "u", "d");
    append_words(log, "s", "e f g");
  }
  const std::string whole = bytes_of(path);
  const std::vector<std::size_t> lines = line_starts(whole);
  const std::string cut = folder / "cut.jsonl";
  for (std::size_t size = lines[1]; size < whole.size(); ++size) {
    put_bytes(cut, whole.substr(0, size));
    quick_adapter log = quick_open(cut);
    const std::string expected = size + 1 < lines[3]   ? "a"
                                 : size + 1 < lines[4] ? "a b c"
                                                       : "a b c d";
    if (words_of(log) != expected && size + 1 < whole.size()) FAIL("cut at byte " << size);
  }
}

TEST_CASE("a buffered log is written after a time that is neither nothing nor for ever") {
  CHECK(durability::buffered(milliseconds::max()).interval() <= std::chrono::hours{24 * 365});
  CHECK(durability::buffered(milliseconds{-5}).interval() == milliseconds{1});
  CHECK_FALSE(durability::buffered(milliseconds{5}).syncs());
}

} // namespace
