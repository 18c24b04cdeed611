#include <evstore/expected_version.hpp>

#include <catch2/catch.hpp>

TEST_CASE("an expectation is told in the words that it was made with") {
  using namespace evstore;
  CHECK(any.to_string() == "any");
  CHECK(no_stream.to_string() == "no_stream");
  CHECK(stream_exists.to_string() == "stream_exists");
  CHECK(exactly(18446744073709551615U).to_string() == "exactly(18446744073709551615)");
  CHECK(exactly(stream_version{0}).to_string() == "exactly(0)");
}
