#include <evstore/jsonl/record_reader.hpp>
#include <evstore/jsonl/record_writer.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace evstore;
using namespace evstore::jsonl;

const timestamp at_noon = *parse_timestamp("2026-11-20T21:20:00.123456Z");

std::string written(const new_event& event, const record_place& place) {
  byte_buffer out;
  record_writer writer;
  writer.write(out, event, place);
  return std::string{out.view()};
}

/// Reads a line that the padding of a buffer stands behind.
record_reader::outcome read(record_reader& reader, std::string_view line, std::uint64_t position,
                            event_view& event) {
  static std::vector<std::string> kept;
  kept.push_back(std::string{line} + std::string(byte_buffer::padding, '"'));
  return reader.read(std::string_view{kept.back()}.substr(0, line.size()), position, event);
}

TEST_CASE("a record is written with all its keys in order") {
  const std::string_view tags[] = {"creature:zombie-1", "round:3"};
  const new_event event{.type = "damage_taken",
                        .data = json_view::checked(R"({"target":"zombie-1","amount":7})"),
                        .schema = 2,
                        .id = event_id::parse("018f0000-0000-7000-8000-000000000001"),
                        .tags = tags,
                        .metadata = json_view::checked(R"({"correlation":"c"})")};
  const record_place place{global_position{42},
                           "encounter-3",
                           stream_version{7},
                           commit_part{1, 3},
                           at_noon,
                           global_position{41},
                           0};
  const std::string body =
      R"({"position":42,"stream":"encounter-3","version":7,"type":"damage_taken","schema":2,)"
      R"("id":"018f0000-0000-7000-8000-000000000001","time":"2026-11-20T21:20:00.123456Z",)"
      R"("commit":[1,3],"durable":41,"tags":["creature:zombie-1","round:3"],)"
      R"("data":{"target":"zombie-1","amount":7},"metadata":{"correlation":"c"})";
  std::string digits(crc_digits, '?');
  write_crc(digits.data(), crc32c(0, body));
  CHECK(written(event, place) == body + ",\"crc\":\"" + digits + "\"}\n");
}

TEST_CASE("what is not used is absent") {
  const new_event event{.type = "noted", .data = json_view::checked("{}")};
  const record_place place{global_position{1}, "a", stream_version{1}, {}, at_noon, {}, 0};
  CHECK(written(event, place)
            .starts_with(R"({"position":1,"stream":"a","version":1,"type":"noted",)"
                         R"("time":"2026-11-20T21:20:00.123456Z","data":{},"crc":")"));
}

TEST_CASE("a quote or a backslash in a name is escaped, wherever it stands") {
  const new_event event{.type = "noted", .data = json_view::checked("{}")};
  for (std::size_t size = 1; size <= 18; ++size)
    for (std::size_t at = 0; at < size; ++at)
      for (const char special : {'"', '\\', '!', '#', '[', ']'}) {
        std::string name(size, 'n');
        name[at] = special;
        std::string expected = name;
        if (special == '"' || special == '\\') expected.insert(at, 1, '\\');
        const std::string line =
            written(event, {global_position{1}, name, stream_version{1}, {}, at_noon});
        if (line.find("\"stream\":\"" + expected + "\",\"version\"") == line.npos)
          FAIL(line << " of " << name);
      }
}

TEST_CASE("what the writer writes, the scanner reads back") {
  const std::string_view tags[] = {"a\"b\\c", "🐉"};
  const std::uint64_t most = 9'999'999'999'999'999'999U;
  record_writer writer;
  record_reader reader;
  std::uint32_t seed = 0;
  for (const bool with_metadata : {false, true})
    for (const std::string_view data :
         {R"({})", R"({"a":"},\"metadata\":{"})", R"({"a":{"b":{}},"metadata":{"c":[]}})"})
      for (const std::string_view name : {"s", "quote\" and \\ and 🐉", "0123456789abcdef-0123456"})
        for (const std::string_view time :
             {"2026-11-20T21:20:00.123456Z", "0000-01-01T00:00:00.000000Z",
              "9999-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.000001Z"}) {
          const new_event event{
              .type = name,
              .data = json_view::checked(data),
              .schema = std::numeric_limits<std::uint32_t>::max(),
              .id = event_id{{1, 2, 3}},
              .tags = tags,
              .metadata = with_metadata ? json_view::checked(R"({"x":{}})") : json_view{},
              .time = parse_timestamp(time)};
          const record_place place{
              global_position{most / 7}, name, stream_version{12345678}, commit_part{2, 9}, at_noon,
              global_position{0},        seed};
          byte_buffer line;
          const std::uint32_t crc = writer.write(line, event, place);
          const std::string_view text = line.view().substr(0, line.size() - 1);
          event_view back;
          const auto outcome = reader.read(text, most / 7, back);
          REQUIRE(outcome.defect.what == "");
          REQUIRE(count_intact({&text, 1}, seed) == 1);
          REQUIRE(crc_after(text) == crc);
          REQUIRE(outcome.durable == global_position{0});
          REQUIRE(back.stream == name);
          REQUIRE(back.version == stream_version{12345678});
          REQUIRE(back.type == name);
          REQUIRE(back.schema == event.schema);
          REQUIRE(back.id == event.id);
          REQUIRE(back.time == event.time);
          REQUIRE(back.commit == commit_part{2, 9});
          REQUIRE(std::vector(back.tags.begin(), back.tags.end()) ==
                  std::vector(std::begin(tags), std::end(tags)));
          REQUIRE(back.data == data);
          REQUIRE(back.metadata == event.metadata.text());
          seed = crc;
        }
}

TEST_CASE("other people's lines read the same: space, order, escapes, unknown keys") {
  record_reader reader;
  event_view event;
  const auto outcome = read(
      reader,
      R"( { "data" : {"amount":7, "commit":[9,9]}, "type":"damage\u005ftaken", "extra":[1,{"a":"]"}],)"
      R"( "stream":"caf\u00e9 \ud83d\udc09", "version":7,"tags":[ "a" , "b" ],"position":42 } )",
      42, event);
  CHECK(outcome.defect.what == "");
  CHECK(outcome.has_version);
  CHECK(event.stream == "café 🐉");
  CHECK(event.type == "damage_taken");
  CHECK(event.version == stream_version{7});
  CHECK(event.schema == 1);
  CHECK_FALSE(event.id);
  CHECK(event.commit == commit_part{1, 1});
  CHECK(event.tags.size() == 2);
  CHECK(event.tags[1] == "b");
  CHECK(event.data == R"({"amount":7, "commit":[9,9]})");
  CHECK(event.metadata.empty());
}

TEST_CASE("an empty list of tags is no tags, also in the first line that is ever read") {
  record_reader reader;
  event_view event;
  const auto outcome = read(reader, R"({"stream":"s","type":"t","tags":[],"data":{}})", 1, event);
  CHECK_FALSE(outcome.defect);
  CHECK(event.tags.empty());
}

TEST_CASE("a line that is no record says why, and where") {
  const auto defect = [](std::string_view line) {
    record_reader reader;
    event_view event;
    return std::string{read(reader, line, 1, event).defect.what};
  };
  CHECK(defect(R"({"type":"t","data":{}})") == "the record lacks \"stream\"");
  CHECK(defect(R"({"stream":"s","data":{}})") == "the record lacks \"type\"");
  CHECK(defect(R"({"stream":"s","type":"t"})") == "the record lacks \"data\"");
  CHECK(defect(R"({"stream":"s","type":"t","data":[]})") == "\"data\" is no object");
  CHECK(defect(R"({"stream":"s","type":"t","data":{},"data":{}})") ==
        "a key of the record stands there twice");
  CHECK(defect(R"({"stream":"","type":"t","data":{}})") == "is empty");
  CHECK(defect(R"({"stream":7,"type":"t","data":{}})") == "expected a name in quotes");
  CHECK(defect(R"({"stream":"s","type":"t","data":{},"id":"7"})") == "\"id\" is no UUID");
  CHECK(defect(R"({"stream":"s","type":"t","data":{},"time":"noon"})") ==
        "\"time\" is no RFC 3339 time in UTC");
  CHECK(defect(R"({"stream":"s","type":"t","data":{},"version":1.0})") ==
        "expected a whole number");
  CHECK(defect(R"({"stream":"s","type":"t","data":{},"commit":[2,1]})") ==
        "\"commit\" is [index, count]");
  CHECK(defect(R"({"stream":"s","type":"t","data":{},"position":2})") ==
        "the record's position is not the number of its line");
  CHECK(defect(R"([])") == "a record is a JSON object");
  CHECK(defect(R"({"stream":"s")") == "expected ',' or '}'");
  CHECK(defect("") == "expected a value");
}

TEST_CASE("an altered canonical line never reads as another event than it says") {
  // The scanner and the strict reader agree wherever the scanner reads at all.
  const new_event event{.type = "t",
                        .data = json_view::checked(R"({"a":[1,"x"],"b":{}})"),
                        .metadata = json_view::checked(R"({"c":"d"})")};
  const record_place place{global_position{7}, "s\"s", stream_version{3}, {}, at_noon, {}, 0};
  const std::string line = written(event, place);
  const std::string_view body = sealed_part(std::string_view{line}.substr(0, line.size() - 1));
  int both = 0;
  for (std::size_t at = 0; at < body.size(); ++at)
    for (int bit = 0; bit < 7; ++bit) {
      std::string altered{body};
      altered[at] = static_cast<char>(altered[at] ^ (1 << bit));
      const std::string padded = altered + "}" + std::string(byte_buffer::padding, '"');
      const std::string_view text{padded.data(), altered.size()};
      record_scanner fast;
      tolerant_scanner strict;
      tolerant_scanner::found beside;
      event_view of_fast;
      event_view of_strict;
      const bool reads = fast.scan(text, of_fast);
      const auto defect = strict.scan({padded.data(), altered.size() + 1}, of_strict, beside);
      if (!reads || defect) continue; // payloads are not looked into by the fast one
      ++both;
      INFO(altered);
      REQUIRE(of_fast.position == beside.position);
      REQUIRE(of_fast.version == beside.version);
      REQUIRE(of_fast.stream == of_strict.stream);
      REQUIRE(of_fast.type == of_strict.type);
      REQUIRE(of_fast.time == of_strict.time);
      // What stands between the payload and the seal is for the checksum to find.
      REQUIRE(of_fast.data.starts_with(of_strict.data));
    }
  CHECK(both > 100);
}

} // namespace
