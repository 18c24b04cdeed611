#include <evstore/jsonl/next_position.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

using evstore::jsonl::next_position;

std::string beginning(const std::string& digits) {
  return R"({"position":)" + digits + R"(,"stream":")";
}

/// With the room that the reader is promised.
struct line {
  explicit line(const std::string& begin)
      : size{begin.size()}, text{begin + std::string(64, 'x')} {}
  std::size_t size;
  std::string text;
};

/// Whether exactly this number is read where a line begins like that.
bool reads(next_position& reader, const std::string& begin, std::uint64_t expected) {
  const line here{begin};
  const char* at = here.text.data();
  std::uint64_t found = 0;
  return reader.take(at, found) && found == expected && at == here.text.data() + here.size;
}
bool reads(next_position& reader, std::uint64_t number) {
  return reads(reader, beginning(std::to_string(number)), number);
}
bool refuses(next_position& reader, const std::string& begin) {
  const line here{begin};
  const char* at = here.text.data();
  std::uint64_t found = 0;
  return !reader.take(at, found);
}

TEST_CASE("positions are read as they ascend, over every carry") {
  next_position reader;
  for (std::uint64_t number = 0; number < 120'000; ++number) REQUIRE(reads(reader, number));
  std::uint64_t power = 100'000;
  for (int digits = 7; digits < 20; ++digits, power *= 10) {
    for (std::uint64_t number = power * 10 - 30; number < power * 10 + 30; ++number)
      REQUIRE(reads(reader, number));
    for (std::uint64_t number = power * 5 - 130; number < power * 5 + 130; ++number)
      REQUIRE(reads(reader, number));
  }
}

TEST_CASE("a position that is not the next one is read, too") {
  next_position reader;
  for (const std::uint64_t number :
       {7u, 7u, 8u, 3u, 4u, 99u, 98u, 100u, 4'000'000'000u, 12'345u, 12'346u})
    CHECK(reads(reader, number));
}

TEST_CASE("what only resembles the next position is not taken for it") {
  for (const std::uint64_t last : {4u, 8u, 41u, 12'344u, 99'998u, 1'234'567u, 4'123'456'788u}) {
    const std::string next = beginning(std::to_string(last + 1));
    for (std::size_t byte = 0; byte < next.size(); ++byte)
      for (int bit = 0; bit < 8; ++bit) {
        next_position reader;
        REQUIRE(reads(reader, last));
        std::string altered = next;
        altered[byte] = static_cast<char>(altered[byte] ^ (1 << bit));
        const line here{altered};
        const char* at = here.text.data();
        std::uint64_t found = 0;
        // Another digit makes another number, and never this one.
        REQUIRE_FALSE((reader.take(at, found) && found == last + 1));
      }
  }
}

TEST_CASE("a position has no leading zero, no sign and no fraction, and is there") {
  for (const char* const digits : {"", "01", "00", "-1", "+1", "1.0", "1e3", " 1", "1 ", "x",
                                   "99999999999999999999", "00000000000000000001"}) {
    next_position reader;
    CHECK(refuses(reader, beginning(digits)));
    REQUIRE(reads(reader, 41));
    CHECK(refuses(reader, beginning(digits)));
  }
}

TEST_CASE("bytes that no record has are no beginning of one, before any was read") {
  next_position reader;
  CHECK(refuses(reader, R"({"positi)" + std::string(8, '\0') + R"(tream":")"));
  CHECK(refuses(reader, std::string(48, '\0')));
}

} // namespace
