// Space that is written ahead: seen by nobody who reads the log, gone when it is closed, ignored
// after a crash, and no hiding place for damage.
#include "faulty_files.hpp"
#include "small_logs.hpp"

#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/verify.hpp>

#include <catch2/catch.hpp>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace evstore;
using namespace evstore::tests;
using faulty_adapter = jsonl::basic_adapter<faulty_files>;

constexpr std::size_t ahead = 10'000;
const jsonl::options in_advance{.preallocation_size = ahead};

/// What a writer who never came back left of a log with these commits of an event each.
std::string left_behind(const std::string& path, std::string_view types) {
  const scratch_folder folder;
  quick_adapter log = quick_adapter::open(folder / "log.jsonl", in_advance);
  for (const testing::plain_event& event : testing::events(types))
    static_cast<void>(testing::append(log, {{{"s", any, {event}}}, {}}).value());
  std::string bytes = bytes_of(log.path());
  put_bytes(path, bytes);
  std::filesystem::copy_file(log.path() + ".lock", path + ".lock",
                             std::filesystem::copy_options::overwrite_existing);
  return bytes;
}

std::size_t end_of_lines(std::string_view bytes) { return bytes.rfind('\n') + 1; }

TEST_CASE("blanks stand behind the log while it is open, and none when it is closed") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  std::string open;
  {
    quick_adapter log = quick_adapter::open(path, in_advance);
    append_words(log, "s", "a b");
    const std::size_t size = bytes_of(path).size();
    append_words(log, "s", "c");
    open = bytes_of(path);
    CHECK(open.size() == size);
    CHECK(words_of(log) == "a b c");
  }
  const std::string closed = bytes_of(path);
  CHECK(closed.ends_with("\"}\n"));
  CHECK(open.starts_with(closed));
  CHECK(open.find_first_not_of(' ', closed.size()) == open.npos);
  CHECK(open.size() > ahead);
  CHECK(quick_open(path).report().warnings.empty());
}

TEST_CASE("once space is written ahead, a commit is a write and a sync, until it is used up") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = faulty_adapter::open(folder / "log.jsonl", in_advance, files);
  const std::string shown = "pwrite of a lock";
  files.forget();
  append_words(log, "s", "a");
  CHECK(files.shared->calls == std::vector<std::string>{"pwrite", "pwrite", "fdatasync", shown});
  files.forget();
  append_words(log, "s", "b");
  CHECK(files.shared->calls == std::vector<std::string>{"pwrite", "fdatasync", shown});
  for (std::uint64_t left = ahead / 100; left != 0; --left) append_words(log, "s", "c");
  CHECK(bytes_of(log.path()).size() > 2 * ahead);
  CHECK(files.count("pwrite") == 1 + ahead / 100 + 1);
}

TEST_CASE("nothing is written ahead where nothing is synced") {
  const scratch_folder folder;
  jsonl::adapter log = jsonl::open(
      folder / "log.jsonl", {.durability = jsonl::durability::none(), .preallocation_size = ahead});
  append_words(log, "s", "a");
  CHECK(bytes_of(log.path()).ends_with("\n"));
}

TEST_CASE("a reader elsewhere follows a log that is written ahead") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter log = quick_adapter::open(path, in_advance);
  append_words(log, "s", "a");
  quick_adapter reader = quick_adapter::open_read_only(path, {});
  CHECK(words_of(reader) == "a");
  append_words(log, "s", "b c");
  CHECK(words_of(reader) == "a b c");
  CHECK(reader.wait_beyond(global_position{2}, std::chrono::milliseconds{0}) == log.head());
  // A payload with more blanks than are read at once, and one that needs more space than is there.
  const std::string blanks = R"({"text":")" + std::string(50'000, ' ') + "\"}";
  for (const char* type : {"d", "e"})
    static_cast<void>(
        testing::append(log, {{{"s", any, {{.type = type, .data = blanks}}}}, {}}).value());
  CHECK(words_of(reader) == "a b c d e");
  append_words(log, "s", "f");
  CHECK(reader.state_of("s").version == stream_version{6});
  log = quick_open(folder / "other.jsonl"); // closes
  CHECK(words_of(reader) == "a b c d e f");
}

TEST_CASE("what a crash leaves of the space is passed over, and cut by the next writer") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  std::string bytes = left_behind(path, "a b c");
  const std::size_t end = end_of_lines(bytes);
  // Sectors of it that never arrived are zeros; a size that never arrived is a shorter file.
  const auto what = GENERATE(0, 1, 2, 3, 4);
  if (what == 1) bytes.replace(end, bytes.size() - end, bytes.size() - end, '\0');
  if (what == 2) bytes.replace(end + 700, 512, 512, '\0');
  if (what == 3) bytes.resize(end + 1);
  if (what == 4) std::filesystem::remove(path + ".lock");
  put_bytes(path, bytes);
  {
    jsonl::adapter reader = jsonl::open_read_only(path);
    CHECK(words_of(reader) == "a b c");
    CHECK(reader.report().warnings.empty());
    CHECK(bytes_of(path) == bytes);
  }
  const jsonl::verify_report verdict = jsonl::verify(path);
  CHECK(verdict.is_sound());
  CHECK_FALSE(verdict.torn);
  CHECK(verdict.records == 3);
  CHECK(jsonl::repair(path).original.empty());
  quick_adapter log = quick_open(path);
  CHECK(words_of(log) == "a b c");
  CHECK(log.report().warnings.empty());
  CHECK(bytes_of(path) == bytes.substr(0, end));
  append_words(log, "s", "d");
  CHECK(words_of(log) == "a b c d");
}

TEST_CASE("a file of nothing but blanks and zeros is a log without events") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  for (const std::string& bytes : {std::string(1, ' '), std::string(50'000, ' '),
                                   std::string(700, '\0'), std::string(100, ' ') + '\0'}) {
    put_bytes(path, bytes);
    CHECK(jsonl::open_read_only(path).head() == global_position{});
    CHECK(jsonl::verify(path).is_sound());
    CHECK(quick_open(path).report().warnings.empty());
    CHECK(bytes_of(path).empty());
    std::filesystem::remove(path + ".lock");
  }
}

TEST_CASE("an append that a crash left unfinished before blanks is torn, and only it is kept") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  const std::string whole = left_behind(path, "a b c");
  const std::size_t end = end_of_lines(whole);
  const std::size_t last = whole.rfind("{\"position\":3");
  const char missing = GENERATE(' ', '\0');
  for (std::size_t at = last; at + 1 < end; at += 7) {
    INFO("from byte " << at << " of " << end);
    const std::size_t size = std::min<std::size_t>(30, end - at);
    std::string torn = whole;
    torn.replace(at, size, size, missing);
    const std::size_t content = torn.find_last_not_of(std::string{" \0", 2}) + 1;
    put_bytes(path, torn);
    std::filesystem::remove(path + ".torn-" + std::to_string(last));
    jsonl::adapter reader = jsonl::open_read_only(path);
    REQUIRE(words_of(reader) == "a b");
    REQUIRE(reader.report().torn.has_value() == (content > last));
    quick_adapter log = quick_open(path);
    REQUIRE(words_of(log) == "a b");
    REQUIRE(bytes_of(path) == whole.substr(0, last));
    if (content > last)
      REQUIRE(bytes_of(log.report().torn->kept_in) == torn.substr(last, content - last));
  }
}

TEST_CASE("damage before blanks is damage: in a record that another vouches for") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  std::string bytes = left_behind(path, "a b c");
  bytes.replace(bytes.find("\"b\""), 3, "   ");
  put_bytes(path, bytes);
  const error refused = error_of([&] { static_cast<void>(quick_open(path)); });
  CHECK(refused.code() == errc::corrupt);
  CHECK(refused.place().line == 2);
  CHECK(error_of([&] { static_cast<void>(jsonl::open_read_only(path)); }).code() == errc::corrupt);
  CHECK_FALSE(jsonl::verify(path).is_sound());
  CHECK(bytes_of(path) == bytes);
}

TEST_CASE("durable records that have turned into blanks are damage, not the end of the log") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_log(path, "a b c"); // and its lock says how far it was durable
  const std::string whole = bytes_of(path);
  const auto starts = line_starts(whole);
  for (const char gone : {' ', '\0'})
    for (const std::size_t from : {starts[0], starts[1], starts[2], starts[2] + 20})
      for (const std::size_t more : {std::size_t{0}, ahead}) {
        std::string damaged = whole.substr(0, from);
        damaged.resize(whole.size() + more, gone);
        put_bytes(path, damaged);
        INFO("byte " << from << ", " << more << " bytes written ahead");
        const error refused = error_of([&] { static_cast<void>(quick_open(path)); });
        CHECK(refused.code() == errc::corrupt);
        CHECK(refused.place().byte == (from > starts[2] ? starts[2] : from));
        CHECK_FALSE(jsonl::verify(path).is_sound());
        CHECK(bytes_of(path) == damaged);
      }
}

TEST_CASE("where there is no room ahead, the log grows without, and tries again later") {
  const int code = GENERATE(ENOSPC, EDQUOT, EIO);
  const std::size_t room = GENERATE(std::size_t{0}, std::size_t{5'000});
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = faulty_adapter::open(folder / "log.jsonl", in_advance, files);
  int writes = 0;
  files.shared->decide = [&](std::string_view call) {
    if (call != "pwrite" || ++writes == 1) return fault{};
    return writes == 2 && room != 0 ? fault{0, room} : fault{code};
  };
  append_words(log, "s", "a");
  files.heal();
  CHECK(bytes_of(log.path()).ends_with("\n"));
  files.forget();
  append_words(log, "s", "b");
  CHECK(files.count("pwrite") == 1);
  while (bytes_of(log.path()).ends_with("\n")) append_words(log, "s", "c");
  CHECK(end_of_lines(bytes_of(log.path())) > ahead);
  files.fail("pwrite", ENOSPC);
  CHECK(error_of([&] { append_words(log, "s", "d"); }).code() == errc::storage_full);
  files.heal();
  append_words(log, "s", "e");
  CHECK(words_of(log).ends_with("c e"));
}

TEST_CASE("space is written ahead of a log that is synced now and then, too") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  {
    jsonl::adapter log =
        jsonl::open(path, {.durability = jsonl::durability::batched(std::chrono::milliseconds{1}),
                           .preallocation_size = ahead});
    append_words(log, "s", "a");
    CHECK(bytes_of(path).ends_with(" "));
    append_words(log, "s", "b");
  }
  CHECK(bytes_of(path).ends_with("\n"));
  jsonl::adapter log = jsonl::open(path);
  CHECK(words_of(log) == "a b");
}

} // namespace
