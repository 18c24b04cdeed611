#pragma once

#include <evstore/testing/conformance/probe.hpp>

namespace evstore::testing::conformance {

/// Commits that no store could ever take. They are the caller's mistake and so exceptions, not
/// conflicts; the valid parts of them are not written either.
template <adapter A>
void add_refusals(check_list<A>& checks) {
  static constexpr auto refuses = [](probe<A>& on, errc code, const plain_commit& commit,
                                     std::string_view why) {
    on.writes_nothing([&] {
      on.throws(
          code, [&] { (void)on.try_append(commit); }, why);
    });
  };
  static constexpr auto refuses_event = [](probe<A>& on, errc code, plain_event bad,
                                           std::string_view why) {
    refuses(on, code,
            {{{"good", any, events("a")}, {"s", any, {{.type = "b"}, std::move(bad)}}}, {}}, why);
  };
  constexpr std::string_view by_admission =
      "Such a commit is refused with the error that `require_valid` throws, before anything is "
      "written.";

  checks.push_back({"an empty commit is refused", by_admission, [](probe<A>& on) {
                      refuses(on, errc::invalid_argument, {}, "no writes and no conditions");
                    }});
  checks.push_back(
      {"a bad stream name is refused", by_admission, [](probe<A>& on) {
         const std::vector<std::string> names{"",         std::string(256, 'n'),
                                              "a\nb",     std::string("a\0b", 3),
                                              "\x7F",     "a\xFF",
                                              "\xC2\x85", "\xED\xA0\x80",
                                              "$",        "$a"};
         for (const std::string& name : names) {
           refuses(on, errc::invalid_argument, {{{name, any, events("a")}}, {}}, "with an event");
           refuses(on, errc::invalid_argument, {{{"s", any, events("a")}, {name, any}}, {}},
                   "as a guard");
         }
       }});
  checks.push_back({"a stream named twice is refused", by_admission, [](probe<A>& on) {
                      refuses(on, errc::invalid_argument,
                              {{{"s", any, events("a")}, {"t", any}, {"s", any, events("b")}}, {}},
                              "two writes to one stream");
                      refuses(on, errc::invalid_argument,
                              {{{"s", any, events("a")}, {"s", no_stream}}, {}},
                              "a write and a guard of one stream");
                    }});
  checks.push_back(
      {"an event id used twice in a stream is refused", by_admission, [](probe<A>& on) {
         refuses(on, errc::invalid_argument,
                 {{{"s",
                    any,
                    {{.type = "a", .id = id_of(1)}, {.type = "b"}, {.type = "c", .id = id_of(1)}}}},
                  {}},
                 "one id for two events");
       }});
  checks.push_back({"a bad event type is refused", by_admission, [](probe<A>& on) {
                      for (const char* type : {"", "a\tb", "\x80", "$", "$snapshot"})
                        refuses_event(on, errc::invalid_argument, {.type = type}, type);
                      refuses_event(on, errc::invalid_argument, {.type = std::string(256, 't')},
                                    "256 bytes");
                    }});
  checks.push_back(
      {"a bad tag is refused", by_admission, [](probe<A>& on) {
         refuses_event(on, errc::invalid_argument, {.type = "a", .tags = {"x", ""}}, "empty");
         refuses_event(on, errc::invalid_argument, {.type = "a", .tags = {"x\n"}}, "line break");
         refuses_event(on, errc::invalid_argument, {.type = "a", .tags = {"\xFE"}}, "not UTF-8");
         refuses_event(on, errc::invalid_argument, {.type = "a", .tags = {"x", "y", "x"}},
                       "the same tag twice");
       }});
  checks.push_back({"a schema version of 0 is refused", by_admission, [](probe<A>& on) {
                      refuses_event(on, errc::invalid_argument, {.type = "a", .schema = 0}, "0");
                    }});
  checks.push_back({"data that is not an object is refused", by_admission, [](probe<A>& on) {
                      for (const char* data : {"", "[]", "1", "\"{}\"", "null"})
                        refuses_event(on, errc::invalid_payload, {.type = "a", .data = data}, data);
                      refuses_event(on, errc::invalid_payload, {.type = "a", .metadata = "[1]"},
                                    "metadata");
                    }});
  checks.push_back(
      {"a recorded time that cannot be written down is refused", by_admission, [](probe<A>& on) {
         using namespace std::chrono;
         const auto before = sys_days{year{0} / 1 / 1} - microseconds{1};
         const auto behind = sys_days{year{10000} / 1 / 1} + microseconds{0};
         refuses_event(on, errc::invalid_argument, {.type = "a", .time = before}, "year -1");
         refuses_event(on, errc::invalid_argument, {.type = "a", .time = behind}, "year 10000");
       }});
  checks.push_back(
      {"a stream fact that is not the library's own is refused",
       "Types that begin with $ are facts, and have one form each.", [](probe<A>& on) {
         for (const char* data :
              {"{}", "{\"before\":-1}", "{\"before\":1.5}", "{\"before\": 1}", "{\"Before\":1}",
               "{\"before\":1,\"x\":2}", "{\"before\":18446744073709551616}"})
           refuses_event(on, errc::invalid_argument,
                         {.type = std::string{fact::truncated}, .data = data}, data);
         refuses_event(on, errc::invalid_argument,
                       {.type = std::string{fact::tombstoned}, .data = "{\"a\":1}"}, "tombstone");
         refuses(on, errc::invalid_argument,
                 {{{"s", any, {{.type = std::string{fact::tombstoned}}, {.type = "late"}}}}, {}},
                 "an event behind a tombstone");
       }});
}

} // namespace evstore::testing::conformance
