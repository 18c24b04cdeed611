#include "../../support/samples.hpp"

#include <evstore/json/write.hpp>
#include <evstore/testing/arbitrary.hpp>
#include <evstore/testing/stored_value.hpp>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

using namespace evstore::testing;

namespace {

struct tree {
  int leaf = 0;
  std::vector<tree> children;
  std::map<std::string, tree> named;
};
EVSTORE_DESCRIBE(tree, leaf, children, named)

struct interval {
  int first = 0;
  int last = 0;
};
EVSTORE_DESCRIBE(interval, first, last)

interval arbitrary_value(random_source& from, std::type_identity<interval>) {
  const int first = static_cast<int>(from.below(100));
  return {first, first + static_cast<int>(from.below(100))};
}

std::size_t depth(const tree& t) {
  std::size_t most = 0;
  for (const tree& child : t.children) most = std::max(most, depth(child));
  for (const auto& [name, child] : t.named) most = std::max(most, depth(child));
  return most + 1;
}

} // namespace

TEST_CASE("the same seed draws the same values, another seed others") {
  const auto draw = [](std::uint64_t seed) {
    random_source from{seed};
    return arbitrary<std::vector<samples::everything>>(from);
  };
  for (std::uint64_t seed = 0; seed < 20; ++seed) CHECK(same_value(draw(seed), draw(seed)));
  CHECK_FALSE(same_value(draw(1), draw(2)));
  random_source from{1};
  CHECK(from.next() == 0x910A2DEC89025CC1u); // the reference implementation's first number
}

TEST_CASE("values are the same with every compiler and on every machine") {
  random_source from{20261120, 24};
  std::uint64_t hash = 0xCBF29CE484222325u; // FNV-1a
  for (int i = 0; i < 100; ++i)
    for (const char c : evstore::json::to_string(arbitrary<samples::everything>(from)))
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  CHECK(hash == 0x729BEF1331F572B4u);
}

TEST_CASE("the edges of every kind are drawn") {
  random_source from{7};
  std::set<std::int64_t> integers;
  std::set<double> numbers;
  std::set<std::string> texts;
  std::set<std::size_t> alternatives;
  std::set<samples::colour> colours;
  bool negative_zero = false;
  std::size_t longest_list = 0;
  for (int i = 0; i < 3000; ++i) {
    const auto drawn = arbitrary<samples::everything>(from);
    integers.insert(drawn.integer);
    numbers.insert(drawn.number);
    texts.insert(drawn.text);
    alternatives.insert(drawn.choice.index());
    colours.insert(drawn.paint);
    negative_zero = negative_zero || (drawn.number == 0 && std::signbit(drawn.number));
    longest_list = std::max(longest_list, drawn.words.size());
    REQUIRE(std::isfinite(drawn.number));
  }
  using integer = std::numeric_limits<std::int64_t>;
  CHECK(integers.contains(integer::min()));
  CHECK(integers.contains(integer::max()));
  CHECK(integers.contains((std::int64_t{1} << 53) + 1));
  CHECK(numbers.contains(std::numeric_limits<double>::max()));
  CHECK(numbers.contains(std::numeric_limits<double>::denorm_min()));
  CHECK(negative_zero);
  CHECK(texts.contains(""));
  CHECK(texts.contains(std::string(1, '\0')));
  CHECK(texts.contains("\U0001F409"));
  CHECK(alternatives.size() == 4);
  CHECK(colours.size() == 3);
  CHECK(longest_list == 300);
}

TEST_CASE("a type that contains itself ends") {
  random_source from{3, 64};
  std::size_t deepest = 0;
  for (int i = 0; i < 50; ++i) deepest = std::max(deepest, depth(arbitrary<tree>(from)));
  CHECK(deepest > 1);
  CHECK(deepest < 9);
}

TEST_CASE("a type may say itself how it is drawn") {
  random_source from{3};
  for (const interval& drawn : arbitrary<std::array<interval, 200>>(from))
    REQUIRE(drawn.first <= drawn.last);
}
