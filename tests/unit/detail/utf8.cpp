#include <evstore/detail/utf8.hpp>

#include <simdjson.h>
#include <catch2/catch.hpp>

#include <array>
#include <string>

namespace {

using evstore::detail::is_utf8;
using evstore::detail::utf8_valid_prefix;

// Each byte that begins or ends a row of the table of well-formed sequences, and its neighbours.
constexpr std::array<unsigned char, 24> borders{0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0,
                                                0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
                                                0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF};

TEST_CASE("every sequence of border bytes is judged as simdjson judges it") {
  std::size_t wrong = 0;
  std::string text(4, '\0');
  for (const unsigned char a : borders)
    for (const unsigned char b : borders)
      for (const unsigned char c : borders)
        for (const unsigned char d : borders) {
          text[0] = static_cast<char>(a);
          text[1] = static_cast<char>(b);
          text[2] = static_cast<char>(c);
          text[3] = static_cast<char>(d);
          if (is_utf8(text) != simdjson::validate_utf8(text)) ++wrong;
        }
  CHECK(wrong == 0);
}

TEST_CASE("the fault is found wherever it stands between the eight-byte steps") {
  for (std::size_t before = 0; before < 20; ++before)
    for (std::size_t after = 0; after < 20; ++after) {
      const std::string left(before, 'x');
      const std::string right(after, 'y');
      CHECK(utf8_valid_prefix(left + "\xC3\xA9" + right) == before + 2 + after);
      CHECK(utf8_valid_prefix(left + "\xFF" + right) == before);
      CHECK(utf8_valid_prefix(left + "\xE2\x82" + right) == before);
    }
}

TEST_CASE("a view that ends inside a sequence is cut short, whatever lies behind it") {
  const std::string dragon{"\xF0\x9F\x90\x89"};
  for (std::size_t length = 1; length < 4; ++length)
    CHECK(utf8_valid_prefix(std::string_view{dragon}.substr(0, length)) == 0);
  CHECK(is_utf8(dragon));
}

} // namespace
