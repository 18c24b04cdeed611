// Reading with a filter touches what it shows and nothing else: what it passes over may be damaged
// since the log was opened, and nobody sees it.
#include "small_logs.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace {

using namespace evstore;
using namespace evstore::tests;

/// A log of a stream, a type and a tag that is asked for, among others. Behind each event stands one
/// that nobody asks for, so that no event that is read stands beside one that is damaged.
constexpr std::size_t rounds = 300;

void write(quick_adapter& log) {
  for (std::size_t i = 0; i < rounds; ++i) {
    const bool is_wanted = i % 10 == 0;
    const std::string data = "{\"text\":\"" + std::string(200, 'x') + "\"}";
    const testing::plain_event event{.type = is_wanted ? "wanted" : "other",
                                     .data = data,
                                     .tags = {is_wanted ? "mine" : "yours"}};
    const testing::plain_event filler{.type = "filler"};
    (void)testing::append(
        log,
        {{{is_wanted ? "wanted-1" : "other-1", any, {event}}, {"filler-1", any, {filler}}}, {}})
        .value();
  }
}

/// Makes the payload of every event that is not wanted something that cannot be read.
void damage_the_rest(const std::string& path) {
  std::string bytes = bytes_of(path);
  for (std::size_t at = 0; (at = bytes.find("\"other\"", at)) != bytes.npos; ++at)
    bytes.replace(bytes.find("\"text\"", at), 6, "\x01\x02\x03{[\"");
  std::fstream{path, std::ios::in | std::ios::out | std::ios::binary}.write(
      bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

TEST_CASE("reading a stream, a type or a tag does not touch the payloads of other events") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  quick_adapter log = quick_open(path);
  write(log);
  const quick_adapter reader = quick_adapter::open_read_only(path, {});
  damage_the_rest(path);

  const auto check = [&](const quick_adapter& from) {
    const auto good = [](const std::vector<event_record>& shown) {
      CHECK(shown.size() == rounds / 10);
      for (const event_record& event : shown) REQUIRE(event.type == "wanted");
    };
    good(testing::collect(from.read_stream("wanted-1", {})));
    good(testing::collect(from.read_all(query::types({"wanted"}), {})));
    good(testing::collect(from.read_all(query::tags({"mine"}), {})));
    good(testing::collect(from.read_all(query::tags({"mine"}), {.order = direction::backwards})));
    CHECK(error_of([&] { (void)testing::collect(from.read_all(query::all(), {})); }).code() ==
          errc::corrupt);
    CHECK(error_of([&] { (void)testing::collect(from.read_stream("other-1", {})); }).code() ==
          errc::corrupt);
  };
  check(log);
  check(reader);
}

} // namespace
