#pragma once

#include <evstore/testing/conformance/probe.hpp>

namespace evstore::testing::conformance {

/// Idempotency by event id: a commit whose events all have ids may be sent again.
template <adapter A>
void add_identity(check_list<A>& checks) {
  using kind = append_conflict::kind;
  static constexpr auto event = [](std::uint64_t id, std::string type) {
    return plain_event{.type = std::move(type), .data = R"({"n":1})", .id = id_of(id)};
  };
  static constexpr auto replays = [](probe<A>& on, const plain_commit& retry,
                                     const append_receipt& original, std::string_view what) {
    on.writes_nothing([&] {
      append_receipt receipt = on.accepted(on.try_append(retry), what);
      on.expect(receipt.replayed, std::string{what} + ": marked as replayed");
      receipt.replayed = false;
      on.equal(receipt, original, what);
    });
  };
  static constexpr auto conflicts = [](probe<A>& on, const plain_commit& commit,
                                       std::string_view stream, global_position at,
                                       std::string_view what) {
    on.writes_nothing([&] {
      const auto conflict = on.refused(on.try_append(commit), kind::event_id, what);
      on.equal(conflict.what, stream, what);
      on.equal(conflict.at, std::optional{at}, what);
    });
  };
  constexpr std::string_view same =
      "When every event of a commit has an id and all are stored as this commit, append returns "
      "the original receipt, replayed.";
  constexpr std::string_view other =
      "Anything else under an id that is stored is an event_id conflict, which names the stream "
      "and the position of the event in the way.";

  checks.push_back({"a commit that is sent again is recognised", same, [](probe<A>& on) {
                      on.append("s", any, "x");
                      const plain_commit commit{{{"s", any, {event(1, "a"), event(2, "b")}}}, {}};
                      const auto receipt = on.append(commit);
                      on.expect(!receipt.replayed, "the first time is not a replay");
                      replays(on, commit, receipt, "again");
                      replays(on, commit, receipt, "and again");
                      on.equal(on.types_of("s"), "x a b", "what is there");
                    }});
  checks.push_back(
      {"a retry is recognised although its expectation would fail now",
       "The ids decide first: the expectation was met when it counted.", [](probe<A>& on) {
         const plain_commit commit{{{"s", no_stream, {event(1, "a")}}}, {}};
         const auto receipt = on.append(commit);
         replays(on, commit, receipt, "no_stream");
         on.append("s", exactly(1), "b c");
         replays(on, commit, receipt, "after the stream went on");
         replays(on, {{{"s", exactly(77), {event(1, "a")}}}, {}}, receipt, "another expectation");
       }});
  checks.push_back({"a retry is recognised although its condition would fail now",
                    "Nor do conditions count for what is stored already.", [](probe<A>& on) {
                      const query which = query::types({"a", "b"});
                      const plain_commit commit{{{"s", any, {event(1, "a")}}}, {{which, {}}}};
                      const auto receipt = on.append(commit);
                      replays(on, commit, receipt, "its own event would count against it");
                      on.append("t", any, "b");
                      replays(on, commit, receipt, "another event would count against it");
                    }});
  checks.push_back(
      {"a retry is recognised although its guard would fail now",
       "The receipt has the present version of a guarded stream: no commit keeps a record of it.",
       [](probe<A>& on) {
         on.append("g", any, "x");
         const plain_commit commit{{{"g", exactly(1)}, {"s", any, {event(1, "a")}}}, {}};
         auto receipt = on.append(commit);
         on.append("g", any, "y");
         receipt.versions.front() = stream_version{2};
         replays(on, commit, receipt, "after the guarded stream went on");
       }});
  checks.push_back(
      {"a retry is recognised although its stream was truncated or tombstoned",
       "An id stays taken when its event is no longer shown.", [](probe<A>& on) {
         const plain_commit commit{{{"s", any, {event(1, "a"), event(2, "b")}}}, {}};
         const auto receipt = on.append(commit);
         on.append("s", any, {{.type = std::string{fact::truncated}, .data = R"({"before":2})"}});
         replays(on, commit, receipt, "after a truncation");
         on.append("s", any, {{.type = std::string{fact::tombstoned}}});
         replays(on, commit, receipt, "after a tombstone");
         conflicts(on, {{{"s", any, {event(1, "z")}}}, {}}, "s", receipt.first, "another event");
       }});
  checks.push_back({"a retry of a commit to several streams is recognised", same, [](probe<A>& on) {
                      on.append("b", any, "x");
                      const plain_commit commit{{{"a", no_stream, {event(1, "a")}},
                                                 {"b", exactly(1), {event(1, "b"), event(2, "c")}}},
                                                {}};
                      const auto receipt = on.append(commit);
                      on.append("a", any, "later");
                      replays(on, commit, receipt, "again");
                    }});
  checks.push_back(
      {"metadata and time do not count for a retry",
       "They speak of the attempt, and a retry is another one. What was stored first stays.",
       [](probe<A>& on) {
         plain_event first = event(1, "a");
         first.metadata = R"({"correlation":"one"})";
         first.time = timestamp{std::chrono::hours{1}};
         const auto receipt = on.append("s", any, {first});
         plain_event again = event(1, "a");
         again.metadata = R"({"correlation":"two"})";
         replays(on, {{{"s", any, {again}}}, {}}, receipt, "with other metadata");
         on.equal(on.stream("s").at(0).metadata, first.metadata, "the first attempt's metadata");
       }});
  checks.push_back({"another payload under a stored id is a conflict", other, [](probe<A>& on) {
                      plain_event stored = event(1, "a");
                      stored.tags = {"x", "y"};
                      const global_position at = on.append("s", any, {stored}).first;
                      std::vector<plain_event> others(5, stored);
                      others[0].type = "A";
                      others[1].data = R"({"n": 1})"; // means the same, and is not the same
                      others[2].schema = 2;
                      others[3].tags = {"x"};
                      others[4].tags = {"x", "y", "z"};
                      for (const plain_event& again : others)
                        conflicts(on, {{{"s", any, {again}}}, {}}, "s", at, "another event");
                    }});
  checks.push_back(
      {"a commit of which only a part is stored is a conflict", other, [](probe<A>& on) {
         const auto at = on.append("s", any, {event(1, "a"), event(2, "b")});
         conflicts(on, {{{"s", any, {event(1, "a"), event(2, "b"), event(3, "c")}}}, {}}, "s",
                   at.first, "one more behind");
         conflicts(on, {{{"s", any, {event(3, "c"), event(2, "b")}}}, {}}, "s", at.last,
                   "a new one before");
         conflicts(on, {{{"s", any, {event(1, "a"), event(2, "b")}}, {"t", any, events("n")}}, {}},
                   "s", at.first, "one without an id in another stream");
       }});
  checks.push_back(
      {"a part of a stored commit is a conflict", other, [](probe<A>& on) {
         const auto at = on.append("s", any, {event(1, "a"), event(2, "b"), event(3, "c")});
         conflicts(on, {{{"s", any, {event(1, "a"), event(2, "b")}}}, {}}, "s", at.first, "head");
         conflicts(on, {{{"s", any, {event(3, "c")}}}, {}}, "s", at.last, "tail");
       }});
  checks.push_back({"stored events in another order are a conflict", other, [](probe<A>& on) {
                      const auto at = on.append("s", any, {event(1, "a"), event(2, "b")});
                      conflicts(on, {{{"s", any, {event(2, "b"), event(1, "a")}}}, {}}, "s",
                                at.last, "the other way round");
                    }});
  checks.push_back({"events of two commits are not one commit", other, [](probe<A>& on) {
                      const auto first = on.append("s", any, {event(1, "a")});
                      on.append("s", any, {event(2, "b")});
                      conflicts(on, {{{"s", any, {event(1, "a"), event(2, "b")}}}, {}}, "s",
                                first.first, "both in one");
                      on.append("s", any, {event(3, "c"), event(4, "d")});
                      const auto fourth = on.append("s", any, {event(5, "c"), event(6, "d")});
                      conflicts(on, {{{"s", any, {event(3, "c"), event(6, "d")}}}, {}}, "s",
                                fourth.last, "halves of two that look alike");
                    }});
  checks.push_back(
      {"a retry with its streams in another order is a conflict", other, [](probe<A>& on) {
         const auto at =
             on.append({{{"a", any, {event(1, "a")}}, {"b", any, {event(2, "b")}}}, {}});
         conflicts(on, {{{"b", any, {event(2, "b")}}, {"a", any, {event(1, "a")}}}, {}}, "b",
                   at.last, "streams exchanged");
       }});
  checks.push_back({"an id conflict is reported before any other",
                    "The ids decide first, also against a commit.", [](probe<A>& on) {
                      const auto at = on.append("s", any, {event(1, "a")}).first;
                      conflicts(
                          on,
                          {{{"t", stream_exists, events("x")}, {"s", exactly(9), {event(1, "z")}}},
                           {{query::all(), {}}}},
                          "s", at, "with everything else wrong too");
                    }});
  checks.push_back({"one id in two streams names two events", "Ids are unique within a stream.",
                    [](probe<A>& on) {
                      on.append("s", any, {event(1, "a")});
                      on.append("t", any, {event(1, "b")});
                      on.append({{{"u", any, {event(1, "c")}}, {"v", any, {event(1, "d")}}}, {}});
                      on.equal(on.types_of(query::all()), "a b c d", "all of them");
                      for (const event_record& stored : on.everything())
                        on.equal(stored.id, std::optional{id_of(1)}, "the id");
                    }});
  checks.push_back({"events without ids are never recognised",
                    "The same commit without ids is another commit.", [](probe<A>& on) {
                      on.append("s", any, "a");
                      on.append("s", any, "a");
                      on.append("s", any, {event(1, "a"), {.type = "b"}});
                      on.equal(on.types_of("s"), "a a a b", "all of them");
                      on.refused(on.try_append("s", any, {event(1, "a"), {.type = "b"}}),
                                 kind::event_id, "a mixed commit is never a retry");
                    }});
  checks.push_back({"new ids do not replace an expectation",
                    "Only a retry passes by the expectation.", [](probe<A>& on) {
                      on.append("s", any, {event(1, "a")});
                      on.writes_nothing([&] {
                        on.refused(on.try_append("s", exactly(0), {event(2, "b")}), kind::version,
                                   "a new id with an old expectation");
                      });
                    }});
}

} // namespace evstore::testing::conformance
