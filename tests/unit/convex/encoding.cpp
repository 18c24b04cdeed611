// Values and their JSON against the official client, whose answers were asked for once and kept
// (official/make_vectors.mjs), and against themselves.
#include <evstore/convex/decode.hpp>
#include <evstore/convex/encode.hpp>
#include <evstore/convex/value.hpp>
#include <evstore/testing/arbitrary.hpp>

#include <support/data.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <fstream>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace evstore::convex;
using evstore::testing::random_source;

namespace {

/// The lines of a file, each cut at its last tab.
std::vector<std::pair<std::string, std::string>> official(const std::string& name) {
  std::ifstream file{evstore::tests::data("unit/convex/official/" + name), std::ios::binary};
  std::vector<std::pair<std::string, std::string>> lines;
  for (std::string line; std::getline(file, line);) {
    const std::size_t tab = line.rfind('\t');
    lines.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  }
  REQUIRE(lines.size() > 50);
  return lines;
}

/// What is wrong with a text, or nothing.
std::string refusal(std::string_view text, const limits& most = {}) {
  try {
    static_cast<void>(decode(text, most));
  } catch (const evstore::error& refused) {
    CHECK(refused.code() == evstore::errc::decode_failed);
    return refused.what();
  }
  return {};
}

value draw(random_source& from, int depth) {
  using evstore::testing::arbitrary;
  switch (from.below(depth > 0 ? 8 : 6)) {
  case 0: return nullptr;
  case 1: return from.one_in(2);
  case 2: return arbitrary<std::int64_t>(from);
  case 3: return std::bit_cast<double>(from.next()); // also NaN of every kind
  case 4: return arbitrary<std::string>(from);
  case 5: {
    bytes drawn(from.below(9));
    for (auto& byte : drawn) byte = static_cast<std::byte>(from.below(256));
    return drawn;
  }
  case 6: {
    array drawn(from.below(4));
    for (value& element : drawn) element = draw(from, depth - 1);
    return drawn;
  }
  default: {
    object drawn;
    for (std::size_t i = from.below(4); i > 0; --i)
      drawn.set(std::string(from.below(3), static_cast<char>('a' + from.below(3))),
                draw(from, depth - 1));
    return drawn;
  }
  }
}

} // namespace

TEST_CASE("what the official client writes is read, and written again byte for byte") {
  for (const auto& [rank, text] : official("ordered.tsv")) {
    INFO(text);
    CHECK(encode(decode(text)) == text);
  }
}

TEST_CASE("values are ordered as the official client orders them") {
  std::vector<std::pair<int, value>> values;
  for (const auto& [rank, text] : official("ordered.tsv"))
    values.emplace_back(std::stoi(rank), decode(text));
  std::size_t wrong = 0;
  for (const auto& [rank, one] : values)
    for (const auto& [other_rank, other] : values)
      if ((rank <=> other_rank) != (one <=> other)) ++wrong;
  CHECK(wrong == 0);
}

TEST_CASE("what the official client refuses is refused; what is read means the same") {
  // It is lenient about base64 that has foreign characters, bits or padding in it, and we are not:
  // such bytes are not those that are sent back.
  const std::set<std::string> stricter{R"({"$integer":"AQAAA*AAAAA="})", R"({"$bytes":"AR=="})",
                                       R"({"$bytes":"A==="})", R"({"$bytes":"AQ==AQID"})"};
  for (const auto& [text, answer] : official("judged.tsv")) {
    const std::string refused = refusal(text);
    INFO(text << "\n" << refused);
    if (refused.empty())
      CHECK(encode(decode(text)) == answer);
    else
      CHECK((answer.empty() || stricter.contains(text)));
  }
  for (const std::string& text : stricter) CHECK_FALSE(refusal(text).empty());
}

TEST_CASE("the constants of the protocol are written as it says") {
  CHECK(encode(std::int64_t{1}) == R"({"$integer":"AQAAAAAAAAA="})");
  CHECK(encode(std::int64_t{-1}) == R"({"$integer":"//////////8="})");
  CHECK(encode(std::numeric_limits<double>::quiet_NaN()) == R"({"$float":"AAAAAAAA+H8="})");
  CHECK(encode(-0.0) == R"({"$float":"AAAAAAAAAIA="})");
  CHECK(encode(std::numeric_limits<double>::infinity()) == R"({"$float":"AAAAAAAA8H8="})");
  CHECK(encode(-std::numeric_limits<double>::infinity()) == R"({"$float":"AAAAAAAA8P8="})");
  CHECK(encode(object{{"b", bytes{std::byte{1}, std::byte{2}, std::byte{3}}}, {"a", nullptr}}) ==
        R"({"a":null,"b":{"$bytes":"AQID"}})");
}

TEST_CASE("the lossy format says in words what JSON has no number for") {
  const value mixed = array{std::int64_t{-7},
                            std::numeric_limits<double>::quiet_NaN(),
                            -std::numeric_limits<double>::infinity(),
                            -0.0,
                            1.5,
                            bytes{std::byte{255}}};
  CHECK(encode(mixed, format::json) == R"(["-7","NaN","-Infinity",-0,1.5,"/w=="])");
}

TEST_CASE("any value is the same after a round trip, and equal exactly if its text is") {
  random_source from{7};
  std::vector<value> drawn;
  for (int i = 0; i < 400; ++i) drawn.push_back(draw(from, 4));
  for (const value& one : drawn) {
    const std::string text = encode(one);
    REQUIRE(decode(text) == one);
    REQUIRE(decode(to_raw_json(one)) == one);
    for (const value& other : drawn) {
      REQUIRE((one == other) == (text == encode(other)));
      REQUIRE((one < other) == (other > one));
    }
  }
  std::sort(drawn.begin(), drawn.end()); // no order, no luck: a library with checks would abort
  CHECK(std::is_sorted(drawn.begin(), drawn.end()));
}

TEST_CASE(
    "a text that is cut or has one byte changed is a value that is written as it was read, or an "
    "error") {
  random_source from{11};
  for (int i = 0; i < 300; ++i) {
    std::string text = encode(draw(from, 4));
    if (from.one_in(2))
      text.resize(from.below(text.size()));
    else
      text[from.below(text.size())] = "\"{}[],:$=A0-e.\\u\x80"[from.below(17)];
    if (!refusal(text).empty()) continue;
    const value read = decode(text);
    REQUIRE(decode(encode(read)) == read);
  }
}

TEST_CASE("an error names the path") {
  CHECK_THAT(refusal(R"({"a":[1,{"b":{"$integer":"AAA="}}]})"),
             Catch::Contains("$integer has 2 bytes instead of 8") && Catch::Contains("$.a[1].b"));
  CHECK_THAT(refusal(R"({"a":{"$set":[]}})"), Catch::Contains("$set is no type of Convex"));
  CHECK_THAT(refusal(R"([{"x":1,"x":2}])"),
             Catch::Contains("the field x stands twice") && Catch::Contains("$[0]"));
  CHECK_THAT(refusal(R"({"a":"\ud800"})"), Catch::Contains("$.a"));
  CHECK_THAT(refusal(R"([0,1e999])"),
             Catch::Contains("expected a value, found 1e999") && Catch::Contains("$[1]"));
  CHECK_THROWS_WITH(encode(object{{"a", array{"\xff"}}}),
                    Catch::Contains("not valid UTF-8") && Catch::Contains("$.a[0]"));
  CHECK_THROWS_WITH((object{{"$a", 1.0}}), Catch::Contains("reserved"));
  CHECK_THROWS_WITH(object::of({{"a", 1.0}, {"a", 2.0}}), Catch::Contains("twice"));
}

TEST_CASE("what is exactly as large as it may be is read, and one more is refused") {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + R"({"$integer":"AQAAAAAAAAA="})" +
           std::string(static_cast<std::size_t>(depth), ']');
  };
  CHECK(refusal(nested(64)).empty());
  CHECK_THAT(refusal(nested(65)), Catch::Contains("nested deeper than 64 levels"));
  CHECK_THAT(refusal(std::string(100'000, '[')),
             Catch::Contains("not JSON") || Catch::Contains("nested"));
  CHECK(refusal("[1,2,3]", {.elements = 3}).empty());
  CHECK_THAT(refusal("[1,2,3]", {.elements = 2}), Catch::Contains("more than 2 elements"));
  CHECK(refusal(R"({"a":1,"b":2})", {.fields = 2}).empty());
  CHECK_THAT(refusal(R"({"a":1,"b":2})", {.fields = 1}), Catch::Contains("more than 1 fields"));
  const std::string text =
      R"({"a":["xyz",{"$integer":"AQAAAAAAAAA="},null,true,1],"b":{"$bytes":"AQID"}})";
  const std::size_t size = decode(text).size();
  CHECK(size == 2 + 2 + (2 + 5 + 9 + 1 + 1 + 9) + 2 + 5);
  CHECK(refusal(text, {.size = size}).empty());
  CHECK_THAT(refusal(text, {.size = size - 1}), Catch::Contains("larger than"));
}

TEST_CASE("an object keeps its fields sorted, each once") {
  object fields{{"b", 1.0}, {"a", "x"}};
  fields.set("c", nullptr);
  fields.set("b", true);
  CHECK(encode(fields) == R"({"a":"x","b":true,"c":null})");
  CHECK(fields.find("c") != nullptr);
  CHECK(fields.find("d") == nullptr);
  CHECK(fields.erase("a"));
  CHECK_FALSE(fields.erase("a"));
  CHECK(fields.size() == 2);
}

TEST_CASE("the fields of documents are identifiers that are not the system's") {
  CHECK(document_field_defect("engine_tools2").empty());
  for (const char* name : {"", "_id", "a b", "2a", "a-b"})
    CHECK_FALSE(document_field_defect(name).empty());
  CHECK_FALSE(document_field_defect(std::string(65, 'a')).empty());
}
