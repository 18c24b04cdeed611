// Both readers of JSON share these functions, so they are held against simdjson.
#include <evstore/json/detail/string.hpp>

#include <catch2/catch.hpp>

#include <simdjson.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::optional<std::string> ours(const std::string& token) {
  const std::vector<char> exact(token.begin(),
                                token.end()); // a sanitizer sees reads behind the end
  const char* const end = exact.data() + exact.size();
  std::string text = "left over";
  const char* const read = evstore::json::detail::read_text(exact.data(), end, text);
  if (read == nullptr || read != end) return std::nullopt;
  return text;
}

std::optional<std::string> expected(simdjson::dom::parser& parser, const std::string& token) {
  std::string_view text;
  if (parser.parse(token).get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  return std::string{text};
}

} // namespace

TEST_CASE("strings are what simdjson takes them for") {
  constexpr std::string_view pieces[] = {"x",
                                         "xyz",
                                         "0123456789abcdef",
                                         "\\n",
                                         "\\\"",
                                         "\\\\",
                                         "\\/",
                                         "\\b\\f",
                                         "\\r\\t",
                                         "\\u0000",
                                         "\\u00e9",
                                         "\\u20AC",
                                         "\\ud83d\\udc09",
                                         "\\ud83d",
                                         "\\udc09",
                                         "\\u12",
                                         "\\x",
                                         "\\",
                                         "\"",
                                         "\xC3\xA9",
                                         "\xF0\x9F\x90\x89",
                                         "\xC3",
                                         "\x80",
                                         "\xED\xA0\x80",
                                         "\xE2\x82\xAC",
                                         "\xF4\x90\x80\x80",
                                         "\x01",
                                         "\x1F",
                                         "\x7F",
                                         " "};
  std::mt19937_64 random{3};
  simdjson::dom::parser parser;
  std::size_t accepted = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string token = "\"";
    for (std::size_t n = random() % 9; n != 0; --n) {
      // Mostly such as are valid, or nothing would be.
      const std::size_t piece = random() % (random() % 4 == 0 ? std::size(pieces) : 13);
      if (piece == 12 || random() % 8 != 0) token += pieces[piece];
      token.append(random() % 3, 'y');
    }
    token += '"';
    const auto mine = ours(token);
    INFO(token);
    REQUIRE(mine == expected(parser, token));
    accepted += mine ? 1 : 0;
  }
  CHECK(accepted > 10'000);
}

TEST_CASE("a string without an end is none") {
  for (const char* token : {"", "\"", "\"x", "x", "\"\\", "\"\\\"", "\"\\u", "\"\\u004", "'x'"})
    CHECK(ours(token) == std::nullopt);
}
