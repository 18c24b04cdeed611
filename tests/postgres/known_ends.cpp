// What a session remembers of the ends of a store, without a server.

#include <evstore/postgres/lone_event.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace evstore;
using postgres::known_ends;

constexpr std::uint64_t session = 7;
constexpr std::uint64_t another = 8;

/// A head, and a version of the stream that is asked for.
using place = std::pair<std::int64_t, std::int64_t>;
const std::optional<place> nothing;

std::optional<place> behind(const known_ends& ends, std::string_view stream,
                            expected_version expected, std::uint64_t of = session) {
  const auto found = ends.behind(of, {stream, expected});
  return found ? std::optional{place{found->head, found->version}} : nothing;
}

/// As many commits of one event as a session stores one behind the other.
class lone_writer {
public:
  explicit lone_writer(known_ends& ends) : ends_{ends} {}
  void store(int commits, std::uint64_t of = session) {
    for (; commits != 0; --commits, ++head_) ends_.add(of, "s", {head_, head_});
  }
  void let_others_store_one() { ++head_; }

private:
  known_ends& ends_;
  std::int64_t head_ = 0;
};

TEST_CASE("who has stored nothing knows nothing") {
  const known_ends ends;
  CHECK(behind(ends, "s", any) == nothing);
  CHECK(behind(ends, "s", no_stream) == nothing);
}

TEST_CASE("behind what a session has stored goes what it stores next") {
  known_ends ends;
  ends.add(session, "s", {40, 2});
  CHECK(behind(ends, "s", exactly(3)) == place{41, 3});
  ends.add(session, "t", {41, 0});
  CHECK(behind(ends, "s", exactly(3)) == place{42, 3});
  CHECK(behind(ends, "t", exactly(1)) == place{42, 1});
  ends.add(session, "s", {42, 3});
  CHECK(behind(ends, "s", exactly(4)) == place{43, 4});
}

TEST_CASE("what a commit does not expect is for the function to judge") {
  known_ends ends;
  ends.add(session, "s", {40, 2});
  CHECK(behind(ends, "s", any) == place{41, 3});
  CHECK(behind(ends, "s", stream_exists) == place{41, 3});
  CHECK(behind(ends, "s", exactly(2)) == nothing);
  CHECK(behind(ends, "s", exactly(4)) == nothing);
  CHECK(behind(ends, "s", no_stream) == nothing);
}

TEST_CASE("of a stream that is not known only the beginning can be tried") {
  known_ends ends;
  ends.add(session, "s", {40, 2});
  CHECK(behind(ends, "new", no_stream) == place{41, 0});
  CHECK(behind(ends, "new", exactly(0)) == place{41, 0});
  CHECK(behind(ends, "new", any) == nothing);
  CHECK(behind(ends, "new", stream_exists) == nothing);
  CHECK(behind(ends, "new", exactly(1)) == nothing);
}

TEST_CASE("one session does not know what another has stored, nor what it knew before") {
  known_ends ends;
  ends.add(session, "s", {40, 2});
  CHECK(behind(ends, "s", any, another) == nothing);
  CHECK(behind(ends, "new", no_stream, another) == nothing);
  SECTION("when it has stored one event") {
    ends.add(another, "t", {40, 0});
    CHECK(behind(ends, "t", any, another) == place{41, 1});
  }
  SECTION("when it has stored several") { ends.add_others(another, 40, 1); }
  CHECK(behind(ends, "new", no_stream, another) == place{41, 0});
  CHECK(behind(ends, "s", any, another) == nothing);
  CHECK(behind(ends, "new", no_stream) == nothing);
}

TEST_CASE("behind several events the head is known, and no stream") {
  known_ends ends;
  ends.add(session, "s", {40, 2});
  ends.add_others(session, 41, 3);
  CHECK(behind(ends, "s", any) == nothing);
  CHECK(behind(ends, "new", no_stream) == place{44, 0});
}

TEST_CASE("what others have stored in between is behind what the session has stored then") {
  known_ends ends;
  ends.add(session, "s", {40, 2});
  ends.add(session, "s", {45, 6});
  CHECK(behind(ends, "s", any) == place{46, 7});
}

TEST_CASE("after an attempt that came to nothing, the next is made after 32 commits alone") {
  known_ends ends;
  lone_writer writer{ends};
  writer.store(40);
  REQUIRE(behind(ends, "s", any));
  ends.lose();
  CHECK(behind(ends, "s", any) == nothing);
  writer.store(31);
  CHECK(behind(ends, "s", any) == nothing);
  SECTION("one event each") {
    writer.store(1);
    CHECK(behind(ends, "s", any) == place{72, 72});
  }
  SECTION("or several") {
    ends.add_others(session, 71, 5);
    CHECK(behind(ends, "new", no_stream) == place{76, 0});
  }
  SECTION("with nobody in between") {
    writer.let_others_store_one();
    writer.store(31);
    CHECK(behind(ends, "s", any) == nothing);
    writer.store(1);
    CHECK(behind(ends, "s", any) == place{104, 104});
  }
  SECTION("of one session") {
    writer.store(31, another);
    CHECK(behind(ends, "s", any, another) == nothing);
    writer.store(1, another);
    CHECK(behind(ends, "s", any, another) == place{103, 103});
  }
}

TEST_CASE("of more streams than there is room for, those that are still known are known rightly") {
  known_ends ends;
  constexpr std::int64_t streams = 200;
  for (std::int64_t i = 0; i < streams; ++i)
    ends.add(session, "s-" + std::to_string(i), {i, 1000 + i});
  int known = 0;
  for (std::int64_t i = 0; i < streams; ++i)
    if (const auto found = behind(ends, "s-" + std::to_string(i), any)) {
      CHECK(*found == place{streams, 1001 + i});
      ++known;
    }
  CHECK(known > 1);
  CHECK(known <= 64);
  CHECK(behind(ends, "s-199", any)); // the last, whatever it has displaced
}

} // namespace
