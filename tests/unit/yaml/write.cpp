#include "../../support/samples.hpp"

#include <evstore/yaml/write.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

using evstore::yaml::write;

namespace {

std::string spelled(const std::string& text) { return write(text); }

} // namespace

TEST_CASE("a struct is written as people write YAML") {
  samples::everything value;
  value.text = "Grey wolf";
  value.paint = samples::colour::yes;
  value.words = {"one", "two"};
  value.grid = {{1, 2}, {}, {3}};
  value.places = {{"cave", {1, "dark\nand wet\n"}}, {"on", {}}};
  value.choice = samples::point{7, std::nullopt};
  value.holes = {1, std::nullopt};
  value.raw = evstore::raw_json{R"({"a":"it's"})"};
  value.number = 2;
  CHECK(write(value) == R"(flag: false
small: 0
integer: 0
natural: 0
single: 0.0
number: 2.0
text: Grey wolf
paint: "yes"
words:
  - one
  - two
grid:
  - - 1
    - 2
  - []
  - - 3
flags: []
triple:
  - 0
  - 0
  - 0
places:
  cave:
    x: 1
    note: |
      dark
      and wet
  "on":
    x: 0
choice:
  point:
    x: 7
holes:
  - 1
  - null
second: "1970-01-01T00:00:00.000000Z"
moment: "1970-01-01T00:00:00.000000000Z"
raw: '{"a":"it''s"}'
nested:
  x: 0
)");
}

TEST_CASE("what a reader might take for something else stands in quotes") {
  for (const char* text :
       {"",     "null",       "~",        "Null",  "true", "False", "yes", "No",   "ON",   "off",
        "y",    "N",          "22",       "-1",    "0x1F", "0o7",   "1e3", "1.5",  ".5",   ".inf",
        ".nan", "2026-11-20", "12:30:45", "1_000", "<<",   "=",     "- a", "a: b", "a #b", "#a",
        "*a",   "&a",         "!a",       "|",     ">",    "%a",    "@a",  "`a`",  "{a",   "[a",
        "?",    " a",         "a ",       "---",   "...",  "'a'",   "key:"})
    CHECK(spelled(text) == "\"" + std::string{text} + "\"\n");
  CHECK(spelled("say \"hi\"") == "'say \"hi\"'\n");
  CHECK(spelled("it's, (well) fine; a/b-c!") == "it's, (well) fine; a/b-c!\n");
  CHECK(spelled("Zo\u00EB") == "Zo\u00EB\n");
}

TEST_CASE("characters that YAML cannot show are escaped") {
  CHECK(spelled(std::string("a\0b", 3)) == "\"a\\x00b\"\n");
  CHECK(spelled("a\tb\rc") == "\"a\\tb\\x0Dc\"\n");
  CHECK(spelled("\x7F \u0085 \u2028 \uFEFF \uFFFF") == "\"\\x7F \\x85 \\u2028 \\uFEFF \\uFFFF\"\n");
  CHECK(spelled("\U0001F409 dragon") == "\U0001F409 dragon\n");
}

TEST_CASE("texts of several lines are blocks where those read back the same") {
  const auto member = [](const std::string& text) {
    return write(std::map<std::string, std::string>{{"k", text}});
  };
  CHECK(member("a\n  b\n\nc") == "k: |-\n  a\n    b\n\n  c\n");
  CHECK(member("a\nb\n") == "k: |\n  a\n  b\n");
  CHECK(member(" a\nb") == "k: \" a\\nb\"\n");
  CHECK(member("a \nb") == "k: \"a \\nb\"\n");
  CHECK(member("a\nb ") == "k: \"a\\nb \"\n");
  CHECK(member("a\n\n") == "k: \"a\\n\\n\"\n");
  CHECK(member("\n") == "k: \"\\n\"\n");
  CHECK(member("a\r\nb") == "k: \"a\\x0D\\nb\"\n");
  CHECK(write(std::vector<std::string>{"a\nb"}) == "- |-\n  a\n  b\n");
}

TEST_CASE("a key too long for a simple one is written as an explicit one") {
  const std::string key(1100, 'k');
  CHECK(write(std::map<std::string, int>{{key, 1}}) == "? " + key + "\n: 1\n");
}

TEST_CASE("numbers keep their kind") {
  CHECK(write(1e22) == "1.0e+22\n");
  CHECK(write(1.5e-7) == "1.5e-07\n");
  CHECK(write(-0.0) == "-0.0\n");
  CHECK(write(0.1f) == "0.1\n");
  CHECK(write(std::numeric_limits<double>::infinity()) == ".inf\n");
  CHECK(write(-std::numeric_limits<double>::infinity()) == "-.inf\n");
  CHECK(write(std::numeric_limits<double>::quiet_NaN()) == ".nan\n");
  CHECK(write(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808\n");
  CHECK(write(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615\n");
}

TEST_CASE("what cannot be said is refused with its path") {
  const auto path_of = [](const auto& value) {
    try {
      (void)write(value);
    } catch (const evstore::error& refused) {
      CHECK(refused.code() == evstore::errc::invalid_payload);
      return refused.place().path;
    }
    return std::string{"written"};
  };
  samples::everything value;
  CHECK(path_of(value) == "written");
  value.words = {"fine", "\xFF"};
  CHECK(path_of(value) == "$.words[1]");
  value.words = {};
  value.places["a b"].note = "\xC0\x80";
  CHECK(path_of(value) == "$.places[\"a b\"].note");
  value.places = {};
  value.paint = static_cast<samples::colour>(9);
  CHECK(path_of(value) == "$.paint");
  value.paint = samples::colour::red;
  value.second += std::chrono::years{9000};
  CHECK(path_of(value) == "$.second");
}
