#pragma once

#include <evstore/value_kind.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// Types whose members are of every kind that can be stored.

namespace samples {

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

} // namespace samples
