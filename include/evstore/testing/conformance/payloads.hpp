#pragma once

#include <evstore/testing/conformance/probe.hpp>

namespace evstore::testing::conformance {

/// What was appended is what is read back, byte for byte.
template <adapter A>
void add_payloads(check_list<A>& checks) {
  static constexpr auto keeps = [](probe<A>& on, const std::vector<std::string>& payloads) {
    for (const std::string& data : payloads)
      on.append("s", any, {{.type = "a", .data = data, .metadata = data}});
    const auto by_stream = on.stream("s");
    on.equal(by_stream.size(), payloads.size(), "events");
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      on.equal(by_stream[i].data, payloads[i], "data");
      on.equal(by_stream[i].metadata, payloads[i], "metadata");
    }
    on.equal(on.everything(), by_stream, "both ways of reading");
  };
  constexpr std::string_view verbatim =
      "A payload is stored as text: no number is converted, no key sorted, no escape rewritten.";

  checks.push_back(
      {"numbers keep their digits", verbatim, [](probe<A>& on) {
         keeps(on, {R"({"a":9223372036854775807,"b":-9223372036854775808})",
                    R"({"a":18446744073709551615,"b":9007199254740993})",
                    R"({"a":-0.0,"b":-0,"c":0.0,"d":0e0})",
                    R"({"a":1e308,"b":1E+2,"c":1e-400,"d":5e-324,"e":1.7976931348623157e308})",
                    R"({"a":0.1000,"b":123456789012345678901234567890.123456789})",
                    "{\"a\":0." + std::string(400, '5') + "}"});
       }});
  checks.push_back(
      {"strings keep their escapes", verbatim, [](probe<A>& on) {
         keeps(on, {R"({"a":"\u0000","b":"\u0000\u0001"})", R"({"a":"\"\\\/\b\f\n\r\t"})",
                    R"({"a":"\u0041","b":"A","c":"\u00e9","d":"é"})",
                    R"({"a":"\ud83d\udc09","b":"🐉"})", R"({"a":"</script>","b":"\u2028"})",
                    "{\"a\":\"\x7F\",\"b\":\"\xE2\x80\xA8\xC2\x85\"}"});
       }});
  checks.push_back({"every plane of Unicode is kept", verbatim, [](probe<A>& on) {
                      keeps(on,
                            {"{\"a\":\"\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80\"}",
                             "{\"a\":\"\xEF\xBF\xBD \xEF\xBF\xBE \xEF\xBF\xBF \xEF\xBB\xBF\"}",
                             "{\"a\":\"\xF0\x90\x80\x80 \xF0\x9F\x90\x89 \xF0\xA0\x80\x80\"}",
                             "{\"a\":\"\xF3\xA0\x80\x81 \xF3\xB0\x80\x80 \xF4\x8F\xBF\xBF\"}",
                             "{\"שלום\":\"日本語\",\"🐉\":\"\u202Emoc\"}"});
                    }});
  checks.push_back(
      {"composed and decomposed letters stay what they are",
       "No Unicode normalisation: NFC and NFD are different bytes.", [](probe<A>& on) {
         keeps(on, {"{\"a\":\"\u00E9\"}", "{\"a\":\"e\u0301\"}", "{\"\u00E9\":1,\"e\u0301\":2}"});
       }});
  checks.push_back({"keys keep their order and their duplicates", verbatim, [](probe<A>& on) {
                      keeps(on, {R"({"b":1,"a":2})", R"({"a":1,"a":2,"a":1})", R"({"":{"":[]}})",
                                 R"({"data":1,"position":2,"crc":"00000000","commit":[9,9]})"});
                    }});
  checks.push_back({"space between tokens is kept", verbatim, [](probe<A>& on) {
                      keeps(on, {"{ }", "{\"a\" : [ 1 ,\t2 ] }", "{\t\"a\":1 }"});
                    }});
  checks.push_back(
      {"what is deep stays deep", "1024 levels are a valid payload.", [](probe<A>& on) {
         constexpr std::size_t depth = 1023; // and the object itself
         keeps(on, {"{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}"});
       }});
  checks.push_back({"payloads of 70 KB and 5 MB are kept",
                    "A payload's length has no limit of its own.", [](probe<A>& on) {
                      const auto of_length = [](std::size_t length) {
                        std::string text;
                        for (std::size_t i = 0; text.size() < length; ++i)
                          text += std::to_string(i) + " ";
                        return "{\"a\":\"" + text + "\"}";
                      };
                      const std::vector<std::string> payloads{
                          of_length(70'000), of_length(5'400'000), "{}", of_length(65'535 - 8)};
                      for (const std::string& data : payloads)
                        on.append("s", any, {{.type = "a", .data = data}});
                      const auto events = on.stream("s");
                      for (std::size_t i = 0; i < payloads.size(); ++i)
                        on.expect(events[i].data == payloads[i],
                                  std::to_string(payloads[i].size()) + " bytes");
                      on.expect(on.everything() == events, "both ways of reading");
                    }});
  checks.push_back({"a payload of 16 MiB is kept", "A payload's length has no limit of its own.",
                    [](probe<A>& on) {
                      const std::string data =
                          "{\"a\":\"" + std::string(std::size_t{16} << 20U, 'x') + "\"}";
                      on.append("s", any, {{.type = "a", .data = data}, {.type = "b"}});
                      const auto events = on.everything();
                      on.equal(events.size(), 2U, "events");
                      on.expect(events[0].data == data, "the long one");
                    }});
  checks.push_back(
      {"types, tags, ids and schema versions are kept",
       "Types and tags are text like stream names; tags keep their order.", [](probe<A>& on) {
         plain_event odd{.type = "日本 \"é\" e\u0301 \\ ../",
                         .schema = 4294967295U,
                         .id = id_of(7),
                         .tags = {"z", "a", "creature:zombie-1", "\"", "\\u0041", "é", "e\u0301"}};
         plain_event long_names{.type = std::string(255, 't')};
         for (int i = 0; i < 100; ++i) long_names.tags.push_back("tag:" + std::to_string(i));
         on.append("s", any, {odd, long_names});
         const auto events = on.everything();
         on.equal(events[0].type, odd.type, "type");
         on.equal(events[0].schema, odd.schema, "schema");
         on.equal(events[0].id, odd.id, "id");
         on.equal(events[0].tags, odd.tags, "tags");
         on.equal(events[1].type, long_names.type, "a type of 255 bytes");
         on.equal(events[1].tags, long_names.tags, "100 tags");
         on.equal(events[1].id, std::optional<event_id>{}, "an event without an id has none");
       }});
  checks.push_back({"the recorded time is kept to the microsecond",
                    "A time that came with the event is stored as it came.", [](probe<A>& on) {
                      using namespace std::chrono;
                      const std::vector<timestamp> times{
                          timestamp{},
                          timestamp{microseconds{1}},
                          timestamp{microseconds{-1}},
                          sys_days{year{2026} / 11 / 20} + hours{21} + microseconds{123456},
                          sys_days{year{0} / 1 / 1} + microseconds{0},
                          sys_days{year{10000} / 1 / 1} - microseconds{1}};
                      for (const timestamp time : times)
                        on.append("s", any, {{.type = "a", .time = time}});
                      const auto events = on.everything();
                      for (std::size_t i = 0; i < times.size(); ++i)
                        on.equal(events[i].time, times[i], "time");
                    }});
  checks.push_back({"order follows position, never time",
                    "Imported logs have clocks that jump; readers see the order of appending.",
                    [](probe<A>& on) {
                      using std::chrono::hours;
                      on.append("s", any, {{.type = "a", .time = timestamp{hours{9}}}});
                      on.append("s", any,
                                {{.type = "b", .time = timestamp{hours{1}}},
                                 {.type = "c", .time = timestamp{hours{5}}}});
                      on.append("s", any, "now");
                      on.append("s", any, {{.type = "d", .time = timestamp{hours{3}}}});
                      on.equal(on.types_of("s"), "a b c now d", "the stream");
                      on.equal(on.types_of(query::all()), "a b c now d", "the store");
                      on.equal(on.types_of("s", {.order = direction::backwards}), "d now c b a",
                               "backwards");
                    }});
  checks.push_back(
      {"an event without a time is recorded now",
       "The adapter's clock, in UTC. A day of difference is taken for a wrong zone or epoch.",
       [](probe<A>& on) {
         const auto now = std::chrono::system_clock::now();
         on.append("s", any, "a");
         const auto apart = now - on.stream("s").at(0).time;
         on.expect(apart < std::chrono::hours{12} && apart > -std::chrono::hours{12}, "about now");
       }});
}

} // namespace evstore::testing::conformance
