// Logs that were stored once and must read for ever. The canonical one is also written again, to the
// byte: a change of the format shows here first.
#include <support/data.hpp>
#include "../unit/jsonl/small_logs.hpp"

#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/verify.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace evstore;
using namespace evstore::tests;
using testing::plain_commit;

const std::string stored = data("golden/jsonl/");

std::optional<timestamp> at(std::string_view text) { return parse_timestamp(text); }

/// The commits of canonical.jsonl.
std::vector<plain_commit> commits() {
  return {
      {{{"account-ada",
         no_stream,
         {{.type = "account_opened",
           .data = R"({"owner":"Ada"})",
           .time = at("2026-11-20T21:20:00.123456Z")}}}},
       {}},
      {{{"account-ada",
         exactly(1),
         {{.type = "money_moved",
           .data = R"({"cents":9223372036854775807,"ratio":-0.0,"text":"\u0000 NFC é NFD é 🐉"})",
           .schema = 2,
           .id = testing::id_of(1),
           .tags = {"account:ada", "quote\"d\\"},
           .metadata = R"({"correlation":"c-1","causation":"b-1","user":{"k":"v"}})",
           .time = at("1969-12-31T23:59:59.999999Z")},
          {.type = "money_moved",
           .data = R"({"cents":-9223372036854775808,"metadata":{"not":"the record's"}})",
           .schema = 2,
           .id = testing::id_of(2),
           .time = at("9999-12-31T23:59:59Z")}}},
        {"quote\" and \\ and 🐉",
         any,
         {{.type = "noted",
           .data = R"({ "spaced" : [ 1 , 2.50e+3 ] })",
           .time = at("0000-01-01T00:00:00Z")}}}},
       {}},
      {{{"account-ada",
         any,
         {{.type = "$truncated", .data = R"({"before":2})", .time = at("2026-11-20T21:21:00Z")}}}},
       {}},
      {{{"account-bob",
         no_stream,
         {{.type = "account_opened",
           .data = R"({"owner":"Bob"})",
           .time = at("2026-11-20T21:22:00Z")},
          {.type = "$tombstoned", .time = at("2026-11-20T21:22:00Z")}}}},
       {}},
  };
}

TEST_CASE("the canonical log is written again to the byte") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter log = quick_open(path);
  for (const plain_commit& commit : commits()) (void)testing::append(log, commit).value();
  CHECK(bytes_of(path) == bytes_of(stored + "canonical.jsonl"));
}

TEST_CASE("the canonical log reads as what was appended") {
  const jsonl::adapter log = jsonl::open_read_only(stored + "canonical.jsonl");
  CHECK(log.report().warnings.empty());
  CHECK(log.head() == global_position{7});
  CHECK(log.state_of("account-ada") == stream_state{stream_version{4}, stream_version{2}, false});
  CHECK(log.state_of("account-bob") == stream_state{stream_version{2}, stream_version{2}, true});
  std::vector<std::string> shown;
  for (const auto& event : testing::collect(log.read_all(query::all(), {})))
    shown.push_back(std::to_string(event.position.value()) + " " + event.stream + " " + event.type);
  CHECK(shown == std::vector<std::string>{"2 account-ada money_moved", "3 account-ada money_moved",
                                          "4 quote\" and \\ and 🐉 noted",
                                          "5 account-ada $truncated", "7 account-bob $tombstoned"});
  const auto events = testing::collect(log.read_stream("account-ada", {}));
  const testing::plain_event first = commits()[1].writes[0].events[0];
  REQUIRE(events.size() == 3);
  CHECK(events[0].data == first.data);
  CHECK(events[0].schema == 2);
  CHECK(events[0].id == first.id);
  CHECK(events[0].tags == first.tags);
  CHECK(events[0].metadata == first.metadata);
  CHECK(events[0].time == *first.time);
  CHECK(events[0].commit == commit_part{1, 3});
  CHECK(jsonl::verify(stored + "canonical.jsonl").is_sound());
}

TEST_CASE("the canonical log with space written ahead of it reads the same") {
  const std::string path = stored + "written_ahead.jsonl";
  const jsonl::adapter ahead = jsonl::open_read_only(path);
  const jsonl::adapter log = jsonl::open_read_only(stored + "canonical.jsonl");
  CHECK(ahead.report().warnings.empty());
  CHECK(ahead.head() == log.head());
  const auto records = testing::collect(ahead.read_all(query::all(), {}));
  const auto same = testing::collect(log.read_all(query::all(), {}));
  REQUIRE(records.size() == same.size());
  for (std::size_t i = 0; i < same.size(); ++i) CHECK(records[i].data == same[i].data);
  CHECK(jsonl::verify(path).is_sound());
}

TEST_CASE("another program's log reads, and says that it has no checksums") {
  const jsonl::adapter log = jsonl::open_read_only(stored + "foreign.jsonl");
  CHECK(log.report().without_checksum == 3);
  const auto events = testing::collect(log.read_all(query::all(), {}));
  REQUIRE(events.size() == 3);
  CHECK(events[0].version == stream_version{1});
  CHECK(events[1].data == R"({"cents": 9007199254740993})");
  CHECK(events[1].tags == std::vector<std::string>{"a", "b"});
  CHECK(events[2].stream == "account-böb");
  CHECK(events[2].time == at("2001-02-03T04:05:06Z"));
}

TEST_CASE("every line is JSON for everybody: Python reads each with type and data") {
  if (std::system("python3 -c '' 2>/dev/null") != 0) {
    WARN("skipped: python3 is missing");
    return;
  }
  const std::string command =
      "python3 -c 'import json,sys\n"
      "for line in open(sys.argv[1], \"rb\"):\n"
      "  event = json.loads(line)\n"
      "  assert isinstance(event[\"type\"], str)\n"
      "  assert isinstance(event[\"data\"], dict)\n' '" +
      stored + "canonical.jsonl'";
  CHECK(std::system(command.c_str()) == 0);
}

} // namespace
