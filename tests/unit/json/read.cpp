#include <evstore/json/read.hpp>
#include <evstore/json/write.hpp>

#include <catch2/catch.hpp>

#include <support/samples.hpp>

#include <boost/hana/adapt_struct.hpp>

#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace std::string_literals;
using evstore::errc;
using evstore::error;
using evstore::raw_json;
using evstore::json::read;
using evstore::json::read_into;
using samples::colour;
using samples::point;

namespace {

struct item {
  std::string name;
  std::int64_t cents = 0;

  friend bool operator==(const item&, const item&) = default;
};
EVSTORE_DESCRIBE(item, name, cents)

struct order {
  std::string customer;
  std::vector<item> items;
  std::optional<std::string> note = "a default that reading does not keep";
  std::map<std::string, item> extras;

  friend bool operator==(const order&, const order&) = default;
};
EVSTORE_DESCRIBE(order, customer, items, note, extras)

struct adapted {
  std::int64_t cents;
  std::string reason;

  friend bool operator==(const adapted&, const adapted&) = default;
};

struct holder {
  std::optional<raw_json> any;
  raw_json must;
};
EVSTORE_DESCRIBE(holder, any, must)

struct tree {
  std::vector<tree> children;
};
EVSTORE_DESCRIBE(tree, children)

/// The whole message of a refusal: what, byte and path.
template <class T>
std::string refusal(std::string_view text) {
  try {
    static_cast<void>(read<T>(text));
    return "accepted";
  } catch (const error& refused) {
    CHECK(refused.code() == errc::decode_failed);
    return refused.what();
  }
}

using Catch::Matchers::Contains;
using Catch::Matchers::Equals;

const order usual{"Ada", {{"rope", 100}, {"lamp", 250}}, {}, {{"gift wrap", {"paper", 5}}}};
constexpr std::string_view usual_text =
    R"({"customer":"Ada","items":[{"name":"rope","cents":100},{"name":"lamp","cents":250}],)"
    R"("extras":{"gift wrap":{"name":"paper","cents":5}}})";

} // namespace

BOOST_HANA_ADAPT_STRUCT(adapted, cents, reason);

TEST_CASE("what was written is read") {
  CHECK(evstore::json::to_string(usual) == usual_text);
  CHECK(read<order>(usual_text) == usual);
  CHECK(read<adapted>(R"({"cents":5,"reason":"pay"})") == adapted{5, "pay"});
  CHECK(read<adapted>(R"({"reason":"pay","cents":5})") == adapted{5, "pay"});
}

TEST_CASE("spaces, another order and unknown members make no difference") {
  CHECK(read<order>(R"( { "extras" : { "gift wrap" : { "cents" : 5 , "name" : "paper" } } ,
      "unknown" : { "a" : [ 1 , { "b" : null } ] } , "customer" : "Ada" , "more" : -1.5e3,
      "items" : [ { "name" : "rope" , "cents" : 100 } , {"name":"lamp","cents":250,"x":[]} ] } )") ==
        usual);
}

TEST_CASE("escaped keys and escaped text are what they spell") {
  CHECK(read<item>(R"({"na\u006de":"\u0041\t\/","cents":1})") == item{"A\t/", 1});
  CHECK(read<item>(R"({"name":"\ud83d\udc09\u00e9\u20AC","cents":1})") ==
        item{"\xF0\x9F\x90\x89\xC3\xA9\xE2\x82\xAC", 1});
  CHECK(read<item>(R"({"name":"a\u0000b","cents":1})") == item{"a\0b"s, 1});
  CHECK(read<std::map<std::string, int>>(R"({"\u0061":1})") ==
        std::map<std::string, int>{{"a", 1}});
}

TEST_CASE("an absent or null optional is empty, also where there was a value before") {
  order out{"x", {{"y", 1}, {"z", 2}, {"w", 3}}, "note", {{"k", {}}}};
  read_into(usual_text, out);
  CHECK(out == usual);
  CHECK(read<order>(R"({"customer":"a","items":[],"note":null,"extras":{}})").note == std::nullopt);
  CHECK(read<order>(R"({"note":null,"customer":"a","items":[],"extras":{}})").note == std::nullopt);
}

TEST_CASE("an optional raw_json tells null from nothing") {
  CHECK(read<holder>(R"({"any":null,"must":1})").any == raw_json{});
  CHECK(read<holder>(R"({"must":1})").any == std::nullopt);
  CHECK(read<holder>(R"({"must":1, "any": null })").any == raw_json{});
}

TEST_CASE("raw_json keeps its bytes") {
  for (const auto any : {R"({"a" : [1,  2.50, 1e2, -0.0, "\u0041"], "a":0})", "[ ]", "1e400",
                         "123456789012345678901234567890", R"("\u0000")"}) {
    const auto canonical = R"({"must":)"s + any + "}";
    const auto spaced = R"({ "must" : )"s + any + " }";
    CHECK(read<holder>(canonical).must.text() == any);
    CHECK(read<holder>(spaced).must.text() == any);
  }
  // Line breaks between tokens become spaces, as in every payload.
  CHECK(read<raw_json>("[1,\n2]").text() == "[1, 2]");
}

TEST_CASE("every kind of value is read on its own") {
  CHECK(read<int>("5") == 5);
  CHECK(read<int>(" 5 ") == 5);
  CHECK(read<bool>("true"));
  CHECK(read<std::string>(R"("x")") == "x");
  CHECK(read<std::vector<int>>("[1, 2]") == std::vector{1, 2});
  CHECK(read<std::array<int, 2>>("[1,2]") == std::array{1, 2});
  CHECK(read<std::array<int, 0>>("[ ]").empty());
  CHECK(read<std::optional<int>>("null") == std::nullopt);
  CHECK(read<colour>(R"("yes")") == colour::yes);
  CHECK(read<colour>(R"("\u0079es")") == colour::yes);
  CHECK(read<std::variant<int, point>>(R"({ "point": {"x":1}})") ==
        std::variant<int, point>{point{1, {}}});
}

TEST_CASE("a canonical read is what it would be for simdjson") {
  const auto both = [](std::string_view text) {
    samples::everything fast;
    samples::everything slow;
    REQUIRE(evstore::json::detail::read_canonical(text, fast));
    evstore::json::detail::read_tolerant(text, slow);
    CHECK(fast == slow);
  };
  samples::everything value;
  both(evstore::json::to_string(value));
  value.text = "\n\"\xF0\x9F\x90\x89";
  value.choice = point{-1, "n"};
  value.places = {{"b", {}}, {"a", {}}};
  both(evstore::json::to_string(value));
}

TEST_CASE("integers are exact and in range") {
  CHECK(read<std::int64_t>("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK(read<std::int64_t>("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK(read<std::uint64_t>("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  CHECK(read<std::int64_t>("9007199254740993") == 9007199254740993);
  CHECK(read<std::int8_t>("-128") == -128);
  CHECK(read<int>("-0") == 0);
  for (const auto text : {"9223372036854775808", "-9223372036854775809", "18446744073709551616",
                          "99999999999999999999", "100000000000000000000", "1.0", "1e2", "01", "-",
                          "+1", "", "0x1", "1 2", "--1", "true", "\"1\"", "null", "[1]"})
    CHECK_THAT(refusal<std::int64_t>(text), Contains("decode failed"));
  CHECK_THAT(refusal<std::int8_t>("128"), Contains("expected int8, found 128"));
  CHECK_THAT(refusal<std::int8_t>("-129"), Contains("expected int8, found -129"));
  CHECK_THAT(refusal<unsigned>("-0"), Contains("expected uint32"));
  CHECK_THAT(refusal<std::uint64_t>("18446744073709551616"), Contains("expected uint64"));
  CHECK_THAT(refusal<std::uint64_t>("27670116110564327424"), Contains("expected uint64"));
}

TEST_CASE("doubles are the nearest to their text, whatever its length") {
  // simdjson 3.0.1 reads this one as 0.000124.
  CHECK(read<double>("0.55555555555555555555555") == 0.55555555555555555555555);
  CHECK(read<double>(" 0.55555555555555555555555") == 0.55555555555555555555555);
  CHECK(read<double>("2.2250738585072011e-308") == 2.2250738585072011e-308);
  CHECK(read<double>("5e-324") == 5e-324);
  CHECK(read<double>("1e308") == 1e308);
  CHECK(read<double>("9007199254740993") == 9007199254740992.0);
  CHECK(std::signbit(read<double>("-0.0")));
  CHECK(std::signbit(read<double>(" -0")));
  CHECK(read<float>("0.1") == 0.1f);
  for (const auto text : {"1.", ".5", "1e", "1e+", "-", "-.5", "NaN", "nan", "inf", "Infinity",
                          "-inf", "0x1p3", "01.5", "1e400", "-1e400", "1e-400", "1_0", "\"1\""})
    CHECK_THAT(refusal<double>(text), Contains("decode failed"));
  CHECK_THAT(refusal<float>("1e39"), Contains("expected float, found 1e39"));
}

TEST_CASE("errors name the path, the byte and what stands there") {
  CHECK_THAT(
      refusal<order>(
          R"({"customer":"a","items":[{"name":"b","cents":1},{"name":"c","cents":"d"}],"extras":{}})"),
      Equals("decode failed: expected int64, found \"d\" [byte 68, path $.items[1].cents]"));
  CHECK_THAT(refusal<order>(R"({"customer":"a","items":[{"name":"b"}],"extras":{}})"),
             Equals("decode failed: the member is missing [byte 25, path $.items[0].cents]"));
  CHECK_THAT(refusal<order>(R"({"customer":"a","items":[],"extras":{"x y":{"name":1,"cents":1}}})"),
             Contains("expected string, found 1 [byte 51, path $.extras[\"x y\"].name]"));
  CHECK_THAT(refusal<order>("[]"), Contains("expected order, found [ [byte 0, path $]"));
  CHECK_THAT(refusal<order>("{}"), Contains("the member is missing [byte 0, path $.customer]"));
  CHECK_THAT(refusal<colour>(R"("blue")"), Contains("expected colour, found \"blue\""));
  CHECK_THAT(refusal<int>('"' + std::string(100, 'x') + '"'),
             Contains("found \"" + std::string(39, 'x') + "... [byte 0"));
}

TEST_CASE("a key that stands twice is refused with its path") {
  CHECK_THAT(refusal<item>(R"({"name":"a","cents":1,"cents":1})"),
             Contains("stands twice [byte 22, path $.cents]"));
  CHECK_THAT(refusal<item>(R"({"name":"a","cents":1,"\u0063ents":1})"),
             Contains("stands twice [byte 22, path $.cents]"));
  CHECK_THAT((refusal<std::map<std::string, int>>(R"({"a":1,"b":2,"a":3})")),
             Contains("stands twice [byte 13, path $.a]"));
  CHECK_THAT((refusal<std::variant<int, bool>>(R"({"int32":1,"int32":1})")),
             Contains("holds one value"));
  // Of no meaning to us, and so none of our business.
  CHECK(read<item>(R"({"x":1,"x":1,"name":"a","cents":1})") == item{"a", 1});
}

TEST_CASE("anything behind the value is refused") {
  for (const std::string& behind :
       {"{}"s, "}"s, "]"s, "1"s, ","s, "],["s, "x"s, "\""s, "\\"s, "\x00"s})
    for (const std::string& space : {""s, " "s, "\n"s})
      CHECK_THAT(refusal<item>(R"({"name":"a","cents":1})" + space + behind),
                 Contains("decode failed"));
  CHECK_THAT(refusal<int>("1],[2"), Contains("decode failed"));
  CHECK_THAT(refusal<int>("1,2"), Contains("not JSON"));
  CHECK_THAT(refusal<int>(""), Contains("not JSON: expected a value [byte 0, path $]"));
  CHECK_THAT(refusal<int>("]"), Contains("not JSON"));
  CHECK_THAT(refusal<int>(std::string_view{}), Contains("not JSON"));
  CHECK_THAT(refusal<item>(std::string_view{}), Contains("not JSON"));
}

TEST_CASE("what is not JSON is refused wherever it stands") {
  for (const auto text : {R"({"name":"a","cents":1)",
                          R"({"name":"a" "cents":1})",
                          R"({"name":"a","cents":1,})",
                          R"({"name":"a",,"cents":1})",
                          R"({"name":"a","cents":1,"u":[1})",
                          R"({"name":"a","cents":1,"u":{"a":1]})",
                          R"({"name":"a","cents":1,"u":tru})",
                          R"({"name":"a","cents":1,"u":01})",
                          R"({"name":"a","cents":1,"u":"\x"})",
                          R"({"name":"a","cents":1,"u":"\ud800"})",
                          R"({"name":"a","cents":1,"u"})",
                          R"({"name":"a","cents":1,u:1})",
                          R"({"name":"a","cents":1,"u":{1:2}})",
                          R"({"name":"a","cents":1,"u":[1 2]})",
                          R"({"name":"a" : [1],"cents":1})",
                          R"({"name":"a","cents":1 : 2})",
                          R"({"name":"a","cents":1,"u":"a" : {"b":1}})",
                          R"({"name":"a","cents":1,"u":["a":1]})",
                          R"({"name":'a',"cents":1})",
                          "{\"name\":\"a\",\"cents\":1,\"u\":\"\t\"}",
                          "{\"name\":\"\n\",\"cents\":1}"})
    CHECK_THAT(refusal<item>(text), Contains("decode failed"));
}

TEST_CASE("text that has no UTF-8 is refused") {
  for (const auto text : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800x")",
                          R"("\ud83d\u0041")", R"("\u12")", R"("\u12G4")", "\"\x80\"", "\"\xC3\"",
                          "\"\xED\xA0\x80\"", "\"x\xF4\x90\x80\x80\"", "\"\xC0\x80\""})
    CHECK_THAT(refusal<std::string>(text), Contains("decode failed"));
  CHECK_THAT(refusal<item>("{\"name\":\"a\",\"cents\":1,\"\xFF\":1}"), Contains("UTF-8"));
}

TEST_CASE("a string ends at its quote at every place of texts of every length") {
  for (std::size_t length = 0; length < 70; ++length) {
    const std::string text(length, 'x');
    const std::string exact = '"' + text + '"';
    REQUIRE(read<std::string>(std::string_view{exact}) == text);
    for (std::size_t at = 0; at < length; ++at) {
      std::string escaped = text;
      escaped.replace(at, 1, "\\\"");
      std::string expected = text;
      expected[at] = '"';
      REQUIRE(read<std::string>('"' + escaped + '"') == expected);
      std::string invalid = text;
      invalid[at] = '\x01';
      REQUIRE_THAT(refusal<std::string>('"' + invalid + '"'), Contains("decode failed"));
    }
  }
}

TEST_CASE("lists of a fixed length are as long as they are") {
  CHECK_THAT((refusal<std::array<int, 2>>("[1]")), Contains("a list of 2 elements"));
  CHECK_THAT((refusal<std::array<int, 2>>("[1,2,3]")), Contains("a list of 2 elements"));
  CHECK_THAT((refusal<std::array<int, 0>>("[1]")), Contains("a list of 0 elements"));
}

TEST_CASE("a variant holds one known alternative") {
  using choice = std::variant<int, std::string, point>;
  CHECK_THAT(refusal<choice>("{}"), Contains("holds one value"));
  CHECK_THAT(refusal<choice>("1"), Contains("expected variant, found 1"));
  CHECK_THAT(refusal<choice>(R"({"double":1})"), Contains("no such alternative"));
  CHECK_THAT(refusal<choice>(R"({"int32":"x"})"), Contains("expected int32, found \"x\""));
  CHECK_THAT(refusal<choice>(R"({"int32":1,"string":"x"})"), Contains("holds one value"));
  CHECK_THAT(refusal<choice>(R"({"point":{"x":"y"}})"), Contains("path $.point.x"));
}

TEST_CASE("times are strict and never rounded") {
  using namespace std::chrono;
  const sys_seconds second = sys_days{year{2026} / 11 / 20} + hours{21} + minutes{20};
  CHECK(read<evstore::timestamp>(R"("2026-11-20T21:20:00Z")") == second);
  CHECK(read<evstore::timestamp>(R"("2026-11-20T21:20:00.5Z")") == second + milliseconds{500});
  CHECK(read<sys_seconds>(R"("2026-11-20T21:20:00.000Z")") == second);
  CHECK(read<sys_time<nanoseconds>>(R"("2026-11-20T21:20:00.1234567Z")") ==
        second + nanoseconds{123456700});
  CHECK(read<sys_time<nanoseconds>>(R"("2026-11-20T21:20:00.123456789Z")") ==
        second + nanoseconds{123456789});
  CHECK(read<sys_days>(R"("2026-11-20T00:00:00Z")") == floor<days>(second));

  CHECK_THAT(refusal<sys_seconds>(R"("2026-11-20T21:20:00.5Z")"), Contains("expected time"));
  CHECK_THAT(refusal<sys_days>(R"("2026-11-20T00:00:01Z")"), Contains("expected time"));
  CHECK_THAT(refusal<evstore::timestamp>(R"("2026-11-20T21:20:00.1234567Z")"),
             Contains("expected time"));
  CHECK_THAT(refusal<sys_time<nanoseconds>>(R"("1600-01-01T00:00:00Z")"),
             Contains("expected time"));
  CHECK_THAT(refusal<sys_time<nanoseconds>>(R"("2026-11-20T21:20:00.1234567890Z")"),
             Contains("expected time"));
  CHECK_THAT(refusal<evstore::timestamp>(R"("2026-02-30T00:00:00Z")"), Contains("expected time"));
  CHECK_THAT(refusal<evstore::timestamp>(R"("2026-11-20T21:20:00+01:00")"),
             Contains("expected time"));
}

TEST_CASE("the extremes of every unit of time come back") {
  using namespace std::chrono;
  const auto comes_back = [](auto time) {
    CHECK(read<decltype(time)>(evstore::json::to_string(time)) == time);
  };
  comes_back(sys_time<nanoseconds>::min());
  comes_back(sys_time<nanoseconds>::max());
  comes_back(sys_time<nanoseconds>{nanoseconds{-1}});
  comes_back(evstore::timestamp{sys_days{year{0} / 1 / 1}});
  comes_back(evstore::timestamp{sys_days{year{10000} / 1 / 1}} - microseconds{1});
  comes_back(sys_days{year{9999} / 12 / 31});
}

TEST_CASE("a type that contains itself is read to a depth, and refused beyond it") {
  const auto nested = [](std::size_t levels) {
    std::string text;
    for (std::size_t i = 0; i < levels; ++i) text += R"({"children":[)";
    for (std::size_t i = 0; i < levels; ++i) text += "]}";
    return text;
  };
  CHECK(read<tree>(nested(512)).children.size() == 1);
  CHECK(read<tree>(' ' + nested(512)).children.size() == 1);
  CHECK_THAT(refusal<tree>(nested(513)), Contains("nested deeper than 1024 levels"));
  CHECK_THAT(refusal<tree>(' ' + nested(513)), Contains("nested deeper than 1024 levels"));
  CHECK_THAT(refusal<tree>(nested(100'000)), Contains("decode failed"));
  CHECK_THAT(refusal<item>(R"({"name":"a","cents":1,"u":)" + std::string(5000, '[') +
                           std::string(5000, ']') + "}"),
             Contains("deeper"));
}

TEST_CASE("a text needs no padding and no terminator, and may be very long") {
  const std::vector<char> exact(usual_text.begin(), usual_text.end());
  CHECK(read<order>({exact.data(), exact.size()}) == usual);
  order large = usual;
  large.customer.assign(16 << 20, 'x');
  const std::string text = evstore::json::to_string(large);
  CHECK(read<order>(text) == large);
  CHECK(read<order>(' ' + text) == large);
  CHECK(read<order>(usual_text) == usual);
}

TEST_CASE("reading into an object reuses its memory") {
  order out = usual;
  out.customer.reserve(1000);
  out.items.reserve(100);
  const void* const items = out.items.data();
  const void* const customer = out.customer.data();
  read_into(usual_text, out);
  read_into(' ' + std::string{usual_text}, out);
  CHECK(out == usual);
  CHECK(out.items.data() == items);
  CHECK(out.customer.data() == customer);
}

TEST_CASE("several threads read at once") {
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i)
        if (read<order>(' ' + std::string{usual_text}) != usual) ++wrong;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}
