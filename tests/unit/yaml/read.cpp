#include "../../support/samples.hpp"

#include <evstore/yaml.hpp>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace evstore;
using samples::everything;
using samples::point;

namespace {

template <class T>
error failure_of(std::string_view text, const yaml::read_options& options = {"wolf.yaml"}) {
  try {
    (void)yaml::read<T>(text, options);
  } catch (const error& failed) {
    CHECK(failed.code() == errc::decode_failed);
    CHECK(failed.place().file == "wolf.yaml");
    return failed;
  }
  FAIL("was read: " << text);
  throw;
}

template <class T>
bool survives(const T& value) {
  return yaml::read<T>(yaml::write(value)) == value;
}

} // namespace

TEST_CASE("what was written is read back the same") {
  everything value;
  CHECK(survives(value));
  value.flag = true;
  value.small = std::numeric_limits<std::int8_t>::min();
  value.integer = std::numeric_limits<std::int64_t>::min();
  value.natural = std::numeric_limits<std::uint64_t>::max();
  value.single = std::numeric_limits<float>::denorm_min();
  value.number = 1e308;
  value.text = "a: 1\n\"b\" # c\n";
  value.paint = samples::colour::null;
  value.maybe = -1;
  value.words = {"", " ", "null", "22", "a\nb", "\U0001F409", std::string("\0", 1), "\r\n"};
  value.grid = {{}, {1}, {}};
  value.flags = {true, false};
  value.triple = {1, 2, 3};
  value.places = {{"", {1, "x"}}, {"a: b", {2, ""}}, {"null", {}}, {std::string(2000, 'k'), {}}};
  value.choice = std::string{"none"};
  value.holes = {std::nullopt, 3, std::nullopt};
  value.second = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20};
  value.moment += std::chrono::nanoseconds{1};
  value.raw = raw_json{R"({"b": 1e2, "a": [null, "it's"]})"};
  value.nested = {5, "  indented\nblock"};
  CHECK(survives(value));
  value.choice = point{1, std::nullopt};
  CHECK(survives(value));
}

TEST_CASE("numbers survive to the last bit") {
  for (const double number : {0.1, -0.0, 5e-324, 1.7976931348623157e308, 1e22, 123456789.0}) {
    const double back = yaml::read<double>(yaml::write(number));
    CHECK(back == number);
    CHECK(std::signbit(back) == std::signbit(number));
  }
  CHECK(std::isnan(yaml::read<double>(yaml::write(std::nan("")))));
  CHECK(survives(-std::numeric_limits<double>::infinity()));
}

TEST_CASE("YAML by hand is read as it is meant") {
  const auto read = [](const char* text) { return yaml::read<point>(text); };
  CHECK(read("# a comment\n---\nnote: plain words   # and why\nx: +7\n") ==
        point{7, "plain words"});
  CHECK(read("{x: 1, note: 'it''s'}") == point{1, "it's"});
  CHECK(read("x: 1\nnote: ~\n") == point{1, std::nullopt});
  CHECK(read("x: 1\nnote:\n") == point{1, std::nullopt});
  CHECK(read("x: 1\nnote: 'null'\n") == point{1, "null"});
  CHECK(read("x: 1\nnote: 007\n") == point{1, "007"});
  CHECK(read("x: 1\nnote: !!str 22\n") == point{1, "22"});
  CHECK(read("x: 1\nnote: >\n  folded\n  text\n") == point{1, "folded text\n"});
  CHECK(read("\xEF\xBB\xBFx: 1\r\nnote: a\r\n") == point{1, "a"});
  CHECK(yaml::read<double>("5") == 5.0);
  CHECK(yaml::read<bool>("True"));
}

TEST_CASE("aliases are what they name") {
  const auto places = yaml::read<std::map<std::string, point>>("a: &p {x: 1}\nb: *p\n");
  CHECK(places == std::map<std::string, point>{{"a", {1, {}}}, {"b", {1, {}}}});
}

TEST_CASE("fields that a struct has not are ignored, or refused with those that it has") {
  const char* text = "x: 1\nnoote: typo\n";
  CHECK(yaml::read<point>(text) == point{1, std::nullopt});
  const error failed =
      failure_of<point>(text, {.file = "wolf.yaml", .unknown = yaml::unknown_fields::refuse});
  CHECK(failed.place().line == 2);
  CHECK(failed.place().path == "$.noote");
  CHECK(failed.message() == "there is no such field; point has: x, note");
}

TEST_CASE("every failure names file, line and path") {
  const auto check = [](const error& failed, std::uint64_t line, std::string_view path,
                        std::string_view message) {
    CHECK(failed.place().line == line);
    CHECK(failed.place().path == path);
    CHECK(failed.message() == message);
  };
  using points = std::vector<point>;
  check(failure_of<points>("- x: 1\n- note: a\n"), 2, "$[1].x", "the required field is missing");
  check(failure_of<points>("- x: 1\n- x: 1\n  note: [a]\n"), 3, "$[1].note",
        "expected a text and found a list");
  check(failure_of<point>("x: one"), 1, "$.x", "expected an integer and found one");
  check(failure_of<point>("x: '1'"), 1, "$.x", "expected an integer and found a text in quotes");
  check(failure_of<point>("x: 1.0"), 1, "$.x", "expected an integer and found 1.0");
  check(failure_of<point>("x: 010"), 1, "$.x", "an integer must not begin with 0");
  check(failure_of<point>("x: 9223372036854775808"), 1, "$.x",
        "9223372036854775808 does not fit into int64");
  check(failure_of<std::uint8_t>("-1"), 1, "$", "-1 does not fit into uint8");
  check(failure_of<point>("x:"), 1, "$.x", "expected an integer and found nothing");
  check(failure_of<point>("x: 1\nx: 2\n"), 2, "$.x", "the field stands twice");
  check(failure_of<point>("x: 1\n[a]: 2\n"), 2, "$", "a key must be a text");
  check(failure_of<point>("a: &a {x: 1}\n<<: *a\n"), 2, "$[\"<<\"]",
        "merge keys (<<) are not supported: write the entries out");
  check(failure_of<std::map<std::string, int>>("a: 1\na: 2\n"), 2, "$.a", "the key stands twice");
  check(failure_of<bool>("yes"), 1, "$", "expected true or false and found yes");
  check(failure_of<double>("inf"), 1, "$", "expected a number and found inf");
  check(failure_of<double>("1e999"), 1, "$", "1e999 does not fit into double");
  check(failure_of<samples::colour>("blue"), 1, "$", "blue is not one of: red, yes, null");
  check(failure_of<std::array<int, 2>>("[1]"), 1, "$", "expected 2 elements and found 1");
  check(failure_of<std::chrono::sys_seconds>("2026-11-20"), 1, "$",
        "expected a UTC time such as 2026-11-20T21:20:00Z, in units that the member can hold");
  check(failure_of<raw_json>("'{a}'"), 1, "$", "not JSON: expected a key in quotes");
}

TEST_CASE("a variant is a map of the alternative that it holds") {
  using choice = std::variant<point, std::string>;
  CHECK(yaml::read<choice>("string: a") == choice{"a"});
  const std::string rule = "a variant is a map of one entry, the alternative that it holds";
  CHECK(failure_of<choice>("{}").message() == rule);
  CHECK(failure_of<choice>("{string: a, point: {x: 1}}").message() == rule);
  CHECK(failure_of<choice>("circle: 1").message() ==
        "there is no such alternative; there are: point, string");
}

TEST_CASE("what is not one YAML document is refused with its line") {
  const auto line_of = [](std::string_view text) { return failure_of<point>(text).place().line; };
  CHECK(line_of("x: 1\nnote: \"open\n") == 3);
  CHECK(line_of("x: 1\n  note: a\n") == 2);
  CHECK(line_of("x: 1\n---\nx: 2\n") == 2);
  CHECK(line_of("x: 1\nnote: \xFF\n") == 2);
  CHECK(line_of("x: 1\nnote: !mine a\n") == 2);
  CHECK(line_of("x: 1\nnote: *nobody\n") == 2);
  CHECK(line_of(std::string_view{"x: 1\n\0", 6}) == 2);
  CHECK(failure_of<point>("").message() == "expected a map and found nothing");
}
