// The canonical reader and the one on simdjson are one reader: for every input the same value, or
// both refuse. Documents that we wrote are broken in the ways that broke other codecs.
#include <evstore/json/read.hpp>
#include <evstore/json/write.hpp>
#include <evstore/testing/arbitrary.hpp>

#include <catch2/catch.hpp>

#include <support/samples.hpp>
#include <support/soak.hpp>

#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using evstore::testing::random_source;
using samples::everything;

namespace {

/// Equal values, and equal to the last bit: -0.0 and 0.0 are written differently.
std::optional<std::string> written(const std::optional<everything>& value) {
  if (!value) return std::nullopt;
  return evstore::json::to_string(*value);
}

std::optional<everything> read_canonically(const evstore::padded_text& text) {
  everything value;
  if (!evstore::json::detail::read_canonical(text, value)) return std::nullopt;
  return value;
}

std::optional<everything> read_tolerantly(std::string_view text) {
  try {
    everything value;
    evstore::json::detail::read_tolerant(text, value);
    return value;
  } catch (const evstore::error& refused) {
    CHECK(refused.code() == evstore::errc::decode_failed);
    return std::nullopt;
  }
}

/// What stands behind a text makes no difference, even where it may be read.
void check_room(std::string_view text, std::string_view behind) {
  const std::string both = std::string{text}.append(behind);
  const auto padded =
      evstore::padded_text::with_room(std::string_view{both}.substr(0, text.size()), behind.size());
  const std::vector<char> exact(text.begin(), text.end());
  const std::string_view alone{exact.data(), exact.size()};
  INFO(both);
  REQUIRE(written(read_canonically(padded)) == written(read_canonically(alone)));
}

/// Everything there is to say about one text.
void check_agreement(std::string_view text) {
  const std::vector<char> exact(text.begin(), text.end()); // a sanitizer sees reads behind the end
  text = {exact.data(), exact.size()};
  const auto fast = read_canonically(text);
  const auto slow = read_tolerantly(text);
  INFO(text);
  // The canonical reader may give up on what the other reads; it never accepts anything else.
  if (fast) REQUIRE(written(fast) == written(slow));
  // Nothing is accepted that is not JSON.
  if (slow) REQUIRE_FALSE(evstore::detail::find_json_defect(text));
  // What was accepted is written in the form that the canonical reader takes, and means the same.
  if (slow) REQUIRE(written(read_canonically(*written(slow))) == written(slow));
}

constexpr std::string_view fragments[] = {",",
                                          ":",
                                          "\"",
                                          "\\",
                                          "{",
                                          "}",
                                          "[",
                                          "]",
                                          "{}",
                                          "[]",
                                          "null",
                                          "true",
                                          "false",
                                          "0",
                                          "-",
                                          "-0",
                                          "1e5",
                                          "1.5",
                                          "0.0",
                                          "1e999",
                                          "01",
                                          " ",
                                          "\n",
                                          "\t",
                                          "\r",
                                          "\\u0000",
                                          "\\ud83d",
                                          "\\udc09",
                                          "\\u0061",
                                          "\\n",
                                          "\xC3",
                                          "\xC3\xA9",
                                          "\xF0\x9F\x90\x89",
                                          "\x80",
                                          "\x01",
                                          "/*",
                                          "0.55555555555555555555555",
                                          "18446744073709551616",
                                          "-9223372036854775809",
                                          "\"flag\":true,",
                                          "\"unknown\":[1,{\"a\":2}],",
                                          "\"maybe\":null,",
                                          "{\"int64\":1}",
                                          ",\"x\":1"};

/// One small damage, or one harmless change.
std::string mutated(std::string text, random_source& from) {
  const std::size_t at = from.below(text.size() + 1);
  switch (from.below(9)) {
  case 0: // a fragment put in
  case 1: text.insert(at, fragments[from.below(std::size(fragments))]); break;
  case 2: text.erase(at, 1 + from.below(4)); break; // bytes lost
  case 3:                                           // a byte changed
    if (at < text.size()) text[at] = static_cast<char>(from.next());
    break;
  case 4: text.resize(at); break; // cut off
  case 5: {                       // a piece that stands twice
    const std::string piece = text.substr(at, from.below(30));
    text.insert(at, piece);
    break;
  }
  case 6: { // space around tokens
    constexpr std::string_view tokens = ",:{}[]";
    for (std::size_t i = text.find_first_of(tokens, at); i < text.size() && from.below(3) != 0;
         i = text.find_first_of(tokens, i + 2))
      text.insert(i, 1, " \n\t\r"[from.below(4)]);
    break;
  }
  case 7: { // a character spelled as an escape
    const std::size_t letter = text.find_first_of("abcdefghijklmnopqrstuvwxyz", at);
    if (letter != text.npos) {
      constexpr std::string_view digits = "0123456789abcdef";
      const auto code = static_cast<unsigned char>(text[letter]);
      text.replace(letter, 1, std::string{"\\u00"} + digits[code >> 4] + digits[code & 0xF]);
    }
    break;
  }
  default: { // two members swapped
    const std::size_t first = text.find(",\"", at);
    const std::size_t second = first == text.npos ? first : text.find(",\"", first + 1);
    const std::size_t third = second == text.npos ? second : text.find(",\"", second + 1);
    if (third != text.npos) {
      const std::string moved = text.substr(first, second - first);
      text.erase(first, second - first);
      text.insert(third - moved.size(), moved);
    }
  }
  }
  return text;
}

} // namespace

TEST_CASE("both readers agree on what we write and on what becomes of it") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  random_source from{seed};
  const auto until =
      std::chrono::steady_clock::now() + evstore::tests::soak_time(std::chrono::milliseconds{300});
  do {
    const auto value = evstore::testing::arbitrary<everything>(from);
    std::string text = evstore::json::to_string(value);
    REQUIRE(written(read_canonically(text)) == text);
    REQUIRE(written(read_tolerantly(text)) == text);
    for (int chain = 0; chain < 8; ++chain) {
      std::string damaged = text;
      for (std::uint64_t steps = 1 + from.below(3); steps != 0; --steps)
        damaged = mutated(std::move(damaged), from);
      check_agreement(damaged);
      check_room(damaged, fragments[from.below(std::size(fragments))]);
    }
  } while (std::chrono::steady_clock::now() < until);
}

TEST_CASE("both readers agree on every prefix and on every single byte changed") {
  const std::string text = evstore::json::to_string(everything{});
  for (std::size_t at = 0; at < text.size(); ++at) {
    check_agreement(std::string_view{text}.substr(0, at));
    check_room(std::string_view{text}.substr(0, at), std::string_view{text}.substr(at));
    check_room(text, std::string_view{text}.substr(at));
    for (const char c :
         {'\0', ' ', '"', '\\', ',', ':', '{', '}', '[', ']', '0', '-', 'e', '\x80'}) {
      std::string changed = text;
      changed[at] = c;
      check_agreement(changed);
    }
  }
}
