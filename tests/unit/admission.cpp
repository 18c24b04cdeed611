#include <evstore/admission.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace evstore;
using testing::id_of;
using testing::plain_commit;
using testing::plain_event;
using kind = append_conflict::kind;

/// A store that is said to have these events; counts what it is asked.
struct told_index {
  std::vector<event_record> events;
  std::map<std::string, stream_state, std::less<>> states;
  mutable int id_lookups = 0;

  [[nodiscard]] global_position head() const { return global_position{events.size()}; }
  [[nodiscard]] stream_state state_of(std::string_view stream) const {
    const auto found = states.find(stream);
    return found == states.end() ? stream_state{} : found->second;
  }
  [[nodiscard]] std::optional<event_record> find_event(std::string_view stream,
                                                       const event_id& id) const {
    ++id_lookups;
    for (const event_record& event : events)
      if (event.stream == stream && event.id == id) return event;
    return std::nullopt;
  }
  [[nodiscard]] std::optional<global_position> first_match(const query& which,
                                                           global_position after) const {
    for (const event_record& event : events)
      if (event.position > after && which.matches(event.type, {})) return event.position;
    return std::nullopt;
  }

  /// Stores what `admit` lets in, as an adapter would.
  append_result append(const plain_commit& commit) {
    return testing::with_view(commit, [&](const commit_view& view) -> append_result {
      require_valid(view);
      append_result verdict = admit(*this, view);
      if (!verdict || verdict->replayed) return verdict;
      commit_part part{0, static_cast<std::uint32_t>(view.event_count())};
      for (const stream_write& write : view.writes)
        for (const new_event& event : write.events) {
          stream_state& state = states[std::string{write.stream}];
          state = state.after(event.type, event.data.text());
          ++part.index;
          events.emplace_back(
              placed(event, head().next(), write.stream, state.version, part, timestamp{}));
        }
      return verdict;
    });
  }
};
static_assert(commit_index<told_index>);

/// What `require_valid` says about the commit; "" if nothing.
std::string defect_of(const plain_commit& commit) {
  try {
    testing::with_view(commit, [](const commit_view& view) { require_valid(view); });
    return "";
  } catch (const error& thrown) {
    return thrown.what();
  }
}
std::string defect_of(plain_event event) {
  return defect_of({{{"s", any, {std::move(event)}}}, {}});
}

TEST_CASE("a commit that could be stored has no defect") {
  CHECK(defect_of({{{"s", any, testing::events("a b")}, {"guard", no_stream}}, {}}) == "");
  CHECK(defect_of({{}, {{query::all(), {}}}}) == "");
  CHECK(defect_of({.type = "$truncated", .data = R"({"before":3})"}) == "");
  CHECK(defect_of({{{"s", any, {{.type = "a"}, {.type = "$tombstoned"}}}}, {}}) == "");
  // One id may name an event in each of two streams.
  CHECK(defect_of({{{"s", any, {{.type = "a", .id = id_of(1)}}},
                    {"t", any, {{.type = "a", .id = id_of(1)}}}},
                   {}}) == "");
}

TEST_CASE("a defect is told with the stream and the type") {
  CHECK(defect_of(plain_commit{}) ==
        "invalid argument: a commit names at least one stream or condition");
  CHECK(defect_of({.type = "a", .data = "[]"}) ==
        "invalid payload: data must be a JSON object [stream s, type a]");
  CHECK(defect_of({.type = "a", .metadata = "1"}) ==
        "invalid payload: metadata must be a JSON object [stream s, type a]");
  CHECK(defect_of({.type = "a", .schema = 0}) ==
        "invalid argument: schema versions begin at 1 [stream s, type a]");
  CHECK(
      defect_of({.type = "a\n"}) ==
      "invalid argument: the event type name contains a control character [stream s, type a\\x0a]");
  CHECK(defect_of({.type = "a", .tags = {"x", "y", "x"}}) ==
        "invalid argument: an event bears the same tag twice [stream s, type a]");
  CHECK(defect_of({.type = "a", .tags = {""}}) ==
        "invalid argument: a tag is empty [stream s, type a]");
  CHECK(defect_of({.type = "$mine"}) ==
        "invalid argument: event types that begin with $ are reserved for stream facts [stream s, "
        "type $mine]");
  CHECK(defect_of({{{"$mine", any, {{.type = "a"}}}}, {}}) ==
        "invalid argument: the stream name \"$mine\" begins with $, which is the library's");
  CHECK(defect_of({{{"s", any, {{.type = "a"}}}, {"$mine", no_stream}}, {}}) ==
        "invalid argument: the stream name \"$mine\" begins with $, which is the library's");
  CHECK(defect_of({.type = "a", .time = timestamp::max()}) ==
        "invalid argument: the recorded time lies outside the years 0000 to 9999 [stream s, type "
        "a]");
  CHECK(defect_of({{{"s", any, {{.type = "$tombstoned"}, {.type = "a"}}}}, {}}) ==
        "invalid argument: a tombstone is the last event of its stream [stream s, type "
        "$tombstoned]");
}

TEST_CASE("streams and ids are used once, also far apart in a large commit") {
  CHECK(defect_of({{{"s", any}, {"t", any}, {"s", any}}, {}}) ==
        "invalid argument: a commit names each stream once");
  constexpr std::size_t many = 50'000; // comparing each with each would take minutes
  plain_commit large{{{"s", any}}, {}};
  for (std::size_t i = 0; i < many; ++i) {
    large.writes.front().events.push_back({.type = "a", .id = id_of(i)});
    large.writes.push_back({"s-" + std::to_string(i), any});
  }
  CHECK(defect_of(large) == "");
  large.writes.front().events.push_back({.type = "a", .id = id_of(0)});
  CHECK(defect_of(large) ==
        "invalid argument: a commit uses an event id once in a stream [stream s]");
  large.writes.front().events.pop_back();
  large.writes.push_back({"s-7", any});
  CHECK(defect_of(large) == "invalid argument: a commit names each stream once");
}

TEST_CASE("an admitted commit has the receipt that it will have") {
  told_index store;
  CHECK(*store.append({{{"s", any, testing::events("a b")}}, {}}) ==
        append_receipt{global_position{1}, global_position{2}, {stream_version{2}}});
  CHECK(*store.append({{{"g", no_stream}, {"s", exactly(2), testing::events("c")}}, {}}) ==
        append_receipt{
            global_position{3}, global_position{3}, {stream_version{0}, stream_version{3}}});
  CHECK(*store.append({{{"s", exactly(3)}}, {}}) ==
        append_receipt{global_position{3}, global_position{3}, {stream_version{3}}});
}

TEST_CASE("an empty store gives a commit without events the origin") {
  told_index store;
  CHECK(*store.append({{}, {{query::all(), {}}}}) == append_receipt{});
}

TEST_CASE("a commit is judged by ids first, then streams, then conditions") {
  told_index store;
  const plain_event known{.type = "a", .id = id_of(1)};
  static_cast<void>(store.append({{{"s", any, {known}}}, {}}));

  plain_commit wrong{{{"s", exactly(9), {known}}}, {{query::all(), {}}}};
  CHECK(store.append(wrong)->replayed);
  wrong.writes[0].events[0].type = "b";
  CHECK(store.append(wrong).error().reason == kind::event_id);
  wrong.writes[0].events[0].id.reset();
  CHECK(store.append(wrong).error().reason == kind::version);
  wrong.writes[0].expected = exactly(1);
  CHECK(store.append(wrong).error().reason == kind::condition);
  wrong.conditions[0].after = store.head();
  CHECK(store.append(wrong));
}

TEST_CASE("a stream is judged for its tombstone before its version") {
  told_index store;
  static_cast<void>(store.append({{{"s", any, {{.type = "$tombstoned"}}}}, {}}));
  const auto refused = store.append({{{"s", exactly(9), testing::events("a")}}, {}});
  CHECK(refused.error() == append_conflict{kind::tombstoned, "s", exactly(9), stream_version{1}});
  CHECK(store.append({{{"s", exactly(1)}}, {}}));
}

TEST_CASE("a commit without ids costs no lookups, one with ids one each") {
  told_index store;
  static_cast<void>(store.append({{{"s", any, testing::events("a b c")}}, {}}));
  CHECK(store.id_lookups == 0);
  static_cast<void>(store.append(
      {{{"s", any, {{.type = "a", .id = id_of(1)}, {.type = "b"}, {.type = "c", .id = id_of(2)}}}},
       {}}));
  CHECK(store.id_lookups == 2);
}

TEST_CASE("a replay is recognised in every stream and in order") {
  told_index store;
  const plain_commit commit{
      {{"s", any, {{.type = "a", .id = id_of(1)}}}, {"t", any, {{.type = "b", .id = id_of(1)}}}},
      {}};
  auto original = *store.append(commit);
  static_cast<void>(store.append({{{"s", any, testing::events("later")}}, {}}));
  original.replayed = true;
  CHECK(*store.append(commit) == original);
  CHECK(store.events.size() == 3);

  auto turned = commit;
  std::swap(turned.writes[0], turned.writes[1]);
  const auto refused = store.append(turned);
  CHECK(refused.error() ==
        append_conflict{kind::event_id, "t", any, stream_version{1}, global_position{2}});
}

TEST_CASE("the replayed receipt has the present version of a guarded stream") {
  told_index store;
  static_cast<void>(store.append({{{"guarded", any, testing::events("x")}}, {}}));
  const plain_commit commit{
      {{"guarded", exactly(1)}, {"s", any, {{.type = "a", .id = id_of(1)}}}, {"new", no_stream}},
      {}};
  static_cast<void>(store.append(commit));
  static_cast<void>(store.append({{{"guarded", any, testing::events("y")}}, {}}));
  CHECK(store.append(commit)->versions ==
        std::vector{stream_version{2}, stream_version{1}, stream_version{0}});
}

TEST_CASE("a retry has to be the same in type, schema, data and tags, and in nothing else") {
  told_index store;
  const plain_event stored{.type = "a", .data = R"({"n":1})", .id = id_of(1), .tags = {"x", "y"}};
  static_cast<void>(store.append({{{"s", any, {stored}}}, {}}));
  const auto sent_again = [&](auto change) {
    plain_event event = stored;
    change(event);
    return store.append({{{"s", any, {event}}}, {}}).has_value();
  };
  CHECK(sent_again([](plain_event&) {}));
  CHECK(sent_again([](plain_event& event) { event.metadata = R"({"correlation":"c"})"; }));
  CHECK(sent_again([](plain_event& event) { event.time = timestamp{}; }));
  CHECK(!sent_again([](plain_event& event) { event.type = "b"; }));
  CHECK(!sent_again([](plain_event& event) { event.schema = 2; }));
  CHECK(!sent_again([](plain_event& event) { event.data = R"({"n": 1})"; }));
  CHECK(!sent_again([](plain_event& event) { event.tags = {"y", "x"}; }));
  CHECK(!sent_again([](plain_event& event) { event.tags = {"x"}; }));
  CHECK(!sent_again([](plain_event& event) { event.tags = {"x", "y", "z"}; }));
}

TEST_CASE("the beginning of a stored commit is not that commit") {
  told_index store;
  const plain_event first{.type = "a", .id = id_of(1)};
  const plain_event second{.type = "b", .id = id_of(2)};
  static_cast<void>(store.append({{{"s", any, {first, second}}}, {}}));
  CHECK(store.append({{{"s", any, {first}}}, {}}).error().at == global_position{1});
  CHECK(store.append({{{"s", any, {second}}}, {}}).error().at == global_position{2});
  CHECK(
      store.append({{{"s", any, {first, second, {.type = "c", .id = id_of(3)}}}}, {}}).error().at ==
      global_position{1});
}

TEST_CASE("the parts of two commits that look alike are not taken for one") {
  told_index store;
  const auto pair = [](std::uint64_t first, std::uint64_t second) {
    return plain_commit{
        {{"s", any, {{.type = "a", .id = id_of(first)}, {.type = "b", .id = id_of(second)}}}}, {}};
  };
  static_cast<void>(store.append(pair(1, 2)));
  static_cast<void>(store.append(pair(3, 4)));
  CHECK(store.append(pair(1, 4)).error().at == global_position{4});
  CHECK(store.append(pair(3, 2)).error().at == global_position{2});
  CHECK(store.append(pair(1, 2))->replayed);
  CHECK(store.append(pair(3, 4))->replayed);
}

TEST_CASE("a condition beyond the head is a mistake, and says where the head is") {
  told_index store;
  CHECK_THROWS_WITH(
      store.append({{{"s", any, testing::events("a")}}, {{query::all(), global_position{1}}}}),
      "invalid argument: an append condition looks after position 1, beyond the head "
      "0");
}

} // namespace
