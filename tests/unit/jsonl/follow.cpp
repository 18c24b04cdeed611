#include "small_logs.hpp"

#include <support/call_gate.hpp>
#include <support/simulated_files.hpp>

#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/lock_note.hpp>
#include <evstore/jsonl/verify.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <unistd.h>

namespace {

using namespace evstore;
using namespace evstore::tests;
using testing::collect;
using namespace std::chrono_literals;

/// A handle for reading shares nothing with the one that writes but the file, so it stands for
/// another process.
TEST_CASE("a reader follows the log: new events, streams and states, and no part of a commit") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter writer = quick_open(path);
  quick_adapter reader = quick_adapter::open_read_only(path, {});
  CHECK(reader.head() == global_position::origin());
  append_words(writer, "s", "a b");
  CHECK(reader.head() == global_position{2});
  CHECK(words_of(reader) == "a b");
  append_words(writer, "t", "c");
  CHECK(reader.state_of("t").version == stream_version{1});
  CHECK(collect(reader.read_stream("s", {})).size() == 2);
  CHECK(collect(reader.read_all(query::types({"c"}), {})).size() == 1);
}

TEST_CASE("what is not whole yet is not there yet") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  {
    quick_adapter writer = quick_open(path);
    append_words(writer, "s", "a");
    append_words(writer, "s", "b c");
  }
  const std::string whole = bytes_of(path);
  const std::size_t first = line_starts(whole)[1];
  put_bytes(path, whole.substr(0, first));
  quick_adapter reader = quick_adapter::open_read_only(path, {});
  // The rest arrives byte by byte, into the same file.
  const int out = ::open(path.c_str(), O_WRONLY | O_APPEND);
  for (std::size_t at = first; at < whole.size(); ++at) {
    REQUIRE(::write(out, whole.data() + at, 1) == 1);
    const bool complete = at + 2 >= whole.size(); // it is whole without its line end
    REQUIRE(words_of(reader) == (complete ? "a b c" : "a"));
  }
  ::close(out);
  quick_adapter writer = quick_open(path);
  append_words(writer, "s", "d");
  CHECK(words_of(reader) == "a b c d");
}

TEST_CASE("what is written and not synced yet is shown to nobody") {
  using log = jsonl::basic_adapter<simulated_files>;
  const auto machine = std::make_shared<simulated_machine>();
  call_gate gate;
  machine->gate = &gate;
  const bool ahead = GENERATE(false, true);
  log writer =
      log::open("/log.jsonl", {.preallocation_size = ahead ? 4096U : 0U}, simulated_files{machine});
  log reader = log::open_read_only("/log.jsonl", {}, simulated_files{machine});
  append_words(writer, "s", "a");
  gate.hold("fdatasync");
  std::thread appends{[&] { append_words(writer, "s", "b c"); }};
  gate.wait_for("fdatasync");
  CHECK(machine->disk.bytes(machine->disk.find("/log.jsonl")).find("\"type\":\"b\"") !=
        std::string::npos);
  CHECK(reader.head() == global_position{1});
  CHECK(words_of(reader) == "a");
  CHECK(reader.state_of("s").version == stream_version{1});
  const log newcomer = log::open_read_only("/log.jsonl", {}, simulated_files{machine});
  CHECK(newcomer.head() == global_position{1});
  CHECK(!newcomer.report().torn);
  CHECK(writer.head() == global_position{1});
  CHECK(jsonl::detail::verify("/log.jsonl", simulated_files{machine}).records == 1);
  gate.pass("fdatasync");
  gate.release("fdatasync");
  appends.join();
  CHECK(words_of(reader) == "a b c");
  CHECK(newcomer.head() == global_position{3});
}

TEST_CASE("what is acknowledged before it is synced is shown at once") {
  using log = jsonl::basic_adapter<simulated_files>;
  const simulated_files files{std::make_shared<simulated_machine>()};
  log writer = log::open("/log.jsonl", {.durability = jsonl::durability::none()}, files);
  log reader = log::open_read_only("/log.jsonl", {}, files);
  append_words(writer, "s", "a");
  CHECK(reader.head() == global_position{1});
}

TEST_CASE("how far a log is shown is a number that is never read by half") {
  std::array<char, jsonl::lock_note::shown_size> before;
  std::array<char, jsonl::lock_note::shown_size> after;
  const std::string_view old{jsonl::lock_note::shown_line(999, before)};
  const std::string_view now{jsonl::lock_note::shown_line(1000, after)};
  CHECK(now == "shown 00000000000000001000 00000000000000001000\n");
  for (std::size_t half = 0; half <= now.size(); ++half) {
    std::string found{now.substr(0, half)};
    found += old.substr(half);
    const auto shown = jsonl::lock_note::parse(found).shown;
    CHECK((!shown || *shown == 999 || *shown == 1000));
  }
  CHECK(jsonl::lock_note::parse(jsonl::lock_note::shown_line(~std::uint64_t{0}, after)).shown ==
        ~std::uint64_t{0});
}

TEST_CASE("waiting ends with the event, and without it when the time is up") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter writer = quick_open(path);
  quick_adapter reader = quick_adapter::open_read_only(path, {});
  const bool by_reader = GENERATE(true, false);
  quick_adapter& waiting = by_reader ? reader : writer;
  CHECK(waiting.wait_beyond(global_position::origin(), 0ms) == global_position::origin());
  CHECK(waiting.wait_beyond(global_position::origin(), 5ms) == global_position::origin());
  std::thread appending{[&] {
    std::this_thread::sleep_for(5ms);
    append_words(writer, "s", "a");
  }};
  CHECK(waiting.wait_beyond(global_position::origin(), 1h) == global_position{1});
  appending.join();
  CHECK(waiting.wait_beyond(global_position::origin(), 1h) == global_position{1});
}

TEST_CASE("any number of threads may wait for one log") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter writer = quick_open(path);
  quick_adapter reader = quick_adapter::open_read_only(path, {});
  constexpr std::uint64_t events = 200;
  std::atomic<std::size_t> arrived{0};
  std::vector<std::thread> waiting;
  for (int t = 0; t < 4; ++t)
    waiting.emplace_back([&] {
      global_position seen;
      while (seen.value() < events) seen = reader.wait_beyond(seen, 1h);
      ++arrived;
    });
  for (std::uint64_t i = 0; i < events; ++i) append_words(writer, "s", "a");
  for (std::thread& one : waiting) one.join();
  CHECK(arrived == 4);
}

TEST_CASE("a log cut or replaced under a reader is an error, never other data") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_log(path, "a b c");
  const std::string whole = bytes_of(path);
  quick_adapter reader = quick_adapter::open_read_only(path, {});
  auto cursor = reader.read_all(query::all(), {});
  auto stream = reader.read_stream("s", {});
  SECTION("cut") {
    std::filesystem::resize_file(path, line_starts(whole)[2] + 5);
    CHECK(error_of([&] { (void)collect(std::move(cursor)); }).code() == errc::changed_under);
    CHECK(error_of([&] { (void)collect(std::move(stream)); }).code() == errc::changed_under);
    CHECK(error_of([&] { (void)reader.head(); }).code() == errc::changed_under);
  }
  SECTION("emptied") {
    std::filesystem::resize_file(path, 0);
    CHECK(error_of([&] { (void)collect(std::move(cursor)); }).code() == errc::changed_under);
    CHECK(error_of([&] { (void)collect(std::move(stream)); }).code() == errc::changed_under);
  }
  SECTION("replaced") {
    put_bytes(folder / "new", whole);
    std::filesystem::rename(folder / "new", path);
    CHECK(collect(std::move(cursor)).size() == 3); // it has the old file, which is whole
    CHECK(error_of([&] { (void)reader.head(); }).code() == errc::changed_under);
    CHECK(error_of([&] { (void)reader.wait_beyond(global_position{3}, 1h); }).code() ==
          errc::changed_under);
  }
  SECTION("removed") {
    std::filesystem::remove(path);
    CHECK(error_of([&] { (void)words_of(reader); }).code() == errc::changed_under);
  }
  SECTION("overwritten") {
    std::string other = whole;
    other[other.find("\"b\"") + 1] = 'x';
    const int out = ::open(path.c_str(), O_WRONLY);
    REQUIRE(::write(out, other.data(), other.size()) == static_cast<ssize_t>(other.size()));
    ::close(out);
    const error found = error_of([&] { (void)collect(std::move(cursor)); });
    CHECK(found.code() == errc::corrupt);
    CHECK(found.place().line == 2);
    CHECK(found.place().byte == line_starts(whole)[1]);
    CHECK(error_of([&] { (void)collect(std::move(stream)); }).code() == errc::corrupt);
  }
}

TEST_CASE("checksums that are ignored let pass what only they would find") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter writer = quick_open(path);
  (void)testing::append(writer, {{{"s", any, {{.type = "a", .data = R"({"n":1})"}}}}, {}});
  quick_adapter checked = quick_adapter::open_read_only(path, {});
  quick_adapter trusting =
      quick_adapter::open_read_only(path, {.checksums = jsonl::checksums::ignored});
  std::string other = bytes_of(path);
  other[other.find("\"n\":1") + 4] = '2';
  const int out = ::open(path.c_str(), O_WRONLY);
  REQUIRE(::write(out, other.data(), other.size()) == static_cast<ssize_t>(other.size()));
  ::close(out);
  CHECK(error_of([&] { (void)words_of(checked); }).code() == errc::corrupt);
  CHECK(words_of(trusting) == "a");
}

} // namespace
