#include "faulty_files.hpp"
#include "small_logs.hpp"

#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/verify.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace evstore;
using namespace evstore::tests;
using testing::collect;

constexpr std::uint64_t chunk = jsonl::checkpoint<unsynced_files>::least_events;

/// Appends `count` events to forty streams, with two types, three tags, some ids and some deletions.
void append_many(quick_adapter& log, std::uint64_t count) {
  std::vector<testing::plain_event> events;
  const std::uint64_t end = log.head().value() + count;
  while (log.head().value() < end) {
    const std::uint64_t n = log.head().value();
    const std::string stream = "stream-" + std::to_string(n / 7 % 40);
    events.clear();
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(7, end - n); ++i) {
      testing::plain_event event{.type = (n + i) % 3 == 0 ? "a" : "b"};
      if (i % 2 == 0) event.tags.push_back("tag-" + std::to_string((n + i) % 3));
      if (i == 4) event.tags.push_back("rare-" + std::to_string(n % 1000));
      if (i == 3) event.id = testing::id_of(n + i);
      events.push_back(std::move(event));
    }
    if (n % 1771 == 0)
      events.back() = {.type = std::string{fact::truncated}, .data = R"({"before":5})"};
    (void)testing::append(log, {{{stream, any, events}}, {}}).value();
  }
}

/// Everything that a log answers, as text.
std::string answers(quick_adapter& log) {
  std::string text = std::to_string(log.head().value());
  const auto add = [&](std::vector<event_record> events) {
    text += " [" + std::to_string(events.size());
    for (const event_record& event : events)
      text += " " + std::to_string(event.position.value()) + ":" + event.stream + ":" + event.type;
    text += "]";
  };
  for (int s = 0; s < 41; ++s) {
    const std::string stream = "stream-" + std::to_string(s);
    const stream_state state = log.state_of(stream);
    text += " " + std::to_string(state.version.value()) + "/" + std::to_string(state.first.value());
    add(collect(log.read_stream(stream, {.limit = 9})));
    add(collect(log.read_stream(stream, {.order = direction::backwards,
                                         .from = stream_version{state.version.value() / 2},
                                         .limit = 300})));
  }
  const std::uint64_t middle = log.head().value() / 2;
  for (const query& which :
       {query::types({"a"}), query::tags({"tag-1"}), query::tags({"tag-1", "rare-14"}),
        query{{{{"b"}, {"tag-2"}}, {{"$truncated"}, {}}}}, query::all(), query::types({"none"})}) {
    add(collect(log.read_all(which, {.from = global_position{middle}, .limit = 50})));
    add(collect(log.read_all(
        which,
        {.order = direction::backwards, .from = global_position{middle + 70}, .limit = 150})));
  }
  return text;
}

std::size_t parts_of(const std::string& path) {
  std::size_t count = 0;
  const auto log = std::filesystem::path{path};
  for (const auto& entry : std::filesystem::directory_iterator{log.parent_path()})
    count +=
        entry.path().filename().string().starts_with(log.filename().string() + ".index-") ? 1 : 0;
  return count;
}

/// The answers of the same bytes without anything beside them.
std::string answers_without(const std::string& path) {
  const scratch_folder folder;
  std::filesystem::copy_file(path, folder / "log.jsonl");
  quick_adapter log = quick_open(folder / "log.jsonl");
  return answers(log);
}

TEST_CASE("a log with a checkpoint answers as one without, whatever came before and after") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  std::vector<std::size_t> parts;
  for (const std::uint64_t count :
       {chunk - 1, std::uint64_t{10}, chunk, 3 * chunk, chunk + 5, chunk, std::uint64_t{100}}) {
    quick_adapter log = quick_open(path);
    append_many(log, count);
    const std::string before = answers(log);
    log = quick_open(folder / "other.jsonl"); // closes it
    parts.push_back(parts_of(path));
    log = quick_open(path);
    REQUIRE(log.report().warnings.empty());
    REQUIRE(answers(log) == before);
    quick_adapter reader = quick_adapter::open_read_only(path, {});
    REQUIRE(answers(reader) == before);
    log = quick_open(folder / "other.jsonl");
    REQUIRE(answers_without(path) == before);
  }
  // Small parts are taken in by larger ones, and small logs have none.
  CHECK(parts == std::vector<std::size_t>{0, 1, 1, 1, 2, 2, 2});
}

TEST_CASE("ids and conditions find what only a checkpoint knows") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  {
    quick_adapter log = quick_open(path);
    append_many(log, 2 * chunk);
  }
  quick_adapter log = quick_open(path);
  const auto retried =
      testing::append(log, {{{"stream-0", any, {{.type = "other", .id = testing::id_of(3)}}}}, {}});
  REQUIRE_FALSE(retried);
  CHECK(retried.error().reason == append_conflict::kind::event_id);
  CHECK(retried.error().at == global_position{4});
  const auto taken = testing::append(
      log, {{{"x", any, testing::events("y")}}, {{query::tags({"rare-14"}), global_position{}}}});
  REQUIRE_FALSE(taken);
  CHECK(taken.error().at == global_position{19});
  CHECK(testing::append(
      log, {{{"x", any, testing::events("y")}}, {{query::tags({"rare-14"}), log.head()}}}));
  CHECK_FALSE(testing::append(log, {{{"stream-0", no_stream, testing::events("y")}}, {}}));
}

TEST_CASE("any damage to a checkpoint is made good from the log, and nothing else is seen of it") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  std::string expected;
  {
    quick_adapter log = quick_open(path);
    append_many(log, 2 * chunk);
    expected = answers(log);
  }
  const std::string manifest = path + ".index";
  const std::string part = manifest + "-1-" + std::to_string(2 * chunk);
  const std::string whole_manifest = bytes_of(manifest);
  const std::string whole_part = bytes_of(part);
  const std::string log_bytes = bytes_of(path);
  const auto restore = [&] {
    put_bytes(path, log_bytes);
    put_bytes(manifest, whole_manifest);
    put_bytes(part, whole_part);
    put_bytes(path + ".lock", "writer 1\n"); // one that did not close: the checkpoint is trusted
  };
  const auto check = [&] {
    quick_adapter log = quick_open(path);
    REQUIRE(answers(log) == expected);
    append_words(log, "stream-3", "more");
    REQUIRE(log.head().value() == 2 * chunk + 1);
  };
  for (std::size_t page = 0; page < whole_part.size() / 4096; ++page) {
    INFO("page " << page);
    restore();
    std::string damaged = whole_part;
    damaged[page * 4096 + (page * 37) % 4096] ^= 16;
    put_bytes(part, damaged);
    check();
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{4096}, whole_part.size() / 2 + 7}) {
    restore();
    put_bytes(part, whole_part.substr(0, size));
    check();
  }
  for (std::size_t at = 0; at < whole_manifest.size(); at += 9) {
    restore();
    std::string damaged = whole_manifest;
    damaged[at] ^= 1;
    put_bytes(manifest, damaged);
    check();
  }
  restore();
  std::filesystem::remove(part);
  check();
  restore();
  std::filesystem::remove(manifest);
  check();
}

TEST_CASE("a checkpoint of another log, or of a log that was touched, is not used") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  {
    quick_adapter log = quick_open(path);
    append_many(log, 2 * chunk);
  }
  const std::string whole = bytes_of(path);
  SECTION("touched in the middle") {
    std::string damaged = whole;
    const std::size_t line = line_starts(whole)[100];
    damaged[line + 60] ^= 1;
    put_bytes(path, damaged);
    const error refused = error_of([&] { (void)quick_open(path); });
    CHECK(refused.code() == errc::corrupt);
    CHECK(refused.place().line == 101);
    CHECK(refused.place().byte == line);
    CHECK(error_of([&] { (void)quick_adapter::open_read_only(path, {}); }).code() == errc::corrupt);
  }
  SECTION("shorter") {
    put_bytes(path, whole.substr(0, line_starts(whole)[98]));
    CHECK(quick_open(path).head() == global_position{98});
  }
  SECTION("another") {
    quick_adapter other = quick_open(folder / "other.jsonl");
    append_words(other, "s", "one two");
    put_bytes(path, bytes_of(other.path()));
    quick_adapter log = quick_open(path);
    CHECK(words_of(log) == "one two");
  }
  SECTION("another, after a writer that did not close") {
    put_bytes(path + ".lock", "writer 1\n");
    quick_adapter other = quick_open(folder / "other.jsonl");
    append_many(other, 3 * chunk);
    append_words(other, "s", "one");
    put_bytes(path, bytes_of(other.path()));
    quick_adapter log = quick_open(path);
    CHECK(answers(log) == answers(other));
  }
}

TEST_CASE("after a crash only what came behind the checkpoint is read, and a torn tail is found") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  {
    quick_adapter log = quick_open(path);
    append_many(log, 2 * chunk);
  }
  {
    quick_adapter log = quick_open(path);
    append_words(log, "s", "a b");
  }
  put_bytes(path, bytes_of(path) + R"({"position":)");
  put_bytes(path + ".lock", "writer 1\ndurable 1 1\n");
  const faulty_files files;
  using faulty_adapter = jsonl::basic_adapter<faulty_files>;
  faulty_adapter log = faulty_adapter::open(path, {}, files);
  CHECK(log.head().value() == 2 * chunk + 2);
  REQUIRE(log.report().torn);
  CHECK(log.report().torn->bytes == 12);
  CHECK(files.count("pread") < 30);
}

TEST_CASE("a disk that has no room for a checkpoint does without") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  {
    quick_adapter log = quick_open(path);
    append_many(log, chunk - 1);
  }
  {
    const faulty_files files;
    using faulty_adapter = jsonl::basic_adapter<faulty_files>;
    faulty_adapter log = faulty_adapter::open(path, {}, files);
    append_words(log, "s", "a b");
    files.fail("pwrite", ENOSPC);
  }
  CHECK(parts_of(path) == 0);
  quick_adapter log = quick_open(path);
  CHECK(log.head().value() == chunk + 1);
}

} // namespace
