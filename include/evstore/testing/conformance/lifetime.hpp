#pragma once

#include <evstore/testing/conformance/probe.hpp>

namespace evstore::testing::conformance {

/// Closing and opening again, and several handles on one store.
template <adapter A>
void add_lifetime(check_list<A>& checks) {
  using kind = append_conflict::kind;

  checks.push_back(
      {"stores are independent", "A fresh store knows nothing of another, also not its ids.",
       [](probe<A>& on) {
         const plain_commit commit{{{"s", no_stream, {{.type = "a", .id = id_of(1)}}}}, {}};
         on.append(commit);
         A other = on.open_fresh();
         on.equal(types(other.read_all(query::all(), {})), "", "the other is empty");
         on.expect(!on.accepted(testing::append(other, commit), "in the other").replayed, "new");
         on.equal(on.types_of(query::all()), "a", "the first has its own");
       }});
  checks.push_back({"a handle may be moved", "The new one has the store.", [](probe<A>& on) {
                      on.append("s", any, "a");
                      A moved = std::move(on.store);
                      on.store = std::move(moved);
                      on.append("s", exactly(1), "b");
                      on.equal(on.types_of("s"), "a b", "what is there");
                    }});
  checks.push_back(
      {"copies of a handle are one store", "However many there are, and whichever goes first.",
       [](probe<A>& on) {
         on.append("s", any, "a");
         {
           A copy = on.store;
           on.accepted(testing::append(copy, {{{"s", exactly(1), events("b")}}, {}}), "the copy");
         }
         on.append("s", exactly(2), "c");
         A copy = on.store;
         on.store = on.open_fresh();
         on.equal(types(copy.read_stream("s", {})), "a b c", "the store of the copy");
         on.equal(on.types_of("s"), "", "the other store");
       }});
  checks.push_back(
      {"everything survives closing and opening", "Events to the byte, heads and states.",
       [](probe<A>& on) {
         on.append({{{"s",
                      any,
                      {{.type = "a",
                        .data = R"({"a":-0.0,"a":"\u0000🐉"})",
                        .schema = 3,
                        .id = id_of(1),
                        .tags = {"x", "y"},
                        .metadata = R"({"correlation":"c"})",
                        .time = timestamp{std::chrono::hours{1}}},
                       {.type = "b"}}},
                     {"t", any, events("c")}},
                    {}});
         on.append("u", any, std::vector<plain_event>(500, {.type = "d", .tags = {"x"}}));
         on.append("t", any,
                   {{.type = "long", .data = "{\"a\":\"" + std::string(200'000, 'x') + "\"}"}});
         const auto head = on.store.head();
         const auto events = on.everything();
         on.reopen();
         on.equal(on.store.head(), head, "the head");
         on.expect(on.everything() == events, "the events");
         on.equal(on.store.state_of("u").version, stream_version{500}, "a state");
         on.equal(on.types_of("t", {.order = direction::backwards}), "long c", "a stream");
         on.equal(collect(on.store.read_all(query::tags({"x"}), {})).size(), 501U, "a query");
       }});
  checks.push_back(
      {"an empty store survives closing and opening", "It is still empty.", [](probe<A>& on) {
         on.reopen();
         on.equal(on.store.head(), global_position::origin(), "head");
         on.append("s", no_stream, "a");
         on.reopen();
         on.equal(on.types_of("s"), "a", "what came later");
       }});
  checks.push_back({"appending goes on where it ended", "Versions, positions and expectations.",
                    [](probe<A>& on) {
                      const auto before = on.append("s", any, "a b");
                      on.reopen();
                      on.refused(on.try_append("s", no_stream, "no"), kind::version, "no_stream");
                      on.refused(on.try_append("s", exactly(1), "no"), kind::version, "exactly(1)");
                      const auto after = on.append("s", exactly(2), "c");
                      on.expect(after.first > before.last, "positions go on");
                      if (on.dense_positions())
                        on.equal(after.first, before.last.next(), "without a gap");
                      on.reopen();
                      on.append("s", exactly(3), "d");
                      on.equal(on.types_of("s"), "a b c d", "what is there");
                    }});
  checks.push_back({"a retry is recognised after closing and opening",
                    "What a program does that crashed before it saw the receipt.",
                    [](probe<A>& on) {
                      const plain_commit commit{{{"s", no_stream, {{.type = "a", .id = id_of(1)}}},
                                                 {"t", no_stream, {{.type = "b", .id = id_of(2)}}}},
                                                {}};
                      auto original = on.append(commit);
                      on.append("s", any, "later");
                      on.reopen();
                      on.writes_nothing([&] {
                        const auto receipt = on.append(commit);
                        original.replayed = true;
                        on.equal(receipt, original, "the original receipt");
                        on.refused(on.try_append("s", any, {{.type = "z", .id = id_of(1)}}),
                                   kind::event_id, "another event under the id");
                      });
                    }});
  checks.push_back(
      {"conditions see what was stored before closing", "They look at the log.", [](probe<A>& on) {
         on.append("s", any, {{.type = "a", .tags = {"x"}}});
         on.reopen();
         on.refused(on.try_append({{{"t", any, events("b")}}, {{query::tags({"x"}), {}}}}),
                    kind::condition, "the tag is taken");
         on.append({{{"t", any, events("b")}}, {{query::tags({"x"}), on.store.head()}}});
       }});
  checks.push_back(
      {"deletions survive closing and opening", "They are recorded facts.", [](probe<A>& on) {
         on.append("s", any, "a b c");
         on.append("s", any, {{.type = std::string{fact::truncated}, .data = R"({"before":3})"}});
         on.append("t", any, "d");
         on.append("t", any, {{.type = std::string{fact::tombstoned}}});
         on.reopen();
         on.equal(on.types_of("s"), "c $truncated", "truncated");
         on.equal(on.types_of(query::all()), "c $truncated $tombstoned", "the store");
         on.equal(on.store.state_of("s"), stream_state{stream_version{4}, stream_version{3}},
                  "state");
         on.refused(on.try_append("t", any, "e"), kind::tombstoned, "tombstoned");
       }});
  checks.push_back(
      {"snapshots survive closing and opening", "They are kept beside the log.", [](probe<A>& on) {
         const auto head = on.append("s", any, "a").last;
         on.store.save_snapshot("../k", {stream_version{1}, head, 5, "{\"a\":1}"});
         on.reopen();
         const auto found = on.store.load_snapshot("../k").snapshot;
         on.expect(found.has_value(), "found");
         on.expect(*found == snapshot_record{stream_version{1}, head, 5, "{\"a\":1}"}, "the same");
       }});
  checks.push_back(
      {"handles on one store see one log", "And judge commits by it.", [](probe<A>& on) {
         on.append("s", any, "a");
         A other = on.open_second();
         on.equal(types(other.read_all(query::all(), {})), "a", "what was there");
         (void)testing::append(other, {{{"s", exactly(1), events("b")}}, {}}).value();
         on.equal(on.types_of("s"), "a b", "what the other appended");
         on.refused(on.try_append("s", exactly(1), "c"), kind::version, "an old version");
         on.append("s", exactly(2), "c");
         on.equal(types(other.read_stream("s", {})), "a b c", "what the first appended");
       }});
}

} // namespace evstore::testing::conformance
