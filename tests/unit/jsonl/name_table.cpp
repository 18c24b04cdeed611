#include <evstore/jsonl/name_table.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace {

using evstore::jsonl::name_table;

std::string name(std::uint32_t i) { return "account-" + std::to_string(i); }

/// Names 0 to `count` have their numbers, and no others.
void check_has(const name_table& names, std::uint32_t count) {
  CAPTURE(count);
  REQUIRE(names.size() == count);
  for (std::uint32_t i = 0; i < count; ++i) {
    REQUIRE(names.find(name(i)) == i);
    REQUIRE(names[i] == name(i));
  }
  for (std::uint32_t i = count; i < count + 100; ++i) REQUIRE_FALSE(names.find(name(i)));
}

TEST_CASE("a table of names forgets all of them, whether many or few, and takes others") {
  name_table names;
  names.clear();
  for (const std::uint32_t count : {3U, 5000U, 1U, 40U, 0U, 700U, 5000U, 2U}) {
    for (std::uint32_t i = 0; i < count; ++i) REQUIRE(names.number_of(name(i)) == i);
    for (std::uint32_t i = 0; i < count; ++i) REQUIRE(names.number_of(name(i)) == i);
    check_has(names, count);
    names.clear();
    check_has(names, 0);
  }
}

TEST_CASE("a table that another one was moved out of is empty and can be used") {
  name_table names;
  names.number_of(name(0));
  const name_table moved = std::move(names);
  check_has(moved, 1);
  names = name_table{};
  names.number_of(name(0));
  name_table other;
  other = std::move(names);
  names.clear(); // NOLINT(bugprone-use-after-move): that it may be is what this is about
  names.number_of(name(0));
  check_has(names, 1);
}

TEST_CASE("what will be asked for may be said for any number of names, known and unknown") {
  name_table names;
  const auto expect = [&](std::size_t count) {
    names.expect(count,
                 [](std::size_t i) { return std::string_view{i % 2 == 0 ? "even" : "odd"}; });
  };
  expect(10);
  names.number_of("even");
  expect(0);
  expect(100);
  CHECK(names.size() == 1);
}

} // namespace
