#include <evstore/commit.hpp>

#include <catch2/catch.hpp>

#include <array>

namespace {

using namespace evstore;
using kind = append_conflict::kind;

TEST_CASE("a commit counts the events of all its writes") {
  const std::array<new_event, 3> events{new_event{"a", {}}, new_event{"b", {}}, new_event{"c", {}}};
  const std::array writes{stream_write{"s", any, {events.data(), 2}}, stream_write{"guard", any},
                          stream_write{"t", any, {events.data() + 2, 1}}};
  CHECK(commit_view{writes}.event_count() == 3);
  CHECK(commit_view{}.event_count() == 0);
}

TEST_CASE("an event that is stored has its place, and the time of storing unless it brought one") {
  const std::array<std::string_view, 2> tags{"x", "y"};
  new_event event{.type = "a",
                  .data = json_view::trusted("{}"),
                  .schema = 2,
                  .id = event_id{{1}},
                  .tags = tags,
                  .metadata = json_view::trusted(R"({"user":{}})")};
  const timestamp now{std::chrono::hours{5}};
  const auto store = [&] {
    return event_record{placed(event, global_position{4}, "s", stream_version{2}, {1, 3}, now)};
  };
  event_record expected;
  expected.position = global_position{4};
  expected.stream = "s";
  expected.version = stream_version{2};
  expected.type = "a";
  expected.schema = 2;
  expected.id = event_id{{1}};
  expected.time = now;
  expected.commit = {1, 3};
  expected.tags = {"x", "y"};
  expected.data = "{}";
  expected.metadata = R"({"user":{}})";
  CHECK(store() == expected);
  event.time = expected.time = timestamp{std::chrono::hours{1}};
  CHECK(store() == expected);
}

TEST_CASE("a receipt's version is that of the first stream") {
  CHECK(append_receipt{{}, {}, {stream_version{3}, stream_version{1}}}.version() ==
        stream_version{3});
  CHECK(append_receipt{}.version() == stream_version{});
}

TEST_CASE("a conflict says in words what was expected and what is there") {
  CHECK(append_conflict{kind::version, "account-ada", exactly(3), stream_version{4}}.to_string() ==
        "stream account-ada was expected to be exactly(3) and has version 4");
  CHECK(append_conflict{kind::version, "s", no_stream, stream_version{1}}.to_string() ==
        "stream s was expected to be no_stream and has version 1");
  CHECK(append_conflict{kind::condition, "tags x", any, {}, global_position{9}}.to_string() ==
        "an event that matches tags x was appended at position 9");
  CHECK(append_conflict{kind::event_id, "s", any, {}, global_position{2}}.to_string() ==
        "stream s has another event under an id of this commit, at position 2");
  CHECK(append_conflict{kind::tombstoned, "s"}.to_string() ==
        "stream s is tombstoned and takes no more events");
}

TEST_CASE("a conflict that is taken for granted is thrown with its place") {
  const append_result refused =
      failure{append_conflict{kind::event_id, "s", any, {}, global_position{2}}};
  try {
    static_cast<void>(refused.value());
    FAIL("nothing was thrown");
  } catch (const error& thrown) {
    CHECK(thrown.code() == errc::conflict);
    CHECK(thrown.place().stream == "s");
    CHECK(thrown.place().position == 2U);
    CHECK(!thrown.retryable());
  }
}

TEST_CASE("the query of a failed condition is not taken for a stream") {
  try {
    throw_refusal(append_conflict{kind::condition, "tags x", any, {}, global_position{9}});
  } catch (const error& thrown) {
    CHECK(thrown.place().stream.empty());
    CHECK(thrown.place().position == 9U);
  }
}

} // namespace
