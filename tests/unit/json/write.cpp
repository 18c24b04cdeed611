#include <evstore/json/write.hpp>

#include <catch2/catch.hpp>

#include <support/samples.hpp>

#include <boost/hana/adapt_struct.hpp>
#include <boost/hana/define_struct.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using namespace std::string_literals;
using evstore::errc;
using evstore::error;
using evstore::raw_json;
using evstore::json::to_string;
using samples::colour;
using samples::everything;
using samples::point;

namespace {

struct nothing {};
EVSTORE_DESCRIBE(nothing)

struct only_optional {
  std::optional<int> a;
  std::optional<std::string> b;
  std::optional<raw_json> c;
};
EVSTORE_DESCRIBE(only_optional, a, b, c)

struct adapted {
  std::int64_t cents;
  std::string reason;
};

struct defined {
  BOOST_HANA_DEFINE_STRUCT(defined, (int, x), (point, at));
};

struct reading {
  double value;
};
EVSTORE_DESCRIBE(reading, value)

struct series {
  std::vector<reading> readings;
  std::map<std::string, std::string> labels;
};
EVSTORE_DESCRIBE(series, readings, labels)

/// A type that contains itself in every way there is.
struct nest {
  std::vector<nest> list;
  std::map<std::string, nest> map;
  std::optional<raw_json> raw;
};
EVSTORE_DESCRIBE(nest, list, map, raw)

nest in_list(nest inner) {
  nest outer;
  outer.list.push_back(std::move(inner));
  return outer;
}
nest in_map(nest inner) {
  nest outer;
  outer.map.emplace("a", std::move(inner));
  return outer;
}

raw_json raw_of_depth(std::size_t depth) {
  return raw_json{std::string(depth, '[') + R"("]]\"]]")" + std::string(depth, ']')};
}

template <class T>
std::string path_of_refusal(const T& value) {
  try {
    return "accepted as " + to_string(value);
  } catch (const error& refused) {
    CHECK(refused.code() == errc::invalid_payload);
    return refused.place().path;
  }
}

} // namespace

BOOST_HANA_ADAPT_STRUCT(adapted, cents, reason);

TEST_CASE("members are written in declared order, without spaces") {
  CHECK(to_string(point{1, "a"}) == R"({"x":1,"note":"a"})");
  CHECK(to_string(nothing{}) == "{}");
}

TEST_CASE("what other macros of Hana describe is written the same way") {
  CHECK(to_string(adapted{5, "pay"}) == R"({"cents":5,"reason":"pay"})");
  CHECK(to_string(defined{1, {2, {}}}) == R"({"x":1,"at":{"x":2}})");
}

TEST_CASE("absent members are left out, wherever they stand") {
  CHECK(to_string(only_optional{}) == "{}");
  CHECK(to_string(only_optional{1, {}, {}}) == R"({"a":1})");
  CHECK(to_string(only_optional{{}, "b", {}}) == R"({"b":"b"})");
  CHECK(to_string(only_optional{{}, {}, raw_json{}}) == R"({"c":null})");
  CHECK(to_string(only_optional{1, "b", raw_json{"[]"}}) == R"({"a":1,"b":"b","c":[]})");
}

TEST_CASE("every kind of member has its form") {
  everything value;
  value.words = {"a", "b"};
  value.grid = {{1}, {}};
  value.flags = {true, false};
  value.triple = {1, 2, 3};
  value.places = {{"there", {4, {}}}, {"here", {5, "x"}}};
  value.choice = std::int64_t{7};
  value.holes = {1, std::nullopt};
  value.moment = std::chrono::sys_seconds{} + std::chrono::nanoseconds{1};
  value.raw = raw_json{R"({ "any" : [1, 2] })"};
  value.paint = colour::null;
  value.maybe = 3;
  CHECK(to_string(value) ==
        R"({"flag":false,"small":0,"integer":0,"natural":0,"single":0,"number":0,"text":"",)"
        R"("paint":"null","maybe":3,"words":["a","b"],"grid":[[1],[]],"flags":[true,false],)"
        R"("triple":[1,2,3],"places":{"here":{"x":5,"note":"x"},"there":{"x":4}},)"
        R"("choice":{"int64":7},"holes":[1,null],"second":"1970-01-01T00:00:00.000000Z",)"
        R"("moment":"1970-01-01T00:00:00.000000001Z","raw":{ "any" : [1, 2] },"nested":{"x":0}})");
}

TEST_CASE("a variant is an object whose one key names the alternative") {
  using choice = std::variant<std::monostate, point, std::string, std::int64_t, colour, bool>;
  CHECK(to_string(choice{}) == R"({"none":null})");
  CHECK(to_string(choice{point{1, {}}}) == R"({"point":{"x":1}})");
  CHECK(to_string(choice{"a"s}) == R"({"string":"a"})");
  CHECK(to_string(choice{std::int64_t{-1}}) == R"({"int64":-1})");
  CHECK(to_string(choice{colour::yes}) == R"({"colour":"yes"})");
  CHECK(to_string(choice{true}) == R"({"bool":true})");
}

TEST_CASE("numbers are written to the last digit") {
  CHECK(to_string(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(to_string(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(to_string(std::int64_t{9007199254740993}) == "9007199254740993"); // 2^53 + 1
  CHECK(to_string(std::int8_t{-128}) == "-128");
  CHECK(to_string('A') == "65");
  CHECK(to_string(-0.0) == "-0");
  CHECK(to_string(1e308) == "1e+308");
  CHECK(to_string(0.1) == "0.1");
  CHECK(to_string(0.1f) == "0.1");
  CHECK(to_string(5e-324) == "5e-324");
}

TEST_CASE("text is escaped where JSON demands it and nowhere else") {
  CHECK(to_string("\"\\\b\f\n\r\t"s) == R"("\"\\\b\f\n\r\t")");
  CHECK(to_string("\0\x01\x1F\x7F/"s) == "\"\\u0000\\u0001\\u001f\x7F/\"");
  CHECK(to_string("caf\xC3\xA9 \xF0\x9F\x90\x89"s) == "\"caf\xC3\xA9 \xF0\x9F\x90\x89\"");
  CHECK(to_string("e\xCC\x81"s) == "\"e\xCC\x81\""); // NFD stays NFD
}

TEST_CASE("an escape is found at every place of texts of every length") {
  for (std::size_t length = 1; length < 300; length += length < 40 ? 1 : 37)
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'x');
      text[at] = '\n';
      std::string expected(length, 'x');
      expected.replace(at, 1, "\\n");
      REQUIRE(to_string(text) == '"' + expected + '"');
    }
}

TEST_CASE("texts larger than any buffer are written whole") {
  const std::string controls(5000, '\x01');
  CHECK(to_string(controls).size() == 6 * 5000 + 2);
  std::string large;
  for (int i = 0; i < 100'000; ++i) large += "\xF0\x9F\x90\x89"; // cut at every offset by pieces
  CHECK(to_string(large) == '"' + large + '"');
  const raw_json any{'"' + std::string(5000, 'y') + '"'};
  CHECK(to_string(std::vector<raw_json>{any, any}).size() == 2 * 5002 + 3);
}

TEST_CASE("writing appends and keeps what was there") {
  std::string out = "data:";
  evstore::json::write(point{1, {}}, out);
  evstore::json::write(point{2, {}}, out);
  CHECK(out == R"(data:{"x":1}{"x":2})");
}

TEST_CASE("what JSON cannot say is refused with its path") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(path_of_refusal(reading{nan}) == "$.value");
  CHECK(path_of_refusal(series{{{1}, {infinity}}, {}}) == "$.readings[1].value");
  CHECK(path_of_refusal(series{{}, {{"ok", "\xC3"}}}) == "$.labels.ok");
  CHECK(path_of_refusal(series{{}, {{"\xFF", "x"}}}) == "$.labels");
  CHECK(path_of_refusal(static_cast<colour>(9)) == "$");
  CHECK(path_of_refusal(std::vector<colour>{colour::yes, static_cast<colour>(9)}) == "$[1]");
  CHECK(path_of_refusal(std::vector<evstore::timestamp>{evstore::timestamp::max()}) == "$[0]");
  CHECK(path_of_refusal(std::variant<int, double>{nan}) == "$.double");
}

TEST_CASE("every form of invalid UTF-8 is refused") {
  for (const auto& bad :
       {"\x80"s, "\xC0\xAF"s, "\xC3"s, "\xED\xA0\x80"s, "\xF4\x90\x80\x80"s, "\xE2\x82"s, "\xFF"s})
    for (const auto& before :
         {""s, "x"s, std::string(15, 'x'), std::string(127, 'x'), std::string(1000, 'x')})
      CHECK(path_of_refusal(before + bad) == "$");
}

TEST_CASE("what is nested deeper than a reader goes is refused") {
  nest value; // one level
  for (int i = 0; i < 255; ++i) value = in_map(in_list(std::move(value)));
  value = in_list(std::move(value));
  CHECK(evstore::detail::find_json_defect(to_string(value)).what == "");
  const std::string path = path_of_refusal(in_list(std::move(value))); // 1025
  CHECK(path.substr(0, 9) == "$.list[0]");
  CHECK(path.size() < 300); // can be read

  using deep = std::vector<std::variant<int, raw_json>>; // two levels around the raw value
  CHECK(path_of_refusal(deep{raw_of_depth(1022)}).substr(0, 8) == "accepted");
  CHECK(path_of_refusal(deep{raw_of_depth(1023)}) == "$[0].json");
  const raw_json wide{"[" + std::string(5000, ' ') + "]"};
  CHECK(path_of_refusal(deep{wide, wide, raw_of_depth(1), wide}).substr(0, 8) == "accepted");
}

TEST_CASE("a refusal leaves the output as it was") {
  std::string out = "before";
  series value{std::vector<reading>(1000, reading{0.5}), {}}; // more than one buffer
  value.readings.push_back({std::numeric_limits<double>::quiet_NaN()});
  CHECK_THROWS_AS(evstore::json::write(value, out), error);
  CHECK(out == "before");
}

TEST_CASE("times are written in the finest unit that they count") {
  using namespace std::chrono;
  const sys_seconds second = sys_days{year{2026} / 11 / 20} + hours{21} + minutes{20};
  CHECK(to_string(second) == R"("2026-11-20T21:20:00.000000Z")");
  CHECK(to_string(evstore::timestamp{second} + microseconds{123456}) ==
        R"("2026-11-20T21:20:00.123456Z")");
  CHECK(to_string(sys_time<nanoseconds>{second} - nanoseconds{1}) ==
        R"("2026-11-20T21:19:59.999999999Z")");
  CHECK(to_string(floor<days>(second)) == R"("2026-11-20T00:00:00.000000Z")");
  CHECK(to_string(sys_time<nanoseconds>::min()) == R"("1677-09-21T00:12:43.145224192Z")");
}
