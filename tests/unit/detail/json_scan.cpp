#include "../../support/random_check.hpp"

#include <evstore/detail/json_scan.hpp>

#include <rapidcheck.h>
#include <simdjson.h>
#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <string>
#include <string_view>

namespace {

using evstore::detail::find_json_defect;
using evstore::detail::json_max_depth;
using namespace std::string_view_literals;
using namespace std::string_literals;

struct refusal {
  std::string_view text;
  std::size_t byte;
  std::string_view what;
};

TEST_CASE("what RFC 8259 allows is accepted") {
  for (const std::string_view text : {"{}"sv,
                                      "[]"sv,
                                      "[[]   ]"sv,
                                      "[\"\"]"sv,
                                      "[]\n"sv,
                                      " \t\r\n1"sv,
                                      "true"sv,
                                      "\"\x7F\""sv,
                                      "0"sv,
                                      "-0"sv,
                                      "0.0"sv,
                                      "-1.5E+10"sv,
                                      "1e-2"sv,
                                      "0e1"sv,
                                      "123e65"sv,
                                      "[1,null,2]"sv,
                                      "{\"\":0}"sv,
                                      "{\"a\":1,\"a\":1}"sv,
                                      "{\"a\":[],\"b\":{}}"sv,
                                      "{\"\\u0000\":0}"sv,
                                      "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""sv,
                                      "\"\\u0123\\uABCD\\uabcd\""sv,
                                      "\"\\uD801\\udc37\""sv,
                                      "\"\\uDBFF\\uDFFF\""sv,
                                      "\"\\\\u0000\""sv,
                                      "\"\u2028\U0010FFFF\""sv,
                                      "\"\uFEFF\""sv})
    CHECK(find_json_defect(text).what == "");
}

TEST_CASE("what it does not allow is refused at the byte where it goes wrong") {
  for (const auto& [text, byte, what] : {
           refusal{"", 0, "expected a value"},
           {" ", 1, "expected a value"},
           {"\xEF\xBB\xBF{}", 0, "expected a value"},
           {"{", 1, "expected a key in quotes"},
           {"{1:1}", 1, "expected a key in quotes"},
           {"{\"a\":1,}", 7, "expected a key in quotes"},
           {"{\"a\"}", 4, "expected ':'"},
           {"{\"a\":}", 5, "expected a value"},
           {"{\"a\":1", 6, "expected ',' or '}'"},
           {"{\"a\":1]", 6, "expected ',' or '}'"},
           {"[", 1, "expected a value"},
           {"[,1]", 1, "expected a value"},
           {"[1,]", 3, "expected a value"},
           {"[1 2]", 3, "expected ',' or ']'"},
           {"[1}", 2, "expected ',' or ']'"},
           {"]", 0, "expected a value"},
           {"{}}", 2, "text behind the value"},
           {"1 2", 2, "text behind the value"},
           {"1\0"sv, 1, "text behind the value"},
           {"nul", 0, "expected a value"},
           {"True", 0, "expected a value"},
           {"truefalse", 4, "text behind the value"},
           {"NaN", 0, "expected a value"},
           {"-Infinity", 1, "expected a digit"},
           {"+1", 0, "expected a value"},
           {"-", 1, "expected a digit"},
           {".5", 0, "expected a value"},
           {"1.", 2, "expected a digit"},
           {"1.e5", 2, "expected a digit"},
           {"1e", 2, "expected a digit"},
           {"1e+", 3, "expected a digit"},
           {"01", 1, "a number must not begin with 0"},
           {"-01", 2, "a number must not begin with 0"},
           {"0x1", 1, "text behind the value"},
           {"'a'", 0, "expected a value"},
           {"\"a", 2, "string without an end"},
           {"\"\\", 2, "unknown escape"},
           {"\"\\\"", 3, "string without an end"},
           {"\"a\nb\"", 2, "control character in a string"},
           {"\"\0\""sv, 1, "control character in a string"},
           {"\"\\x41\"", 2, "unknown escape"},
           {"\"\\u12\"", 5, "expected four hexadecimal digits"},
           {"\"\\u00G0\"", 5, "expected four hexadecimal digits"},
           {"\"\\ud800\"", 7, "escape of a lone surrogate"},
           {"\"\\ud800\\n\"", 7, "escape of a lone surrogate"},
           {"\"\\ud800\\ud800\"", 13, "escape of a lone surrogate"},
           {"\"\\ud800\\u0041\"", 13, "escape of a lone surrogate"},
           {"\"\\udc00\"", 7, "escape of a lone surrogate"},
           {"\"\xC3\"", 1, "invalid UTF-8"},
           {"[1]\xFF", 3, "invalid UTF-8"},
       }) {
    CAPTURE(text);
    const auto defect = find_json_defect(text);
    CHECK(defect.what == what);
    CHECK(defect.byte == byte);
  }
}

TEST_CASE("nesting is bounded, and deep nesting takes no stack") {
  const auto arrays = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(!find_json_defect(arrays(json_max_depth)));
  CHECK(find_json_defect(arrays(json_max_depth + 1)).byte == json_max_depth);
  CHECK(find_json_defect(arrays(1'000'000)).what == "nested deeper than 1024 levels");

  std::string objects;
  for (std::size_t i = 0; i < 1'000'000; ++i) objects += "{\"a\":";
  CHECK(find_json_defect(objects).byte == 5 * json_max_depth);
  // Depth is counted, not the number of brackets.
  std::string wide{"["};
  for (int i = 0; i < 3000; ++i) wide += "[{}],";
  CHECK(!find_json_defect(wide + "{}]"));
}

TEST_CASE("objects and arrays are closed by their own bracket at every level") {
  for (std::size_t depth : {1U, 63U, 64U, 65U, 128U, 1023U}) {
    std::string open;
    std::string close;
    for (std::size_t i = 0; i < depth; ++i) {
      const bool object = i % 3 == 0;
      open += object ? "{\"a\":" : "[";
      close.insert(close.begin(), object ? '}' : ']');
    }
    CHECK(!find_json_defect(open + "1" + close));
    std::string wrong = close;
    wrong.back() = ']'; // the outermost is an object
    CHECK(find_json_defect(open + "1" + wrong).what == "expected ',' or '}'");
  }
}

/// Texts near to JSON: valid pieces put together, then bytes exchanged, removed and doubled.
std::string draw_text() {
  static const std::vector<std::string> pieces{"{\"a\":1}",
                                               "[true,false,null]",
                                               "\"\\u00e9\\ud83d\\udc09\"",
                                               "-12.5e-3",
                                               "{}",
                                               "[]",
                                               ",",
                                               "\"é\xF0\x9F\x90\x89\"",
                                               "{\"k\":[{\"l\":\"m\"}]}",
                                               ":",
                                               "[",
                                               "]",
                                               "{",
                                               "}",
                                               "0",
                                               "\"\\\\\""};
  std::string text = *rc::gen::elementOf(pieces);
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
    text.insert(at, *rc::gen::elementOf(pieces));
  }
  for (int i = *rc::gen::weightedElement<int>({{3, 0}, {2, 1}, {1, 3}}); i > 0; --i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    text[at] = *rc::gen::elementOf("\"\\{}[],:0129.eE+-utfnl \t\n\x80\xC3\xED\xA0\xF4\x1F"s);
  }
  return text;
}

TEST_CASE("a text is JSON to the scanner exactly if it is JSON to simdjson") {
  CHECK(evstore::tests::holds_for_random_cases(std::chrono::milliseconds{300}, [] {
    const std::string text = draw_text();
    simdjson::dom::parser parser;
    simdjson::dom::element parsed;
    const auto other = parser.parse(text).get(parsed);
    const auto defect = find_json_defect(text);
    // simdjson also refuses numbers that its types cannot hold; the scanner only reads grammar.
    RC_PRE(defect || other != simdjson::NUMBER_ERROR);
    RC_ASSERT(!defect == (other == simdjson::SUCCESS));
    RC_ASSERT(defect.byte <= text.size());
  }));
}

} // namespace
