#include "../../support/samples.hpp"

#include <evstore/testing/stored_value.hpp>

#include <catch2/catch.hpp>
#include <limits>
#include <map>
#include <string>
#include <vector>

using evstore::testing::same_value;
using evstore::testing::value_in_words;
using samples::everything;

namespace {

std::string difference(const everything& a, const everything& b) {
  std::string where;
  CHECK_FALSE(same_value(a, b, &where));
  return where;
}

template <class Number>
void check_numbers() {
  const Number nan = std::numeric_limits<Number>::quiet_NaN();
  CHECK(same_value(Number{1}, Number{1}));
  CHECK_FALSE(same_value(Number{1}, Number{2}));
  CHECK_FALSE(same_value(Number{0}, -Number{0}));
  CHECK(same_value(-Number{0}, -Number{0}));
  CHECK(same_value(nan, nan));
  CHECK_FALSE(same_value(nan, Number{1}));
}

} // namespace

TEST_CASE("numbers are the same when they are stored the same") {
  check_numbers<float>();
  check_numbers<double>();
  check_numbers<long double>();
}

TEST_CASE("the path of a difference leads to the innermost value") {
  const everything one;
  everything other = one;
  CHECK(same_value(one, other));
  other.nested.note = "x";
  CHECK(difference(one, other) == ".nested.note");
  other = one;
  other.triple[1] = 5;
  CHECK(difference(one, other) == ".triple[1]");
  other = one;
  other.words.emplace_back();
  CHECK(difference(one, other) == ".words");
  everything third = one;
  other = one;
  third.places["a"].x = 1;
  other.places["a"].x = 2;
  CHECK(difference(third, other) == ".places[\"a\"].x");
  third = other = one;
  third.choice = samples::point{1, {}};
  other.choice = samples::point{2, {}};
  CHECK(difference(third, other) == ".choice.point.x");
  other.choice = std::string{"x"};
  CHECK(difference(third, other) == ".choice");
}

TEST_CASE("a value is said in JSON, and one that JSON cannot say with the reason") {
  CHECK(value_in_words(samples::point{1, {}}) == "point {\"x\":1}");
  CHECK(value_in_words(samples::colour::yes) == "\"yes\"");
  CHECK_THAT(value_in_words(samples::point{1, "\xFF"}),
             Catch::StartsWith("point (invalid payload: the text is not valid UTF-8"));
  struct unknown {};
  CHECK_THAT(value_in_words(unknown{}), Catch::StartsWith("some "));
}
