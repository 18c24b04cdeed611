#pragma once

#include <evstore/testing/conformance/probe.hpp>

namespace evstore::testing::conformance {

/// Append conditions: dynamic consistency boundaries (https://dcb.events/specification/).
template <adapter A>
void add_conditions(check_list<A>& checks) {
  using kind = append_conflict::kind;
  static constexpr auto origin = global_position::origin();
  /// Appends `x` to the stream `s` under the conditions.
  static constexpr auto under = [](probe<A>& on, std::vector<append_condition> conditions) {
    return on.try_append({{{"s", any, events("x")}}, std::move(conditions)});
  };

  checks.push_back(
      {"a condition fails the commit if a matching event was appended after its position",
       "The conflict tells the query, in words, and where the first such event stands.",
       [](probe<A>& on) {
         const query paid = query::types({"paid"});
         const auto seen = on.append("a", any, "paid");
         on.append("b", any, "other");
         on.accepted(under(on, {{paid, on.store.head()}}), "nothing was paid since");
         const auto next = on.append("c", any, "other paid paid");
         on.writes_nothing([&] {
           const auto conflict =
               on.refused(under(on, {{paid, seen.last}}), kind::condition, "paid since");
           on.equal(conflict.what, paid.to_string(), "what: the query");
           on.equal(conflict.at, std::optional{on.stream("c").at(1).position}, "at: the first");
         });
         on.accepted(under(on, {{paid, next.last}}), "from the new head on");
       }});
  checks.push_back({"a condition looks strictly after its position",
                    "The event at the position was seen by the reader.", [](probe<A>& on) {
                      const auto at = on.append("a", any, "a b").last;
                      on.accepted(under(on, {{query::types({"b"}), at}}), "after b itself");
                      on.refused(under(on, {{query::types({"b"}), on.stream("a").at(0).position}}),
                                 kind::condition, "after the event before b");
                    }});
  checks.push_back({"a condition beyond the head is refused",
                    "Its reader cannot have seen this store: a mistake, not a conflict.",
                    [](probe<A>& on) {
                      on.append("a", any, "a");
                      const global_position beyond = on.store.head().next();
                      on.writes_nothing([&] {
                        on.throws(
                            errc::invalid_argument,
                            [&] {
                              (void)under(on, {{query::types({"none"}), beyond}});
                            },
                            "one beyond");
                        on.throws(
                            errc::invalid_argument,
                            [&] {
                              (void)under(on, {{query::all(), global_position{~0ULL}}});
                            },
                            "far beyond");
                      });
                      on.accepted(under(on, {{query::all(), on.store.head()}}), "at the head");
                    }});
  checks.push_back({"a condition after the origin means that such an event never existed",
                    "Uniqueness: a name, an order number, the first event of the store.",
                    [](probe<A>& on) {
                      const query ada = query::tags({"user:ada"});
                      const plain_commit claim{
                          {{"user-1", no_stream, {{.type = "registered", .tags = {"user:ada"}}}}},
                          {{ada, origin}}};
                      plain_commit again = claim;
                      again.writes[0].stream = "user-2";
                      on.accepted(on.try_append(claim), "the first");
                      on.refused(on.try_append(again), kind::condition, "the second");
                      const query longer = query::tags({"user:ada2"});
                      again.writes[0].events[0].tags = {"user:ada2"};
                      again.conditions = {{longer, origin}};
                      on.accepted(on.try_append(again), "a tag that begins alike is another tag");
                    }});
  checks.push_back({"query::all() is met only if nothing at all was appended since",
                    "The strictest boundary: the whole store.", [](probe<A>& on) {
                      on.accepted(under(on, {{query::all(), origin}}), "into an empty store");
                      on.refused(under(on, {{query::all(), origin}}), kind::condition, "again");
                      const auto head = on.store.head();
                      on.accepted(under(on, {{query::all(), head}}), "at the head");
                      on.refused(under(on, {{query::all(), head}}), kind::condition, "an old head");
                    }});
  checks.push_back(
      {"a condition's query means what it means for readers",
       "Any item; one of the types; all of the tags, on one event; in any stream.",
       [](probe<A>& on) {
         on.append("a", any, {{.type = "t", .tags = {"x", "y"}}, {.type = "u", .tags = {"z"}}});
         const auto met = [&](const query& which, std::string_view what) {
           on.accepted(on.try_append({{}, {{which, origin}}}), what);
         };
         const auto failed = [&](const query& which, std::string_view what) {
           on.refused(on.try_append({{}, {{which, origin}}}), kind::condition, what);
         };
         met(query::types({"T", "v", "tt"}), "none of the types");
         failed(query::types({"v", "u"}), "one of the types");
         failed(query::tags({"y"}), "one tag");
         failed(query::tags({"y", "x"}), "both tags");
         met(query::tags({"x", "z"}), "tags of two events");
         met(query{{query_item{{"u"}, {"x"}}}}, "the type of one, the tag of another");
         failed(query{{query_item{{"u"}, {"z"}}}}, "type and tag of one event");
         failed(query{{query_item{{"v"}, {}}, query_item{{"t"}, {"y"}}}}, "the second item");
         met(query{{query_item{{"v"}, {}}, query_item{{"t"}, {"z"}}}}, "neither item");
       }});
  checks.push_back(
      {"several conditions must all hold",
       "The first that fails, in the commit's order, is reported: a boundary with its position "
       "and an existed-never guard stand in one commit.",
       [](probe<A>& on) {
         const auto seen = on.append("a", any, "a b").last;
         const query a = query::types({"a"});
         const query b = query::types({"b"});
         const query c = query::types({"c"});
         on.accepted(under(on, {{a, seen}, {c, origin}, {b, seen}}), "all hold");
         on.writes_nothing([&] {
           const auto conflict =
               on.refused(under(on, {{c, origin}, {b, origin}, {a, origin}}), kind::condition, "b");
           on.equal(conflict.what, b.to_string(), "the first that fails");
         });
       }});
  checks.push_back(
      {"a commit's own events do not count against it",
       "The condition is judged before the commit is written.", [](probe<A>& on) {
         const query a = query::types({"a"});
         on.append({{{"s", any, events("a a")}, {"t", any, events("a")}}, {{a, origin}}});
         on.refused(on.try_append({{{"s", any, events("a")}}, {{a, origin}}}), kind::condition,
                    "but they count against the next");
       }});
  checks.push_back({"conditions may stand alone",
                    "Without writes a commit asks; the answer has the head's position.",
                    [](probe<A>& on) {
                      const auto head = on.append("a", any, "a").last;
                      on.writes_nothing([&] {
                        const auto receipt = on.append({{}, {{query::types({"b"}), origin}}});
                        on.equal(receipt.first, head, "first");
                        on.equal(receipt.last, head, "last");
                        on.equal(receipt.versions.size(), 0U, "no streams");
                        on.refused(on.try_append({{}, {{query::types({"a"}), origin}}}),
                                   kind::condition, "one that fails");
                      });
                    }});
  checks.push_back(
      {"a failed expectation is reported before a failed condition",
       "Streams first, then conditions; both are needed.", [](probe<A>& on) {
         on.append("s", any, "a");
         on.writes_nothing([&] {
           on.refused(on.try_append({{{"s", exactly(0), events("b")}}, {{query::all(), origin}}}),
                      kind::version, "both fail");
           on.refused(on.try_append({{{"s", exactly(1), events("b")}}, {{query::all(), origin}}}),
                      kind::condition, "the condition fails");
           on.refused(
               on.try_append({{{"s", exactly(0), events("b")}}, {{query::all(), on.store.head()}}}),
               kind::version, "the expectation fails");
         });
       }});
  checks.push_back(
      {"an event that is no longer shown does not count against a condition",
       "Conditions see what readers see: the name of a deleted user is free again. The facts of "
       "deletion are events, and count.",
       [](probe<A>& on) {
         const query ada = query::tags({"user:ada"});
         on.append("user-1", any, {{.type = "registered", .tags = {"user:ada"}}});
         on.refused(under(on, {{ada, origin}}), kind::condition, "taken");
         const auto head = on.store.head();
         on.append("user-1", any, {{.type = std::string{fact::tombstoned}}});
         on.accepted(under(on, {{ada, origin}}), "free again");
         on.refused(under(on, {{query::types({fact::tombstoned}), head}}), kind::condition,
                    "the tombstone");
       }});
  checks.push_back(
      {"a condition finds one event among thousands", "Near the position and far from it.",
       [](probe<A>& on) {
         on.append("s", any, {{.type = "rare", .tags = {"k"}}});
         const auto early = on.store.head();
         std::vector<plain_event> crowd(3000, {.type = "common", .tags = {"c"}});
         on.append("s", any, crowd);
         const query rare = query::tags({"k"});
         on.refused(under(on, {{rare, origin}}), kind::condition, "the first event");
         on.accepted(under(on, {{rare, early}}), "none behind it");
         const auto late = on.append("t", any, {{.type = "rare", .tags = {"c", "k"}}});
         const auto conflict = on.refused(under(on, {{rare, early}}), kind::condition, "the last");
         on.equal(conflict.at, std::optional{late.first}, "where");
       }});
}

} // namespace evstore::testing::conformance
