#include "small_logs.hpp"

#include <evstore/jsonl/adapter.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <filesystem>
#include <set>
#include <string>

#include <unistd.h>

namespace {

using namespace evstore;
using namespace evstore::tests;

/// The one file in the log's folder of snapshots.
std::filesystem::path only_file(const std::string& log_path) {
  std::filesystem::path found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{log_path + ".snapshots"})
    if (entry.is_regular_file()) {
      REQUIRE(found.empty());
      found = entry.path();
    }
  return found;
}

TEST_CASE("a snapshot is one line of JSON, sealed, beside the log") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter log = quick_open(path);
  append_words(log, "s", "a b");
  log.save_snapshot("s", {stream_version{2}, global_position{2}, 0x0123456789abcdef, R"({"n":1})"});
  const std::string text = bytes_of(path + ".snapshots/s.json");
  const std::string record = bytes_of(path);
  const std::string crc = record.substr(record.size() - 11, 8);
  CHECK(text.starts_with(R"({"snapshot":"s","version":2,"position":2,"record":")" + crc +
                         R"(","fingerprint":"0123456789abcdef","state":{"n":1},"crc":")"));
  CHECK(text.ends_with("\"}\n"));
}

TEST_CASE("what a killed process of the same number left half-written is in nobody's way") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter log = quick_open(path);
  append_words(log, "s", "a");
  std::filesystem::create_directory(path + ".snapshots");
  for (int i = 1; i < 200; ++i)
    put_bytes(
        path + ".snapshots/k.json.new-" + std::to_string(::getpid()) + "-" + std::to_string(i),
        "{\"snapshot");
  log.save_snapshot("k", {stream_version{1}, global_position{1}, 5, R"({"n":1})"});
  CHECK(log.load_snapshot("k").snapshot);
}

TEST_CASE("a snapshot with any byte altered, or cut anywhere, is reported and ignored") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter log = quick_open(path);
  append_words(log, "s", "a");
  log.save_snapshot("k", {stream_version{1}, global_position{1}, 5, R"({"n":1})"});
  const std::string file = only_file(path);
  const std::string whole = bytes_of(file);
  CHECK(log.load_snapshot("k").snapshot);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] ^= 1;
    put_bytes(file, damaged);
    REQUIRE_FALSE(log.load_snapshot("k").snapshot);
    REQUIRE_THAT(log.load_snapshot("k").ignored, Catch::Contains("damaged"));
    put_bytes(file, whole.substr(0, at));
    REQUIRE_FALSE(log.load_snapshot("k").snapshot);
    REQUIRE_FALSE(log.load_snapshot("k").ignored.empty());
  }
  log.save_snapshot("k", {stream_version{1}, global_position{1}, 5, R"({"n":2})"});
  CHECK(log.load_snapshot("k").snapshot->state == R"({"n":2})");
  std::filesystem::remove(file);
  CHECK(log.load_snapshot("k").ignored.empty());
}

TEST_CASE("a snapshot of another log, or of a log that became shorter, is reported and ignored") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  {
    quick_adapter log = quick_open(path);
    append_words(log, "s", "a");
    append_words(log, "s", "b");
    log.save_snapshot("k", {stream_version{2}, global_position{2}, 5, "{}"});
  }
  const std::string whole = bytes_of(path);
  put_bytes(path, whole.substr(0, line_starts(whole)[1]));
  quick_adapter shorter = quick_open(path);
  CHECK_THAT(shorter.load_snapshot("k").ignored, Catch::Contains("not reached"));
  append_words(shorter, "s", "c");
  CHECK_THAT(shorter.load_snapshot("k").ignored, Catch::Contains("another log"));
  CHECK_FALSE(shorter.load_snapshot("k").snapshot);
}

TEST_CASE("keys are data: they never leave the folder, and no two share a file") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter log = quick_open(path);
  append_words(log, "s", "a");
  const std::string long_key(512, 'x');
  std::set<std::string> keys{"a",
                             "A",
                             "a/b",
                             "a%2fb",
                             "..",
                             "../x",
                             "/etc/passwd",
                             "CON",
                             "a.json",
                             "a+",
                             "é",
                             "e\u0301",
                             " ",
                             "a ",
                             long_key,
                             long_key.substr(1),
                             std::string(200, 'y'),
                             std::string(201, 'y'),
                             std::string(400, 'Y') + "/"};
  for (const std::string& key : keys) {
    INFO(key);
    log.save_snapshot(key, {stream_version{1}, global_position{1}, 5,
                            "\"" + std::to_string(key.size()) + key.substr(0, 1) + "\""});
  }
  for (const std::string& key : keys) {
    INFO(key);
    const auto found = log.load_snapshot(key).snapshot;
    REQUIRE(found);
    CHECK(found->state == "\"" + std::to_string(key.size()) + key.substr(0, 1) + "\"");
  }
  std::set<std::string> names;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder.path()}) {
    CHECK(entry.path().filename().string().size() <= 255);
    if (entry.path().extension() != ".json") continue;
    ++files;
    std::string lower = entry.path().string().substr(folder.path().string().size());
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    names.insert(lower);
  }
  CHECK(files == keys.size());
  CHECK(names.size() == keys.size()); // also where upper and lower case are one
}

TEST_CASE("a handle for reading loads snapshots and saves none") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  {
    quick_adapter log = quick_open(path);
    append_words(log, "s", "a");
    log.save_snapshot("k", {stream_version{1}, global_position{1}, 5, "{}"});
  }
  jsonl::adapter reader = jsonl::open_read_only(path);
  CHECK(reader.load_snapshot("k").snapshot);
  CHECK(error_of([&] { reader.save_snapshot("k", {}); }).code() == errc::read_only);
}

TEST_CASE("snapshots do not touch the log") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter log = quick_open(path);
  append_words(log, "s", "a");
  const std::string before = bytes_of(path);
  log.save_snapshot("k", {stream_version{1}, global_position{1}, 5, "{}"});
  std::filesystem::remove_all(path + ".snapshots");
  CHECK_FALSE(log.load_snapshot("k").snapshot);
  CHECK(bytes_of(path) == before);
}

} // namespace
