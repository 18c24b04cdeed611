#include "small_logs.hpp"

#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/verify.hpp>

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace evstore;
using namespace evstore::tests;
using testing::append;
using testing::collect;

TEST_CASE("a log that is not there is made, or reported, as asked") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  CHECK(error_of([&] { (void)jsonl::open(path, {.create = false}); }).code() == errc::not_found);
  CHECK(error_of([&] { (void)jsonl::open_read_only(path); }).code() == errc::not_found);
  CHECK(std::filesystem::is_empty(folder.path()));
  jsonl::adapter made = jsonl::open(path);
  CHECK(made.head() == global_position::origin());
  CHECK(bytes_of(path).empty());
  const error lost = error_of([&] { (void)jsonl::open(folder / "no/such.jsonl"); });
  CHECK(lost.code() == errc::not_found);
  CHECK(lost.place().file == folder / "no/such.jsonl");
}

TEST_CASE("an empty log has no events, and that is all there is to it") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  put_bytes(path, "");
  const jsonl::adapter log = jsonl::open(path, {.create = false});
  CHECK(log.head() == global_position::origin());
  CHECK(log.report().warnings.empty());
}

TEST_CASE("what is no regular file is refused, and nothing is left beside it") {
  const scratch_folder folder;
  std::filesystem::create_directory(folder / "directory");
  make_log(folder / "target.jsonl", "a");
  std::filesystem::create_symlink(folder / "target.jsonl", folder / "link");
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  for (const char* name : {"directory", "link", "fifo"}) {
    INFO(name);
    const std::string path = folder / name;
    const error writing = error_of([&] { (void)quick_open(path); });
    CHECK(writing.code() == errc::invalid_argument);
    CHECK(writing.place().file == path);
    CHECK(error_of([&] { (void)jsonl::open_read_only(path); }).code() == errc::invalid_argument);
    CHECK_FALSE(std::filesystem::exists(path + ".lock"));
  }
  CHECK(error_of([&] { (void)jsonl::open(""); }).code() == errc::invalid_argument);
}

TEST_CASE("a log stays where it is when the working directory changes") {
  const scratch_folder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  jsonl::adapter log = jsonl::open("log.jsonl");
  std::filesystem::current_path("/");
  append_words(log, "s", "a");
  CHECK(words_of(log) == "a");
  CHECK(log.path() == folder / "log.jsonl");
  log.save_snapshot("k", {.position = global_position{1}});
  CHECK(log.load_snapshot("k").snapshot);
  std::filesystem::current_path(before);
  CHECK(error_of([] {
          (void)jsonl::open(std::string{"a\0b", 3});
        }).code() == errc::invalid_argument);
}

/// A line with the checksum that it should have.
std::string sealed(std::string_view body) {
  std::string line{body};
  line.append(jsonl::seal_begin)
      .append(jsonl::crc_digits, '0')
      .append(jsonl::seal_end)
      .append("\n");
  jsonl::write_crc(line.data() + body.size() + jsonl::seal_begin.size(), jsonl::crc32c(0, body));
  return line;
}

TEST_CASE("a checksum makes no name of what is none") {
  const auto [stream, type, tag] =
      GENERATE(table<std::string, std::string, std::string>({{std::string(70'000, 's'), "t", "g"},
                                                             {"s", std::string(256, 't'), "g"},
                                                             {"s", "t", std::string(70'000, 'g')},
                                                             {"", "t", "g"},
                                                             {"s", "", "g"},
                                                             {"s", "t", ""},
                                                             {"a\x1b[2J", "t", "g"},
                                                             {"s", "t", "\xC2\x85"}}));
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  const std::string line = sealed(
      R"({"position":1,"stream":")" + stream + R"(","version":1,"type":")" + type +
      R"(","time":"2026-11-20T21:20:00.000000Z","durable":0,"tags":[")" + tag + R"("],"data":{})");
  put_bytes(path, line);
  CHECK(error_of([&] { (void)jsonl::open_read_only(path); }).code() == errc::corrupt);
  const error refused = error_of([&] { (void)jsonl::open(path); });
  CHECK(refused.code() == errc::corrupt);
  CHECK(refused.message().find("a name in the record") != std::string::npos);
  CHECK(bytes_of(path) == line); // no crash wrote it, so nothing is cut off
  CHECK_FALSE(jsonl::verify(path).is_sound());
}

TEST_CASE("a record that has lost its checksum is not believed, wherever it is read") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter log = quick_open(path);
  for (int i = 0; i < 3; ++i) append_words(log, i == 1 ? "other" : "s", "a");
  const int line = GENERATE(0, 1, 2);
  std::string bytes = bytes_of(path);
  const std::size_t seal =
      bytes.find(R"("crc")", line_starts(bytes)[static_cast<std::size_t>(line)]);
  bytes[seal + 3] = 'x';
  put_bytes(path, bytes);
  const std::string stream = line == 1 ? "other" : "s";
  CHECK(error_of([&] { collect(log.read_all(query::all(), {})); }).code() == errc::corrupt);
  CHECK(error_of([&] { collect(log.read_stream(stream, {})); }).code() == errc::corrupt);
  CHECK(error_of([&] { collect(log.read_all(query::types({"a"}), {})); }).code() == errc::corrupt);
}

TEST_CASE("the last line cut at every byte: the events before it, and a word about it") {
  const scratch_folder folder;
  make_log(folder / "whole.jsonl", "a b c");
  const std::string whole = bytes_of(folder / "whole.jsonl");
  const std::size_t last = line_starts(whole)[2];
  for (std::size_t size = last; size <= whole.size(); ++size) {
    INFO("cut to " << size << " of " << whole.size() << " bytes");
    const std::string path = folder / (std::to_string(size) + ".jsonl");
    put_bytes(path, whole.substr(0, size));
    const bool complete = size + 1 >= whole.size(); // with or without its line end
    {
      quick_adapter log = quick_open(path);
      REQUIRE(words_of(log) == (complete ? "a b c" : "a b"));
      REQUIRE(log.report().torn.has_value() == (!complete && size != last));
      if (log.report().torn) {
        REQUIRE(log.report().torn->bytes == size - last);
        REQUIRE(bytes_of(log.report().torn->kept_in) == whole.substr(last, size - last));
        REQUIRE(log.report().warnings.size() == 1);
      }
      append_words(log, "s", "d");
    }
    // Nothing is glued to what was there.
    quick_adapter again = quick_open(path);
    REQUIRE(words_of(again) == (complete ? "a b c d" : "a b d"));
    REQUIRE(again.report().warnings.empty());
    REQUIRE(bytes_of(path).starts_with(whole.substr(0, last)));
  }
}

TEST_CASE("a log of which only a part of the first line is left says so") {
  const scratch_folder folder;
  make_log(folder / "whole.jsonl", "a");
  const std::string whole = bytes_of(folder / "whole.jsonl");
  for (std::size_t size = 1; size + 1 < whole.size(); ++size) {
    const std::string path = folder / (std::to_string(size) + ".jsonl");
    put_bytes(path, whole.substr(0, size));
    const quick_adapter log = quick_open(path);
    REQUIRE(log.head() == global_position::origin());
    REQUIRE(log.report().torn);
  }
  // The size may reach the disk before the bytes do.
  for (const std::size_t size : {1U, 10U, 23U, 100U}) {
    const std::string path = folder / ("zeros" + std::to_string(size) + ".jsonl");
    put_bytes(path, whole.substr(0, size) + std::string(600, '\0'));
    const quick_adapter log = quick_open(path);
    REQUIRE(log.head() == global_position::origin());
    REQUIRE(log.report().torn);
  }
}

TEST_CASE("somebody's file that is no log is refused and left alone") {
  const scratch_folder folder;
  for (const std::string_view text : {"hello\n", "\x89PNG\r\n\x1a\n", "{\"a\":1}", "{\"a\":1}\n",
                                      "[]", "\n", " x", "{\"position\":1,\"type\":"}) {
    INFO(text);
    const std::string path = folder / "log.jsonl";
    put_bytes(path, text);
    CHECK(error_of([&] { (void)quick_open(path); }).code() == errc::corrupt);
    CHECK(error_of([&] { (void)jsonl::open_read_only(path); }).code() == errc::corrupt);
    CHECK_FALSE(std::filesystem::exists(path + ".lock"));
    CHECK(bytes_of(path) == text);
  }
}

TEST_CASE("a log cut within a commit has none of it") {
  const scratch_folder folder;
  {
    quick_adapter log = quick_open(folder / "whole.jsonl");
    append_words(log, "s", "a");
    append_words(log, "s", "b c d");
  }
  const std::string whole = bytes_of(folder / "whole.jsonl");
  const auto starts = line_starts(whole);
  for (std::size_t size = starts[1]; size + 1 < whole.size(); ++size) {
    const std::string path = folder / (std::to_string(size) + ".jsonl");
    put_bytes(path, whole.substr(0, size));
    quick_adapter log = quick_open(path);
    REQUIRE(words_of(log) == "a");
    REQUIRE(log.report().torn.has_value() == (size != starts[1]));
    REQUIRE(bytes_of(path) == whole.substr(0, starts[1]));
  }
}

TEST_CASE("damage in what was durable is refused, named, and left alone") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_log(path, "a b c d");
  const std::string whole = bytes_of(path);
  const auto starts = line_starts(whole);
  const bool reopened_by_its_writer = GENERATE(true, false);
  if (!reopened_by_its_writer) std::filesystem::remove(path + ".lock");
  for (std::size_t line = 0; line < 3; ++line)
    for (const std::size_t at :
         {starts[line], starts[line] + 30, starts[line + 1] - 4, starts[line + 1] - 1}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 4);
      put_bytes(path, damaged);
      INFO("line " << line + 1 << ", byte " << at);
      const error refused = error_of([&] { (void)quick_open(path); });
      REQUIRE(refused.code() == errc::corrupt);
      REQUIRE(refused.place().file == path);
      REQUIRE(refused.place().line == line + 1);
      REQUIRE(refused.place().byte == starts[line]);
      REQUIRE(error_of([&] { (void)jsonl::open_read_only(path); }).code() == errc::corrupt);
      REQUIRE(bytes_of(path) == damaged);
    }
}

TEST_CASE("lines lost, swapped or doubled in the middle are damage") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_log(path, "a b c d");
  const std::string whole = bytes_of(path);
  const auto starts = line_starts(whole);
  const auto line = [&](std::size_t i) {
    return whole.substr(starts[i], starts[i + 1] - starts[i]);
  };
  for (const std::string& damaged :
       {line(0) + line(2) + line(3), line(1) + line(0) + line(2) + line(3),
        line(0) + line(0) + line(1) + line(2) + line(3), line(0) + line(1) + line(3)}) {
    put_bytes(path, damaged);
    CHECK(error_of([&] { (void)quick_open(path); }).code() == errc::corrupt);
    CHECK(bytes_of(path) == damaged);
  }
}

TEST_CASE("a batch that a crash left in pieces is torn: good lines behind bad ones do not vouch") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  {
    quick_adapter log = quick_open(path);
    append_words(log, "s", "a");
    append_words(log, "s", "b c d e");
  }
  std::string whole = bytes_of(path);
  const auto starts = line_starts(whole);
  std::filesystem::remove(path + ".lock"); // which would remember that all was closed in order
  const std::string zeros(30, '\0');       // a sector that never arrived
  whole.replace(starts[2] + 10, zeros.size(), zeros);
  put_bytes(path, whole);
  {
    quick_adapter log = quick_open(path);
    CHECK(words_of(log) == "a");
    REQUIRE(log.report().torn);
    CHECK(log.report().torn->position == 2);
    CHECK(log.report().torn->bytes == whole.size() - starts[1]);
  }
  CHECK(bytes_of(path) == whole.substr(0, starts[1]));
}

TEST_CASE("a batch that was closed in order is not torn") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  {
    quick_adapter log = quick_open(path);
    append_words(log, "s", "a b c");
  }
  std::string whole = bytes_of(path);
  whole[whole.find("\"b\"") + 1] = 'x';
  put_bytes(path, whole);
  const error refused = error_of([&] { (void)quick_open(path); });
  CHECK(refused.code() == errc::corrupt);
  CHECK(refused.place().line == 2);
  CHECK(bytes_of(path) == whole);
}

TEST_CASE("a log shorter than when it was closed says so") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_log(path, "a b c");
  const std::string whole = bytes_of(path);
  put_bytes(path, whole.substr(0, line_starts(whole)[1]));
  quick_adapter log = quick_open(path);
  CHECK(words_of(log) == "a");
  REQUIRE(log.report().warnings.size() == 1);
  CHECK(log.report().warnings[0] ==
        "the log ends at position 1; when it was last closed it ended at position 3");
}

TEST_CASE("other people's logs are read as they are, and what they lack is told") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  const std::string first = R"({"position":1,"stream":"s","version":1,"type":"a","data":{"n":1}})";
  const std::string second = R"({ "data": {"n": 2}, "type": "b", "stream": "s", "x": 0 })";
  const std::string third =
      R"({"type":"c","stream":"t","version":1,"time":"2020-01-01T00:00:00Z","data":{}})";
  for (const std::string_view begin : {"", "\xEF\xBB\xBF"})
    for (const std::string_view line_end : {"\n", "\r\n", " \t\n"})
      for (const bool closed : {true, false}) {
        std::string text = std::string{begin} + first;
        text.append(line_end).append(second).append(line_end).append(third);
        if (closed) text.append(line_end);
        put_bytes(path, text);
        std::filesystem::remove(path + ".lock");
        {
          jsonl::adapter reader = jsonl::open_read_only(path);
          REQUIRE(words_of(reader) == "a b c");
        }
        quick_adapter log = quick_open(path);
        REQUIRE(words_of(log) == "a b c");
        REQUIRE(log.report().without_checksum == 3);
        REQUIRE(log.report().warnings.size() == 1);
        const auto events = collect(log.read_stream("s", {.order = direction::backwards}));
        REQUIRE(events.size() == 2);
        REQUIRE(events[0].version == stream_version{2});
        REQUIRE(events[0].data == R"({"n": 2})");
        append_words(log, "s", "d");
        REQUIRE(words_of(log) == "a b c d");
      }
  // What was appended to it is checksummed, and the seam is checked, too.
  const std::string mixed = bytes_of(path);
  quick_adapter log = quick_open(path);
  CHECK(words_of(log) == "a b c d");
}

TEST_CASE("an unfinished or wrong line in a log without checksums") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  const std::string good = R"({"stream":"s","type":"a","data":{}})"
                           "\n";
  put_bytes(path, good + R"({"stream":"s","ty)");
  {
    quick_adapter log = quick_open(path);
    CHECK(words_of(log) == "a");
    CHECK(log.report().torn);
  }
  put_bytes(path, good + R"({"stream":"s","ty)" + "\n" + good);
  CHECK(error_of([&] { (void)quick_open(path); }).place().line == 2);
  put_bytes(path, good + R"({"stream":"s","type":"b"})" + "\n");
  const error lacking = error_of([&] { (void)quick_open(path); });
  CHECK(lacking.code() == errc::corrupt);
  CHECK_THAT(lacking.what(), Catch::Contains("lacks \"data\""));
}

TEST_CASE("a log with altered line ends and a byte order mark keeps its checksums") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_log(path, "a b");
  std::string text = "\xEF\xBB\xBF" + bytes_of(path);
  for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos; at += 2) text.insert(at, "\r");
  put_bytes(path, text);
  {
    quick_adapter log = quick_open(path);
    CHECK(log.report().without_checksum == 0);
    append_words(log, "s", "c");
  }
  quick_adapter log = quick_open(path);
  CHECK(words_of(log) == "a b c");
  CHECK(collect(log.read_stream("s", {})).size() == 3);
  text = bytes_of(path);
  text[text.find("\"b\"") + 1] = 'x';
  put_bytes(path, text);
  CHECK(error_of([&] { (void)jsonl::open_read_only(path); }).place().line == 2);
}

TEST_CASE("long lines are lines") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  const std::size_t sizes[] = {70'000, 5'400'000, 16 << 20};
  {
    quick_adapter log = quick_open(path);
    append_words(log, "s", "before");
    for (const std::size_t size : sizes)
      (void)append(
          log,
          {{{"s", any, {{.type = "long", .data = "{\"a\":\"" + std::string(size, 'x') + "\"}"}}}},
           {}});
    append_words(log, "s", "after");
  }
  quick_adapter log = quick_open(path);
  const auto forwards = collect(log.read_all(query::all(), {}));
  REQUIRE(forwards.size() == 5);
  for (std::size_t i = 0; i < 3; ++i) CHECK(forwards[i + 1].data.size() == sizes[i] + 8);
  auto backwards = collect(log.read_stream("s", {.order = direction::backwards}));
  std::reverse(backwards.begin(), backwards.end());
  CHECK(backwards == forwards);
}

TEST_CASE("a line that is longer than any record is refused, and named") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_log(path, "a b c");
  const std::string whole = bytes_of(path);
  // Mostly a hole, which reads as zeros, within the second line.
  std::filesystem::resize_file(path, line_starts(whole)[1] + 9);
  std::filesystem::resize_file(path, jsonl::max_record_size + (std::size_t{1} << 25));
  std::ofstream{path, std::ios::app} << "\"}\n";
  const auto check = [&](const error& refused) {
    CHECK(refused.code() == errc::corrupt);
    CHECK(refused.place().line == 2);
    CHECK(refused.place().byte == line_starts(whole)[1]);
    CHECK_THAT(refused.what(), Catch::Contains("256 MiB"));
  };
  check(error_of([&] { (void)quick_adapter::open_read_only(path, {}); }));
  CHECK(std::filesystem::file_size(path) > jsonl::max_record_size);
}

TEST_CASE("a second writer is refused and told who writes") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  {
    const jsonl::adapter first = jsonl::open(path);
    const error refused = error_of([&] { (void)quick_open(path); });
    CHECK(refused.code() == errc::locked);
    CHECK(refused.retryable());
    CHECK_THAT(refused.what(), Catch::Contains("another handle of this process"));
    jsonl::adapter reader = jsonl::open_read_only(path); // which nobody refuses
    CHECK(error_of([&] { append_words(reader, "s", "a"); }).code() == errc::read_only);
  }
  const jsonl::adapter next = jsonl::open(path);
}

TEST_CASE("a log with two names has one writer") {
  const scratch_folder folder;
  make_log(folder / "log.jsonl", "a");
  std::filesystem::create_hard_link(folder / "log.jsonl", folder / "alias.jsonl");
  {
    const quick_adapter writer = quick_open(folder / "log.jsonl");
    const error refused = error_of([&] { (void)quick_open(folder / "alias.jsonl"); });
    CHECK(refused.code() == errc::locked);
    CHECK_THAT(refused.what(), Catch::Contains("hard link"));
    jsonl::adapter reader = jsonl::open_read_only(folder / "alias.jsonl");
    CHECK(words_of(reader) == "a");
  }
  quick_adapter after = quick_open(folder / "alias.jsonl");
  append_words(after, "s", "b");
  CHECK(words_of(after) == "a b");
}

TEST_CASE("a cursor may outlive its handle, and then the log is free") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_log(path, "a b c");
  auto cursor = jsonl::open(path).read_all(query::all(), {});
  jsonl::adapter next = jsonl::open(path);
  append_words(next, "s", "d");
  CHECK(collect(std::move(cursor)).size() == 3);
}

} // namespace
