#include "../../support/samples.hpp"

#include <evstore/testing/laws.hpp>
#include <evstore/yaml.hpp>

#include <catch2/catch.hpp>
#include <string_view>

TEST_CASE("values of every kind survive YAML") {
  using samples::everything;
  const auto write = [](const everything& value) { return evstore::yaml::write(value); };
  const auto read = [](std::string_view text) { return evstore::yaml::read<everything>(text); };
  CHECK(evstore::testing::round_trip<everything>(write, read, {.count = 500}));
}
