#include <evstore/stream_facts.hpp>

#include <catch2/catch.hpp>

#include <limits>

namespace {

using namespace evstore;

stream_state truncated(const stream_state& state, std::uint64_t before) {
  return state.after(fact::truncated, truncated_data(stream_version{before}));
}
stream_state with_events(std::uint64_t count) {
  stream_state state;
  for (std::uint64_t i = 0; i < count; ++i) state = state.after("happened", "{}");
  return state;
}

TEST_CASE("a stream begins at version 0 and shows from version 1") {
  const stream_state state;
  CHECK(state.version == stream_version{0});
  CHECK(state.first == stream_version{1});
  CHECK(!state.tombstoned);
}

TEST_CASE("each event counts") {
  CHECK(with_events(3) == stream_state{stream_version{3}, stream_version{1}, false});
}

TEST_CASE("a truncation moves what is shown first, and counts itself") {
  CHECK(truncated(with_events(5), 4) == stream_state{stream_version{6}, stream_version{4}, false});
  CHECK(truncated(with_events(5), 6).first == stream_version{6});
}

TEST_CASE("a truncation never shows again what was hidden") {
  CHECK(truncated(truncated(with_events(5), 4), 2).first == stream_version{4});
  CHECK(truncated(with_events(5), 0).first == stream_version{1});
}

TEST_CASE("a truncation hides neither itself nor what comes after it") {
  const stream_state state = truncated(with_events(2), std::numeric_limits<std::uint64_t>::max());
  CHECK(state.first == stream_version{3});
  CHECK(state.after("happened", "{}").first == stream_version{3});
}

TEST_CASE("a tombstone hides all before it") {
  const stream_state state = with_events(2).after(fact::tombstoned, "{}");
  CHECK(state == stream_state{stream_version{3}, stream_version{3}, true});
}

TEST_CASE("the data of a truncation is read back") {
  for (const std::uint64_t before : {std::uint64_t{0}, std::uint64_t{7}, ~std::uint64_t{0}})
    CHECK(parse_truncated(truncated_data(stream_version{before})) == stream_version{before});
  CHECK(truncated_data(stream_version{12}) == R"({"before":12})");
}

TEST_CASE("only the library's own form is a truncation") {
  for (const char* data :
       {"", "{}", R"({"before":})", R"({"before": 1})", R"({"before":01})", R"({"before":-1})",
        R"({"before":+1})", R"({"before":1.0})", R"({"before":1,"a":2})", R"({"before":"1"})",
        R"({"before":18446744073709551616})", R"( {"before":1})", R"({"before":1} )"})
    CHECK(!parse_truncated(data));
}

TEST_CASE("what is not a truncation, though it is called so, hides nothing") {
  CHECK(with_events(2).after(fact::truncated, R"({"before":"x"})").first == stream_version{1});
}

} // namespace
