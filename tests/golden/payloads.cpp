// Payloads that were written by earlier versions of the library, or by hand, and must be read for
// ever. A line is added when a form is added; no line is ever changed.
#include <evstore/json/read.hpp>
#include <evstore/json/write.hpp>

#include <support/data.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace {

// The types as they were. They never change: a new form gets a type of its own.

enum class colour : std::uint8_t { red, yes, null };
EVSTORE_DESCRIBE_ENUM(colour, red, yes, null)

struct point {
  std::int64_t x = 0;
  std::optional<std::string> note;

  friend bool operator==(const point&, const point&) = default;
};
EVSTORE_DESCRIBE(point, x, note)

struct everything {
  bool flag = false;
  std::int8_t small = 0;
  std::int64_t integer = 0;
  std::uint64_t natural = 0;
  float single = 0;
  double number = 0;
  std::string text;
  colour paint = colour::red;
  std::optional<int> maybe;
  std::vector<std::string> words;
  std::vector<std::vector<int>> grid;
  std::vector<bool> flags;
  std::array<int, 3> triple{};
  std::map<std::string, point> places;
  std::variant<std::monostate, point, std::string, std::int64_t> choice;
  std::vector<std::optional<int>> holes;
  std::chrono::sys_seconds second;
  std::chrono::sys_time<std::chrono::nanoseconds> moment;
  evstore::raw_json raw;
  point nested;

  friend bool operator==(const everything&, const everything&) = default;
};
EVSTORE_DESCRIBE(everything, flag, small, integer, natural, single, number, text, paint, maybe,
                 words, grid, flags, triple, places, choice, holes, second, moment, raw, nested)

/// A line of payloads.jsonl.
struct golden {
  std::string name;
  bool canonical = false; ///< whether today's writer must write these very bytes
  evstore::raw_json payload;
};
EVSTORE_DESCRIBE(golden, name, canonical, payload)

everything extremes() {
  using namespace std::chrono;
  everything value;
  value.flag = true;
  value.small = -128;
  value.integer = std::numeric_limits<std::int64_t>::min();
  value.natural = std::numeric_limits<std::uint64_t>::max();
  value.single = 0.1f;
  value.number = -0.0;
  value.text =
      std::string{"NFC \xC3\xA9, NFD e\xCC\x81, \xF0\x9F\x90\x89, \0, \"\\/\b\f\n\r\t\x1F", 35};
  value.paint = colour::null;
  value.maybe = -1;
  value.words = {"", "a", "\xE2\x82\xAC"};
  value.grid = {{}, {1}, {2, 3}};
  value.flags = {true, false, true};
  value.triple = {1, -2, 3};
  value.places = {{"", {1, {}}}, {"a b", {2, "n"}}};
  value.choice = point{9007199254740993, {}};
  value.holes = {std::nullopt, 7};
  value.second = sys_days{year{2026} / 11 / 20} + hours{21} + minutes{20};
  value.moment = sys_time<nanoseconds>::min();
  value.raw = evstore::raw_json{R"({ "a" : [1.50, 1e400, -0], "a":"\u0000" })"};
  value.nested = {-1, "x"};
  return value;
}

everything with_choice(decltype(everything::choice) choice, double number) {
  everything value;
  value.choice = std::move(choice);
  value.number = number;
  return value;
}

/// What each line means.
const std::map<std::string, everything> meanings{
    {"defaults", {}},
    {"extremes", extremes()},
    {"choice of nothing", with_choice(std::monostate{}, 1e308)},
    {"choice of text", with_choice(std::string{"s"}, 5e-324)},
    {"choice of a number", with_choice(std::int64_t{-5}, 0.1)},
    {"written by hand", extremes()},
    {"long fraction", with_choice(std::monostate{}, 0.55555555555555555555555)},
};

std::vector<golden> lines() {
  std::ifstream file{evstore::tests::data("golden/payloads.jsonl")};
  REQUIRE(file.is_open());
  std::vector<golden> all;
  for (std::string line; std::getline(file, line);) {
    all.push_back(evstore::json::read<golden>(line));
  }
  return all;
}

} // namespace

TEST_CASE("every golden payload is read as what it meant") {
  const auto all = lines();
  CHECK(all.size() >= meanings.size());
  for (const golden& line : all) {
    INFO(line.name);
    const everything& meaning = meanings.at(line.name);
    const auto value = evstore::json::read<everything>(line.payload.text());
    CHECK(value == meaning);
    CHECK(std::signbit(value.number) == std::signbit(meaning.number));
  }
}

TEST_CASE("what was canonical is still written the same, byte for byte") {
  for (const golden& line : lines()) {
    INFO(line.name);
    if (line.canonical)
      CHECK(evstore::json::to_string(meanings.at(line.name)) == line.payload.text());
  }
}
