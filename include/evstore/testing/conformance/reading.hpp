#pragma once

#include <evstore/testing/conformance/probe.hpp>

namespace evstore::testing::conformance {

/// Cursors: order, ranges, limits, queries, and what they must not see.
template <adapter A>
void add_reading(check_list<A>& checks) {
  static constexpr auto backwards = direction::backwards;
  static constexpr auto version = [](std::uint64_t value) { return stream_version{value}; };

  checks.push_back({"an empty store shows nothing", "Its head is the origin.", [](probe<A>& on) {
                      on.equal(on.store.head(), global_position::origin(), "head");
                      on.equal(on.types_of(query::all()), "", "the store");
                      on.equal(on.types_of(query::all(), {.order = backwards}), "", "backwards");
                      on.equal(on.types_of(query::types({"a"})), "", "a query");
                      on.equal(on.types_of("s"), "", "a stream");
                      on.equal(on.store.state_of("s"), stream_state{}, "a stream's state");
                    }});
  checks.push_back({"a stream that is not there shows nothing",
                    "Nor does one that cannot be there, because no stream may have such a name.",
                    [](probe<A>& on) {
                      on.append("s", any, "a");
                      for (const std::string& name :
                           {std::string{"S"}, std::string{"s "}, std::string{},
                            std::string(256, 'n'), std::string{"\xFF"}, std::string{"a\nb"},
                            std::string("s\0", 2)}) {
                        on.equal(on.types_of(name), "", "forwards");
                        on.equal(on.types_of(name, {.order = backwards}), "", "backwards");
                        on.equal(on.store.state_of(name), stream_state{}, "state");
                      }
                    }});
  checks.push_back(
      {"a stream is read from a version, with a limit, in both directions",
       "`from` is inclusive; beyond the ends it means the nearest event in the direction.",
       [](probe<A>& on) {
         on.append("s", any, "a b c");
         on.append("other", any, "x y z");
         on.append("s", any, "d e");
         const auto types = [&](stream_range range) { return on.types_of("s", range); };
         on.equal(types({}), "a b c d e", "all");
         on.equal(types({.from = version(0)}), "a b c d e", "from 0");
         on.equal(types({.from = version(3)}), "c d e", "from 3");
         on.equal(types({.from = version(5)}), "e", "from the last");
         on.equal(types({.from = version(6)}), "", "from behind the last");
         on.equal(types({.limit = 0}), "", "no more than 0");
         on.equal(types({.limit = 2}), "a b", "no more than 2");
         on.equal(types({.limit = 9}), "a b c d e", "no more than 9");
         on.equal(types({.from = version(2), .limit = 3}), "b c d", "3 from 2");
         on.equal(types({.order = backwards}), "e d c b a", "backwards");
         on.equal(types({.order = backwards, .from = version(3)}), "c b a", "backwards from 3");
         on.equal(types({.order = backwards, .from = version(99)}), "e d c b a", "from beyond");
         on.equal(types({.order = backwards, .from = version(1)}), "a", "backwards from 1");
         on.equal(types({.order = backwards, .from = version(0)}), "", "backwards from 0");
         on.equal(types({.order = backwards, .limit = 2}), "e d", "the last 2");
         on.equal(types({.order = backwards, .from = version(4), .limit = 2}), "d c", "2 from 4");
       }});
  checks.push_back(
      {"the store is read from a position, with a limit, in both directions",
       "By position, whatever the streams; `from` is inclusive.", [](probe<A>& on) {
         on.append("s", any, "a b");
         const global_position c = on.append("t", any, "c").first;
         const global_position d = on.append("s", any, "d e").first;
         const auto types = [&](store_range range) { return on.types_of(query::all(), range); };
         on.equal(types({}), "a b c d e", "all");
         on.equal(types({.from = global_position::origin()}), "a b c d e", "from the origin");
         on.equal(types({.from = c}), "c d e", "from c");
         on.equal(types({.from = c.next()}), "d e", "from behind c");
         on.equal(types({.from = on.store.head().next()}), "", "from behind the head");
         on.equal(types({.limit = 0}), "", "no more than 0");
         on.equal(types({.from = c, .limit = 2}), "c d", "2 from c");
         on.equal(types({.order = backwards}), "e d c b a", "backwards");
         on.equal(types({.order = backwards, .from = d}), "d c b a", "backwards from d");
         on.equal(types({.order = backwards, .from = global_position{1'000'000}}), "e d c b a",
                  "backwards from beyond");
         on.equal(types({.order = backwards, .from = global_position::origin()}), "",
                  "backwards from the origin");
         on.equal(types({.order = backwards, .limit = 3}), "e d c", "the last 3");
       }});
  checks.push_back({"versions count each stream, positions the store",
                    "Both without gaps in a stream, in one order.", [](probe<A>& on) {
                      for (int i = 0; i < 5; ++i) {
                        on.append("s", any, "a");
                        on.append("t", any, "b b");
                      }
                      std::uint64_t expected = 0;
                      for (const event_record& event : on.stream("t"))
                        on.equal(event.version, version(++expected), "version");
                      global_position last;
                      for (const event_record& event : on.everything()) {
                        on.expect(event.position > last, "positions increase");
                        last = event.position;
                      }
                      on.equal(last, on.store.head(), "the head is the last position");
                    }});
  checks.push_back(
      {"a query shows the events that any item matches",
       "An item matches if the type is one of its types and the event bears all of its tags.",
       [](probe<A>& on) {
         on.append("s", any, {{.type = "a"}, {.type = "b", .tags = {"x"}}});
         on.append("t", any, {{.type = "a2", .tags = {"x", "y"}}, {.type = "c", .tags = {"y"}}});
         on.append("u", any, {{.type = "b", .tags = {"y", "z", "x"}}});
         on.equal(on.types_of(query::all()), "a b a2 c b", "all");
         on.equal(on.types_of(query::types({"a"})), "a", "a type: whole, not its beginning");
         on.equal(on.types_of(query::types({"c", "a"})), "a c", "either type");
         on.equal(on.types_of(query::types({"A"})), "", "types are bytes");
         on.equal(on.types_of(query::tags({"x"})), "b a2 b", "a tag");
         on.equal(on.types_of(query::tags({"x", "y"})), "a2 b", "both tags, in any order");
         on.equal(on.types_of(query::tags({"X"})), "", "tags are bytes");
         on.equal(on.types_of(query{{query_item{{"b"}, {"y"}}}}), "b", "a type and a tag");
         on.equal(on.types_of(query{{query_item{{"a"}, {}}, query_item{{}, {"z"}}}}), "a b",
                  "one item or the other");
         on.equal(on.types_of(query::tags({"x"}) | query::types({"b"})), "b a2 b", "not twice");
       }});
  checks.push_back(
      {"a query has a range too", "The limit counts the events that match.", [](probe<A>& on) {
         for (int i = 0; i < 4; ++i) {
           on.append("s", any, {{.type = "a" + std::to_string(i), .tags = {"x"}}});
           on.append("s", any, "other");
         }
         const query x = query::tags({"x"});
         const global_position third = on.stream("s").at(4).position;
         on.equal(on.types_of(x, {.limit = 2}), "a0 a1", "the first 2");
         on.equal(on.types_of(x, {.from = third}), "a2 a3", "from");
         on.equal(on.types_of(x, {.order = backwards}), "a3 a2 a1 a0", "backwards");
         on.equal(on.types_of(x, {.order = backwards, .from = third, .limit = 2}), "a2 a1",
                  "2 backwards from the third");
       }});
  checks.push_back(
      {"thousands of events come whole and in order",
       "However the cursor divides them into batches.", [](probe<A>& on) {
         constexpr std::size_t count = 3000;
         std::vector<plain_event> list;
         for (std::size_t i = 0; i < count; ++i)
           list.push_back({.type = "t" + std::to_string(i % 7),
                           .data = "{\"n\":" + std::to_string(i) + "}",
                           .tags = {"k" + std::to_string(i % 500)}});
         for (std::size_t i = 0; i < count; i += 500) {
           const auto begin = list.begin() + static_cast<std::ptrdiff_t>(i);
           on.append(i % 1000 == 0 ? "s" : "t", any, std::vector(begin, begin + 500));
         }
         const auto forwards = on.everything();
         on.equal(forwards.size(), count, "events");
         for (std::size_t i = 0; i < count; ++i)
           on.equal(forwards[i].data, list[i].data, "in order");
         auto reversed = on.everything({.order = backwards});
         std::reverse(reversed.begin(), reversed.end());
         on.expect(reversed == forwards, "backwards is the reverse");
         on.equal(on.stream("s").size(), count / 2, "a stream");
         on.equal(on.stream("t", {.order = backwards}).size(), count / 2, "a stream, backwards");
         on.equal(collect(on.store.read_all(query::tags({"k7"}), {})).size(), 6U, "a rare tag");
       }});
  checks.push_back(
      {"a batch stays valid until the next pull",
       "Its views may be used while others append and read.", [](probe<A>& on) {
         for (int i = 0; i < 50; ++i)
           on.append("s", any, {{.type = "a" + std::to_string(i), .tags = {"x", "y"}}});
         const auto expected = on.everything();
         auto cursor = on.store.read_all(query::all(), {});
         std::size_t seen = 0;
         for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next()) {
           on.append("s", any,
                     {{.type = "later", .data = "{\"a\":\"" + std::string(5000, 'x') + "\"}"}});
           (void)on.everything({.order = backwards});
           for (const event_view& event : batch)
             on.equal(event_record{event}, expected.at(seen++), "the view");
         }
         on.equal(seen, expected.size(), "events");
       }});
  checks.push_back({"the end of a cursor is the end for good",
                    "An empty batch is followed by empty batches, whatever is appended.",
                    [](probe<A>& on) {
                      on.append("s", any, "a");
                      auto all = on.store.read_all(query::all(), {});
                      auto stream = on.store.read_stream("s", {});
                      auto nothing = on.store.read_stream("later", {});
                      on.expect(all.next().size() == 1 && stream.next().size() == 1, "the event");
                      for (int i = 0; i < 3; ++i) {
                        on.expect(all.next().empty(), "the store ends");
                        on.expect(stream.next().empty(), "the stream ends");
                        on.expect(nothing.next().empty(), "the stream that was not there ends");
                        on.append("s", any, "b");
                        on.append("later", any, "c");
                      }
                    }});
  checks.push_back({"a cursor shows the store as it was when it was made",
                    "Nothing that was appended later, in no direction.", [](probe<A>& on) {
                      on.append("s", any, "a b");
                      auto all = on.store.read_all(query::all(), {});
                      auto some = on.store.read_all(query::types({"a", "z"}), {});
                      auto last = on.store.read_all(query::all(), {.order = backwards});
                      auto stream = on.store.read_stream("s", {});
                      auto stream_last =
                          on.store.read_stream("s", {.order = backwards, .limit = 1});
                      on.append({{{"s", any, events("z")}, {"t", any, events("z")}}, {}});
                      on.equal(types(std::move(all)), "a b", "the store");
                      on.equal(types(std::move(some)), "a", "a query");
                      on.equal(types(std::move(last)), "b a", "the store backwards");
                      on.equal(types(std::move(stream)), "a b", "the stream");
                      on.equal(types(std::move(stream_last)), "b", "the stream's last");
                      on.equal(on.types_of("s"), "a b z", "a new cursor");
                    }});
  checks.push_back({"a cursor in the middle of its events does not see new ones",
                    "Also if they are appended between two pulls.", [](probe<A>& on) {
                      constexpr std::size_t count = 2000;
                      on.append("s", any, std::vector<plain_event>(count, {.type = "a"}));
                      auto cursor = on.store.read_all(query::all(), {});
                      std::size_t seen = 0;
                      for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next()) {
                        for (const event_view& event : batch)
                          on.equal(event.type, "a", "only what was there");
                        seen += batch.size();
                        on.append("s", any, "later");
                      }
                      on.equal(seen, count, "events");
                    }});
  checks.push_back(
      {"a cursor may be moved", "Before, between and after its batches.", [](probe<A>& on) {
         on.append("s", any, std::vector<plain_event>(1000, {.type = "a"}));
         auto first = on.store.read_all(query::all(), {});
         auto second = std::move(first);
         std::size_t seen = second.next().size();
         first = on.store.read_all(query::types({"none"}), {});
         auto third = std::move(second);
         seen += collect(std::move(third)).size();
         on.equal(seen, 1000U, "events");
         on.expect(first.next().empty(), "the other one");
       }});
  checks.push_back({"a cursor may outlive the handle that made it",
                    "A range that is read in a loop often belongs to a temporary.",
                    [](probe<A>& on) {
                      on.append("s", any, std::vector<plain_event>(1000, {.type = "a"}));
                      auto cursor = [&] {
                        A handle = std::move(on.store);
                        return handle.read_all(query::all(), {});
                      }();
                      on.equal(collect(std::move(cursor)).size(), 1000U, "events");
                    }});
  checks.push_back(
      {"many cursors may be open at once", "Each has its own place.", [](probe<A>& on) {
         on.append("s", any, std::vector<plain_event>(700, {.type = "a"}));
         std::vector<decltype(on.store.read_all(query::all(), {}))> cursors;
         for (int i = 0; i < 20; ++i) cursors.push_back(on.store.read_all(query::all(), {}));
         std::vector<std::size_t> seen(cursors.size());
         for (bool more = true; more;) {
           more = false;
           for (std::size_t i = 0; i < cursors.size(); ++i) {
             const std::size_t batch = cursors[i].next().size();
             seen[i] += batch;
             more = more || batch != 0;
           }
         }
         on.equal(seen, std::vector<std::size_t>(20, 700), "events of each");
       }});
}

} // namespace evstore::testing::conformance
