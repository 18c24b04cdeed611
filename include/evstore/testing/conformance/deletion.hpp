#pragma once

#include <evstore/testing/conformance/probe.hpp>

namespace evstore::testing::conformance {

/// Truncation and tombstones: events like any other, whose effect is on what readers are shown.
template <adapter A>
void add_deletion(check_list<A>& checks) {
  using kind = append_conflict::kind;
  static constexpr auto backwards = direction::backwards;
  static constexpr auto truncation = [](std::uint64_t before) {
    return plain_event{.type = std::string{fact::truncated},
                       .data = truncated_data(stream_version{before})};
  };
  static constexpr auto tombstone = [] {
    return plain_event{.type = std::string{fact::tombstoned}};
  };

  checks.push_back(
      {"a truncation hides the events before a version",
       "In the stream, in the store and in queries; the fact itself is shown, and versions and "
       "positions go on.",
       [](probe<A>& on) {
         on.append("s", any, "a b c");
         on.append("t", any, "a b c");
         const auto receipt = on.append("s", exactly(3), {truncation(3)});
         on.equal(receipt.versions, std::vector{stream_version{4}}, "the fact has a version");
         on.equal(on.types_of("s"), "c $truncated", "the stream");
         on.equal(on.types_of("s", {.order = backwards}), "$truncated c", "backwards");
         on.equal(on.types_of("s", {.from = stream_version{1}}), "c $truncated", "from 1");
         on.equal(on.types_of("s", {.from = stream_version{4}}), "$truncated", "from 4");
         on.equal(on.types_of("s", {.order = backwards, .from = stream_version{2}}), "",
                  "backwards from what is hidden");
         on.equal(on.types_of("s", {.limit = 1}), "c", "limits count what is shown");
         on.equal(on.types_of(query::all()), "c a b c $truncated", "the store");
         on.equal(on.types_of(query::all(), {.order = backwards}), "$truncated c b a c", "its end");
         on.equal(on.types_of(query::all(), {.limit = 2}), "c a", "the store's first 2");
         on.equal(on.types_of(query::types({"a"})), "a", "a query");
         on.equal(on.store.state_of("s"), stream_state{stream_version{4}, stream_version{3}},
                  "state");
         on.append("s", exactly(4), "d");
         on.equal(on.stream("s").back().version, stream_version{5}, "the next version");
       }});
  checks.push_back({"what was hidden stays hidden",
                    "A later truncation before an earlier version changes nothing.",
                    [](probe<A>& on) {
                      on.append("s", any, "a b c d");
                      on.append("s", any, {truncation(4)});
                      on.append("s", any, {truncation(2)});
                      on.append("s", any, {truncation(0)});
                      on.equal(on.types_of("s"), "d $truncated $truncated $truncated", "shown");
                      on.equal(on.store.state_of("s").first, stream_version{4}, "first");
                    }});
  checks.push_back({"a truncation hides nothing that comes after it",
                    "A fact speaks of what stood before it, however large its number.",
                    [](probe<A>& on) {
                      on.append("s", any, "a b");
                      on.append("s", any, {truncation(1'000'000)});
                      on.equal(on.types_of("s"), "$truncated", "only the fact");
                      on.append("s", any, "c");
                      on.equal(on.types_of("s"), "$truncated c", "what comes after");
                      on.equal(on.types_of(query::all()), "$truncated c", "in the store too");
                      on.equal(on.store.state_of("s").first, stream_version{3}, "first");
                    }});
  checks.push_back(
      {"a truncation and its replacement may be one commit",
       "For instance a summary of what is hidden, in the stream and in others.", [](probe<A>& on) {
         on.append("s", any, "a b");
         on.append(
             {{{"s", exactly(2), {truncation(3), {.type = "summary"}}}, {"t", any, events("note")}},
              {}});
         on.equal(on.types_of("s"), "$truncated summary", "the stream");
         on.equal(on.types_of(query::all()), "$truncated summary note", "the store");
       }});
  checks.push_back({"a truncation may divide a commit",
                    "The events that are still shown keep their parts.", [](probe<A>& on) {
                      on.append("s", any, "a b c");
                      on.append("s", any, {truncation(3)});
                      const auto events = on.stream("s");
                      on.equal(events.at(0).type, "c", "the last of the commit");
                      on.equal(events.at(0).commit, commit_part{3, 3}, "its part");
                    }});
  checks.push_back(
      {"a truncation is refused like any append", "Its expectation must hold.", [](probe<A>& on) {
         on.append("s", any, "a b");
         on.writes_nothing([&] {
           on.refused(on.try_append("s", exactly(1), {truncation(2)}), kind::version, "exactly(1)");
         });
         on.equal(on.types_of("s"), "a b", "still shown");
       }});
  checks.push_back(
      {"a tombstone hides the stream and ends it",
       "Nothing before it is shown, and nothing is taken after it.", [](probe<A>& on) {
         on.append("s", any, "a b");
         on.append("t", any, "c");
         on.append("s", exactly(2), {tombstone()});
         on.equal(on.types_of("s"), "$tombstoned", "the stream");
         on.equal(on.types_of(query::all()), "c $tombstoned", "the store");
         on.equal(on.store.state_of("s"), stream_state{stream_version{3}, stream_version{3}, true},
                  "state");
         on.writes_nothing([&] {
           for (const expected_version expected : {any, no_stream, stream_exists, exactly(3)}) {
             const auto conflict = on.refused(on.try_append("s", expected, "late"),
                                              kind::tombstoned, expected.to_string());
             on.equal(conflict.what, "s", "what");
             on.equal(conflict.actual, stream_version{3}, "actual");
           }
           on.refused(on.try_append("s", any, {truncation(1)}), kind::tombstoned, "a truncation");
           on.refused(on.try_append("s", any, {tombstone()}), kind::tombstoned, "another");
           on.refused(on.try_append({{{"t", any, events("d")}, {"s", any, events("late")}}, {}}),
                      kind::tombstoned, "with another stream");
         });
       }});
  checks.push_back(
      {"a tombstoned stream can still be guarded",
       "It has a version, and is never again a stream that had no event.", [](probe<A>& on) {
         on.append("s", any, "a");
         on.append("s", any, {tombstone()});
         on.append({{{"s", exactly(2)}, {"t", any, events("b")}}, {}});
         on.refused(on.try_append({{{"s", no_stream}}, {}}), kind::version, "no_stream");
       }});
  checks.push_back({"a stream may begin with its tombstone",
                    "So a name can be retired before it was ever used.", [](probe<A>& on) {
                      on.append("s", no_stream, {tombstone()});
                      on.equal(on.types_of("s"), "$tombstoned", "the stream");
                      on.refused(on.try_append("s", any, "a"), kind::tombstoned, "an event");
                    }});
  checks.push_back(
      {"positions are not reused after a deletion", "Nor are versions.", [](probe<A>& on) {
         const auto first = on.append("s", any, "a b");
         const auto fact = on.append("s", any, {tombstone()});
         const auto later = on.append("t", any, "c");
         on.expect(first.last < fact.first && fact.first < later.first, "positions increase");
         on.equal(on.store.head(), later.last, "the head");
       }});
  checks.push_back({"a cursor still shows what was deleted after it was made",
                    "It shows the store as it was.", [](probe<A>& on) {
                      on.append("s", any, "a b");
                      on.append("t", any, "c");
                      auto stream = on.store.read_stream("s", {});
                      auto all = on.store.read_all(query::all(), {});
                      auto reversed = on.store.read_all(query::all(), {.order = backwards});
                      on.append("s", any, {truncation(2)});
                      auto between = on.store.read_all(query::all(), {});
                      on.append("t", any, {tombstone()});
                      on.equal(types(std::move(stream)), "a b", "the stream");
                      on.equal(types(std::move(all)), "a b c", "the store");
                      on.equal(types(std::move(reversed)), "c b a", "backwards");
                      on.equal(types(std::move(between)), "b c $truncated",
                               "between the two facts");
                      on.equal(on.types_of(query::all()), "b $truncated $tombstoned", "now");
                    }});
}

} // namespace evstore::testing::conformance
