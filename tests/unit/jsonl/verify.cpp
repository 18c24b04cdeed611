#include "small_logs.hpp"

#include <evstore/jsonl/verify.hpp>
#include <evstore/transfer.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace evstore;
using namespace evstore::tests;

/// Five commits, the third of three events: lines 1, 2, 3–5, 6, 7.
void make_five(const std::string& path) {
  quick_adapter log = quick_open(path);
  append_words(log, "s", "a");
  append_words(log, "t", "b");
  append_words(log, "s", "c1 c2 c3");
  append_words(log, "s", "d");
  append_words(log, "t", "e");
}

TEST_CASE("a sound log verifies, and repairing it does nothing") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_five(path);
  const std::string whole = bytes_of(path);
  const jsonl::verify_report report = jsonl::verify(path);
  CHECK(report.is_sound());
  CHECK(report.records == 7);
  CHECK(report.without_checksum == 0);
  CHECK_FALSE(report.torn);
  CHECK(jsonl::repair(path).dropped.empty());
  CHECK(bytes_of(path) == whole);
  CHECK(error_of([&] { (void)jsonl::verify(folder / "other"); }).code() == errc::not_found);
}

TEST_CASE("what the last writer knew to be durable is damaged, and not torn") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_log(path, "a b c d");
  std::string damaged = bytes_of(path);
  damaged[line_starts(damaged)[3] + 20] ^= 1;
  put_bytes(path, damaged);
  const jsonl::verify_report report = jsonl::verify(path);
  CHECK(report.defects.size() == 1);
  CHECK_FALSE(report.torn);
  std::filesystem::remove(path + ".lock"); // with it nobody knows
  CHECK(jsonl::verify(path).torn);
}

TEST_CASE("one flipped bit anywhere: verify names the record") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_log(path, "a b c d");
  const std::string whole = bytes_of(path);
  const auto starts = line_starts(whole);
  for (std::size_t line = 0; line < 4; ++line)
    for (std::size_t at = starts[line]; at < starts[line + 1]; ++at) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
      put_bytes(path, damaged);
      const jsonl::verify_report report = jsonl::verify(path);
      INFO("line " << line + 1 << ", byte " << at - starts[line] << ", bit " << at % 8);
      REQUIRE(report.defects.size() == 1);
      REQUIRE(report.defects[0].line == line + 1);
      REQUIRE(report.defects[0].byte == starts[line]);
      const bool line_end = at + 1 == starts[line + 1]; // then two lines are one
      REQUIRE(report.records == (line_end && line < 3 ? 2U : 3U));
    }
  CHECK(bytes_of(path).size() == whole.size());
}

TEST_CASE("verify sees what is missing, doubled, or not whole") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_five(path);
  const std::string whole = bytes_of(path);
  const auto starts = line_starts(whole);
  const auto without = [&](std::size_t line) {
    return whole.substr(0, starts[line]) + whole.substr(starts[line + 1]);
  };
  put_bytes(path, without(1));
  jsonl::verify_report report = jsonl::verify(path);
  REQUIRE(report.defects.size() == 1);
  CHECK(report.defects[0].line == 2);
  CHECK(report.defects[0].what == "records are missing before this one");
  CHECK(report.records == 6);

  put_bytes(path, whole.substr(0, starts[2]) + whole.substr(starts[1]));
  report = jsonl::verify(path);
  REQUIRE(report.defects.size() == 1);
  CHECK(report.defects[0].line == 3);

  put_bytes(path, whole.substr(0, starts[6] + 20));
  report = jsonl::verify(path);
  REQUIRE(report.defects.size() == 1);
  CHECK(report.defects[0].line == 7);
  REQUIRE(report.torn);
  CHECK(report.torn->bytes == 20);
}

TEST_CASE("repair leaves out what is damaged, keeps what it dropped, and the log opens again") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_five(path);
  const std::string whole = bytes_of(path);
  const auto starts = line_starts(whole);
  struct wanted {
    std::size_t line; // to damage
    std::string words;
    std::size_t dropped;
  };
  for (const wanted& one : std::vector<wanted>{{0, "b c1 c2 c3 d e", 1},
                                               {1, "a c1 c2 c3 d e", 1},
                                               {3, "a b d e", 3},
                                               {6, "a b c1 c2 c3 d", 1}}) {
    INFO("line " << one.line + 1);
    std::string damaged = whole;
    damaged[starts[one.line] + 40] ^= 1;
    put_bytes(path, damaged);
    const jsonl::repair_report report = jsonl::repair(path);
    REQUIRE(report.dropped.size() == one.dropped);
    REQUIRE(bytes_of(report.original) == damaged);
    REQUIRE(jsonl::verify(path).is_sound());
    REQUIRE_FALSE(std::filesystem::exists(path + ".repairing"));
    REQUIRE_FALSE(std::filesystem::exists(path + ".repairing.lock"));
    quick_adapter log = quick_open(path);
    REQUIRE(words_of(log) == one.words);
    REQUIRE(log.report().warnings.empty());
    REQUIRE(report.records == log.head().value());
    append_words(log, "s", "f");
    std::filesystem::remove(report.original);
  }
}

TEST_CASE("after repair a truncation hides what it hid before, and nothing else") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  // One event a line; the versions of s are 1 to 8, and t has one in between.
  const auto make = [&](std::uint64_t before) {
    std::filesystem::remove(path);
    std::filesystem::remove(path + ".lock");
    quick_adapter log = quick_open(path);
    for (const char* word : {"v1", "v2", "v3", "v4"}) append_words(log, "s", word);
    append_words(log, "t", "other");
    for (const char* word : {"v5", "v6", "v7"}) append_words(log, "s", word);
    const std::string data = truncated_data(stream_version{before});
    (void)testing::append(log, {{{"s", any, {{.type = "$truncated", .data = data}}}}, {}}).value();
    append_words(log, "s", "v9");
  };
  for (const std::uint64_t before : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 100U}) {
    make(before);
    const std::string whole = bytes_of(path);
    const auto starts = line_starts(whole);
    for (const std::vector<std::size_t>& lost : std::vector<std::vector<std::size_t>>{
             {1}, {2}, {1, 2}, {0, 3}, {3, 5}, {4}, {5, 6, 7}, {0, 2, 7}, {0, 1, 2, 3, 5, 6, 7}}) {
      std::string damaged = whole;
      std::string wanted;
      for (std::size_t line = 0, version = 0; line < 10; ++line) {
        version += line == 4 ? 0 : 1;
        if (std::find(lost.begin(), lost.end(), line) != lost.end())
          damaged[starts[line] + 40] ^= 1;
        else if (line == 4)
          wanted += " other";
        else if (line == 8)
          wanted += " $truncated";
        else if (line == 9 || version >= before)
          wanted += " v" + std::to_string(version);
      }
      put_bytes(path, damaged);
      const jsonl::repair_report report = jsonl::repair(path);
      INFO("before " << before << ", first lost line " << lost[0]);
      REQUIRE(report.dropped.size() == lost.size());
      quick_adapter log = quick_open(path);
      REQUIRE(" " + words_of(log) == wanted);
      std::filesystem::remove(report.original);
    }
  }
}

TEST_CASE("repair refuses a file in which nothing is a record, and leaves nothing beside it") {
  const scratch_folder folder;
  const std::string path = folder / "notes.txt";
  for (const std::string text : {"Dear diary,\nnothing happened.\n", "{}\n{}\n", "\n\n", "[1"}) {
    put_bytes(path, text);
    const error refused = error_of([&] { (void)jsonl::repair(path); });
    CHECK(refused.code() == errc::invalid_argument);
    CHECK_THAT(refused.what(), Catch::Contains("is it an event log?"));
    CHECK(bytes_of(path) == text);
    CHECK_FALSE(std::filesystem::exists(path + ".lock"));
  }
  // A log whose beginning is damaged is one all the same.
  const std::string log = folder / "log.jsonl";
  make_log(log, "a b c");
  std::string damaged = bytes_of(log);
  damaged[1] ^= 1;
  put_bytes(log, damaged);
  CHECK(jsonl::repair(log).records == 2);
}

/// What another program may write, and no append: it is read, and a copy says where it stands.
TEST_CASE("what no append would take is named by verify and by a copy, and left out by repair") {
  const auto [odd, why] = GENERATE(table<std::string, std::string>({
      {R"({"stream":"s","type":"odd","tags":["t","t"],"data":{}})", "same tag twice"},
      {R"({"stream":"s","type":"$odd","data":{}})", "reserved"},
      {R"({"stream":"$s","type":"odd","data":{}})", "begins with $"},
      {R"({"stream":"gone","type":"odd","data":{}})", "tombstone"},
  }));
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  const std::string good = R"({"stream":"s","type":"a","data":{}})";
  const std::string gone = R"({"stream":"gone","type":"$tombstoned","data":{}})";
  put_bytes(path, good + "\n" + gone + "\n" + odd + "\n" + good + "\n");
  {
    quick_adapter source = quick_adapter::open_read_only(path, {});
    quick_adapter copied = quick_open(folder / "copy.jsonl");
    const error refused = error_of([&] { (void)copy(source, copied); });
    INFO(refused.what());
    CHECK(refused.place().position == 3u);
  }
  const jsonl::verify_report found = jsonl::verify(path);
  CHECK(found.is_sound());
  REQUIRE(found.foreign.size() == 1);
  CHECK(found.foreign[0].line == 3);
  CHECK_THAT(found.foreign[0].what, Catch::Contains(why));
  put_bytes(path, good + "\n" + gone + "\n" + odd + "\n" + good + "\nnonsense\n" + good + "\n");
  const jsonl::repair_report report = jsonl::repair(path);
  CHECK(report.records == 4);
  REQUIRE(report.dropped.size() == 2);
  CHECK(report.dropped[0].line == 3);
  CHECK_THAT(report.dropped[0].what, Catch::Contains(why));
  CHECK(report.dropped[1].line == 5);
  quick_adapter log = quick_open(path);
  CHECK(words_of(log) == "a $tombstoned a a");
}

TEST_CASE("a record whose neighbour is lost is kept by repair") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_five(path);
  const std::string whole = bytes_of(path);
  const auto starts = line_starts(whole);
  put_bytes(path, whole.substr(0, starts[1]) + whole.substr(starts[2]));
  CHECK(jsonl::repair(path).dropped.empty()); // what is lost cannot be dropped
  quick_adapter log = quick_open(path);
  CHECK(words_of(log) == "a c1 c2 c3 d e");
}

TEST_CASE("repair keeps events to the byte, and is refused while somebody writes") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  const testing::plain_event event{.type = "x",
                                   .data = R"({"a":-0.0,"b":"\u0000🐉"})",
                                   .schema = 7,
                                   .id = testing::id_of(3),
                                   .tags = {"p", "q"},
                                   .metadata = R"({"user":{"k":"v"}})",
                                   .time = timestamp{std::chrono::hours{5}}};
  {
    quick_adapter log = quick_open(path);
    append_words(log, "s", "a");
    (void)testing::append(log, {{{"s", any, {event, {.type = "y"}}}, {"t", any, {event}}}, {}});
    CHECK(error_of([&] { (void)jsonl::repair(path); }).code() == errc::locked);
  }
  auto before = testing::collect(jsonl::open_read_only(path).read_all(query::all(), {}));
  std::string damaged = bytes_of(path);
  damaged[20] ^= 1;
  put_bytes(path, damaged);
  (void)jsonl::repair(path);
  const auto after = testing::collect(jsonl::open_read_only(path).read_all(query::all(), {}));
  REQUIRE(after.size() == 3);
  before.erase(before.begin());
  for (auto& old : before) {
    old.position = global_position{old.position.value() - 1};
    if (old.stream == "s") old.version = stream_version{old.version.value() - 1};
  }
  CHECK(after == before);
}

} // namespace
