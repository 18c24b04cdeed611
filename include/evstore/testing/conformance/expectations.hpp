#pragma once

#include <evstore/testing/conformance/probe.hpp>

namespace evstore::testing::conformance {

/// Expected versions, guards, commits to several streams, and the receipt.
template <adapter A>
void add_expectations(check_list<A>& checks) {
  using kind = append_conflict::kind;

  checks.push_back(
      {"an event that was appended is there", "What append reports as done, the next reader sees.",
       [](probe<A>& on) {
         const append_receipt receipt = on.append("s", any, "a");
         const auto events = on.stream("s");
         on.equal(events.size(), 1U, "events");
         on.equal(events[0].position, receipt.first, "its position is that of the receipt");
         on.equal(events[0].version, stream_version{1}, "the first event has version 1");
         on.equal(events[0].stream, "s", "its stream");
         on.equal(events[0].type, "a", "its type");
         on.equal(events[0].data, "{}", "its data");
         on.equal(events[0].metadata, "", "no metadata was given");
         on.equal(events[0].schema, 1U, "the schema version is 1 unless said");
         on.equal(events[0].id, std::optional<event_id>{}, "an event has the id it was given");
         on.equal(events[0].tags.size(), 0U, "no tags were given");
         on.equal(events[0].commit, commit_part{1, 1}, "an event alone is a whole commit");
       }});
  checks.push_back(
      {"a receipt names the first and last position and the new versions",
       "Positions begin after the head and increase; versions count the stream's events.",
       [](probe<A>& on) {
         const append_receipt one = on.append("s", any, "a");
         const append_receipt three = on.append("s", any, "b c d");
         on.expect(one.first > global_position::origin(), "positions begin behind the origin");
         on.equal(one.last, one.first, "one event: first is last");
         on.expect(three.first > one.last, "later commits have greater positions");
         on.expect(three.last > three.first, "positions increase within a commit");
         on.equal(three.versions, std::vector{stream_version{4}}, "the stream's new version");
         on.expect(!three.replayed, "nothing was replayed");
         const auto events = on.stream("s");
         on.equal(events[1].position, three.first, "first");
         on.equal(events[3].position, three.last, "last");
       }});
  checks.push_back({"positions are dense",
                    "Where an adapter says so: the first is 1, and each the next.",
                    [](probe<A>& on) {
                      if (!on.dense_positions())
                        throw check_skipped{"the adapter's positions may have gaps"};
                      on.append("s", any, "a b");
                      (void)on.try_append("s", no_stream, "refused");
                      on.append({{{"t", any, events("c")}, {"s", any, events("d e")}}, {}});
                      std::uint64_t expected = 0;
                      for (const event_record& event : on.everything())
                        on.equal(event.position, global_position{++expected}, event.type);
                    }});
  checks.push_back({"any takes a stream in any state", "`any` expects nothing.", [](probe<A>& on) {
                      on.append("s", any, "a");
                      on.append("s", any, "b");
                      on.equal(on.types_of("s"), "a b", "both are there");
                    }});
  checks.push_back({"no_stream takes only a stream that never had an event",
                    "`no_stream` is met by version 0 alone.", [](probe<A>& on) {
                      on.append("s", no_stream, "a");
                      const auto conflict = on.refused(on.try_append("s", no_stream, "b"),
                                                       kind::version, "the second time");
                      on.equal(conflict.what, "s", "what: the stream");
                      on.equal(conflict.expected, no_stream, "expected");
                      on.equal(conflict.actual, stream_version{1}, "actual");
                      on.append("t", no_stream, "c"); // another stream is another matter
                    }});
  checks.push_back({"stream_exists takes only a stream that had an event",
                    "`stream_exists` is met by every version but 0.", [](probe<A>& on) {
                      const auto conflict = on.refused(on.try_append("s", stream_exists, "a"),
                                                       kind::version, "on nothing");
                      on.equal(conflict.actual, stream_version{}, "actual");
                      on.append("s", any, "a");
                      on.append("s", stream_exists, "b");
                      on.equal(on.types_of("s"), "a b", "what is there");
                    }});
  checks.push_back({"exactly(n) takes only version n",
                    "Optimistic concurrency: neither fewer nor more events than the writer saw.",
                    [](probe<A>& on) {
                      on.append("s", exactly(0), "a b");
                      for (const std::uint64_t wrong : {0U, 1U, 3U, 4000000000U}) {
                        const auto conflict =
                            on.refused(on.try_append("s", exactly(wrong), "no"), kind::version,
                                       "exactly " + std::to_string(wrong));
                        on.equal(conflict.expected, exactly(wrong), "expected");
                        on.equal(conflict.actual, stream_version{2}, "actual");
                      }
                      on.append("s", exactly(2), "c");
                      on.equal(on.types_of("s"), "a b c", "what is there");
                    }});
  checks.push_back({"a conflict is a value, and nothing is written",
                    "A failed expectation is no exception; the store is as it was.",
                    [](probe<A>& on) {
                      on.append("s", any, "a");
                      on.writes_nothing([&] {
                        on.refused(on.try_append("s", exactly(7), "b c"), kind::version, "append");
                        on.refused(on.try_append("new", stream_exists, "b"), kind::version, "new");
                      });
                      on.equal(on.store.state_of("new"), stream_state{}, "no stream was made");
                    }});
  checks.push_back(
      {"a commit to several streams is in the order of its writes",
       "Positions follow the writes, versions the streams, and each event knows its part.",
       [](probe<A>& on) {
         on.append("b", any, "old");
         const auto receipt = on.append({{{"a", no_stream, events("a1 a2")},
                                          {"b", exactly(1), events("b2")},
                                          {"c", any, events("c1")}},
                                         {}});
         on.equal(receipt.versions,
                  std::vector{stream_version{2}, stream_version{2}, stream_version{1}},
                  "a version for each stream, in the commit's order");
         on.equal(receipt.version(), stream_version{2}, "the first stream's is at hand");
         on.equal(on.types_of(query::all()), "old a1 a2 b2 c1", "the order");
         const auto events = on.everything({.from = receipt.first});
         on.equal(events.size(), 4U, "events of the commit");
         for (std::uint32_t i = 0; i < 4; ++i)
           on.equal(events[i].commit, commit_part{i + 1, 4}, events[i].type);
         on.equal(events[2].version, stream_version{2}, "b goes on counting");
       }});
  checks.push_back(
      {"one failed expectation fails the whole commit",
       "All of a commit or none of it; the first failed expectation, in the commit's order, is "
       "reported.",
       [](probe<A>& on) {
         on.append("b", any, "x");
         on.writes_nothing([&] {
           const auto conflict = on.refused(on.try_append({{{"a", any, events("a1")},
                                                            {"b", no_stream, events("b1")},
                                                            {"c", stream_exists, events("c1")}},
                                                           {}}),
                                            kind::version, "append");
           on.equal(conflict.what, "b", "the first that failed");
           on.equal(conflict.expected, no_stream, "what was expected of it");
         });
       }});
  checks.push_back(
      {"a guard is an expectation without events",
       "A stream named without events is looked at and not written; it is in the receipt.",
       [](probe<A>& on) {
         on.append("guarded", any, "x y");
         const auto receipt = on.append(
             {{{"guarded", exactly(2)}, {"s", any, events("a")}, {"never", no_stream}}, {}});
         on.equal(receipt.versions,
                  std::vector{stream_version{2}, stream_version{1}, stream_version{}}, "versions");
         on.equal(on.types_of("guarded"), "x y", "the guarded stream");
         on.equal(on.store.state_of("never"), stream_state{}, "a guard makes no stream");
         on.equal(on.stream("s")[0].commit, commit_part{1, 1}, "guards are no part of the commit");
       }});
  checks.push_back(
      {"a failed guard fails the commit",
       "Nothing is written, and the conflict names the guarded stream.", [](probe<A>& on) {
         on.append("guarded", any, "x");
         on.writes_nothing([&] {
           const auto conflict =
               on.refused(on.try_append({{{"s", any, events("a")}, {"guarded", exactly(0)}}, {}}),
                          kind::version, "append");
           on.equal(conflict.what, "guarded", "what");
           on.equal(conflict.actual, stream_version{1}, "actual");
         });
       }});
  checks.push_back(
      {"a commit of guards alone writes nothing and reports the head",
       "A question to the store: are these streams still as I saw them?", [](probe<A>& on) {
         const auto empty = on.append({{{"s", no_stream}}, {}});
         on.equal(empty.first, global_position::origin(), "first: the head of an empty store");
         const auto written = on.append("s", any, "a b");
         on.writes_nothing([&] {
           const auto receipt = on.append({{{"s", exactly(2)}}, {}});
           on.equal(receipt.first, written.last, "first: the head");
           on.equal(receipt.last, written.last, "last: the head");
           on.refused(on.try_append({{{"s", exactly(1)}}, {}}), kind::version, "a wrong guard");
         });
       }});
  checks.push_back(
      {"streams are told apart byte by byte",
       "No case folding, no trimming, no Unicode normalisation, no meaning in any character but a "
       "`$` at the beginning.",
       [](probe<A>& on) {
         // The last two look alike: U+00E9, and e with U+0301.
         const std::vector<std::string> names{
             "a",  "A",      "a ",     " a",  "a-1", "a-01", "a/1",     "../a", "%61",    "a%",
             "a_", "\"a",    "a\\",    "a'",  "#a",  "a$",   "-",       "CON",  "a.",     "*",
             "?",  "{\"a\"", "a\\u00", "a,b", "😀",  "日本", "\u202Ea", "é",    "e\u0301"};
         std::vector<std::string> all = names;
         all.push_back(std::string(255, 'n'));
         all.push_back(std::string(254, 'n'));
         for (const std::string& name : all) on.append(name, no_stream, "a");
         const auto events = on.everything();
         on.equal(events.size(), all.size(), "as many events as names");
         for (std::size_t i = 0; i < all.size(); ++i) {
           on.equal(events[i].stream, all[i], "the name that is read back");
           on.equal(on.types_of(all[i]), "a", all[i]);
           on.equal(on.store.state_of(all[i]).version, stream_version{1}, all[i]);
         }
       }});
  checks.push_back({"a commit of thousands of events is one commit",
                    "A commit has no small limit, and its parts are counted.", [](probe<A>& on) {
                      constexpr std::uint32_t half = 2500;
                      plain_commit large{{{"a", no_stream}, {"b", no_stream}}, {}};
                      for (std::uint32_t i = 0; i < half; ++i) {
                        large.writes[0].events.push_back(
                            {.type = "a", .data = "{\"n\":" + std::to_string(i) + "}"});
                        large.writes[1].events.push_back({.type = "b", .id = id_of(i)});
                      }
                      const auto receipt = on.append(large);
                      on.equal(receipt.versions,
                               std::vector{stream_version{half}, stream_version{half}}, "versions");
                      const auto events = on.everything();
                      on.equal(events.size(), std::size_t{2 * half}, "events");
                      for (std::uint32_t i = 0; i < 2 * half; ++i)
                        on.equal(events[i].commit, commit_part{i + 1, 2 * half}, "part");
                      on.equal(events[half - 1].data, "{\"n\":2499}",
                               "the last of the first stream");
                    }});
  checks.push_back({"a commit to many streams is one commit",
                    "Nor has the number of streams a small limit.", [](probe<A>& on) {
                      constexpr std::uint64_t count = 500;
                      plain_commit wide;
                      for (std::uint64_t i = 0; i < count; ++i)
                        wide.writes.push_back({"s-" + std::to_string(i), no_stream, events("a b")});
                      on.append(wide);
                      on.refused(on.try_append(wide), kind::version, "the same again");
                      on.equal(on.everything().size(), std::size_t{2 * count}, "events");
                      on.equal(on.types_of("s-499"), "a b", "the last stream");
                    }});
}

} // namespace evstore::testing::conformance
