#include "log/snapshot_rhythm.hpp"
#include "schema.hpp"

#include <evstore/json/read.hpp>
#include <evstore/testing/laws.hpp>
#include <evstore/testing/schema_lock.hpp>
#include <evstore/yaml.hpp>

#include <catch2/catch.hpp>

using namespace dnd;
using namespace evstore::testing;

TEST_CASE("every event survives being stored") {
  const verdict law = codec_round_trip<campaign_events>({.count = 40});
  INFO(law.why());
  CHECK(law);
}

TEST_CASE("the state survives JSON, and YAML for people") {
  const verdict json = codec_round_trip<campaign_state>({.count = 40});
  INFO(json.why());
  CHECK(json);
  const verdict yaml = round_trip<campaign_state>(
      [](const campaign_state& state) { return evstore::yaml::write(state); },
      [](std::string_view text) { return evstore::yaml::read<campaign_state>(text); },
      {.count = 40});
  INFO(yaml.why());
  CHECK(yaml);
}

TEST_CASE("a change of a stored event is a decision, not an accident") {
  const verdict lock = check_schema_lock<campaign_events>(DND_SCHEMA_LOCK);
  INFO(lock.why());
  CHECK(lock);
}

TEST_CASE("the rhythm of snapshots is said in words") {
  const auto due = [](std::string_view text, std::uint64_t before, std::uint64_t after) {
    return parse_snapshot_rhythm(text)->rule.due(evstore::stream_version{before},
                                                 evstore::stream_version{after});
  };
  CHECK_FALSE(due("every-100", 98, 99));
  CHECK(due("every-100", 99, 100));
  CHECK(due("every-100", 98, 103));
  CHECK_FALSE(due("every-100", 100, 101));
  CHECK_FALSE(due("by-session", 99, 100));
  CHECK(parse_snapshot_rhythm("by-session")->rule.due("session_ended"));
  CHECK(parse_snapshot_rhythm("every-5,by-session")->rule.due("session_ended"));
  CHECK(due("every-5,by-session", 4, 5));
  CHECK_FALSE(parse_snapshot_rhythm("off")->rule.used);
  CHECK(parse_snapshot_rhythm("manual")->rule.used);
  for (const auto* text : {"", "never", "every-", "every-0", "every-x", "every-5,", ",by-session"})
    CHECK_FALSE(parse_snapshot_rhythm(text).has_value());
}
