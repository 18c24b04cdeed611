#include <evstore/query.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

using evstore::error;
using evstore::query;
using evstore::query_item;

bool matches(const query& which, std::string_view type, std::vector<std::string_view> tags = {}) {
  return which.matches(type, tags);
}

TEST_CASE("a query of all events matches every event") {
  CHECK(query::all().is_all());
  CHECK(matches(query::all(), "a"));
  CHECK(matches(query::all(), "$truncated", {"x"}));
}

TEST_CASE("a query of types matches events of any of them") {
  const query which = query::types({"a", "b"});
  CHECK(matches(which, "a"));
  CHECK(matches(which, "b", {"x"}));
  CHECK(!matches(which, "ab"));
  CHECK(!matches(which, "A"));
}

TEST_CASE("a query of tags matches events that bear all of them") {
  const query which = query::tags({"x", "y"});
  CHECK(matches(which, "a", {"y", "z", "x"}));
  CHECK(!matches(which, "a", {"x"}));
  CHECK(!matches(which, "a"));
}

TEST_CASE("an item with types and tags needs both") {
  const query which{{query_item{{"a", "b"}, {"x"}}}};
  CHECK(matches(which, "b", {"x"}));
  CHECK(!matches(which, "c", {"x"}));
  CHECK(!matches(which, "a", {"y"}));
}

TEST_CASE("queries are joined: either may match") {
  const query which = query::types({"a"}) | query::tags({"x"});
  CHECK(which.items().size() == 2);
  CHECK(matches(which, "a"));
  CHECK(matches(which, "b", {"x"}));
  CHECK(!matches(which, "b", {"y"}));
  CHECK((which | query::all()).is_all());
  CHECK((query::all() | which).is_all());
}

TEST_CASE("a query matches a stored event by its type and tags") {
  const std::vector<std::string_view> tags{"x"};
  evstore::event_view event;
  event.type = "a";
  event.tags = tags;
  CHECK(query::tags({"x"}).matches(event));
  CHECK(!query::types({"b"}).matches(event));
}

TEST_CASE("nothing asked is not everything: an empty query is refused") {
  CHECK_THROWS_AS(query{std::vector<query_item>{}}, error);
  CHECK_THROWS_AS(query{std::vector<query_item>{query_item{}}}, error);
  CHECK_THROWS_AS(query::types({}), error);
  CHECK_THROWS_AS(query::tags({}), error);
  CHECK_THROWS_WITH(query::types({}), Catch::Contains("say query::all()"));
}

TEST_CASE("names that no event can have are refused in a query") {
  CHECK_THROWS_AS(query::types({""}), error);
  CHECK_THROWS_AS(query::tags({"x", "a\nb"}), error);
  CHECK_THROWS_AS(query::tags({std::string(256, 'x')}), error);
  CHECK_NOTHROW(query::types({"$tombstoned"}));
}

TEST_CASE("a query is told in words") {
  CHECK(query::all().to_string() == "all events");
  CHECK(query::types({"a", "b"}).to_string() == "types a|b");
  CHECK(query::tags({"x", "y"}).to_string() == "tags x+y");
  CHECK((query{{query_item{{"a"}, {"x"}}}} | query::tags({"z"})).to_string() ==
        "types a tags x or tags z");
}

TEST_CASE("queries are equal when they say the same in the same order") {
  CHECK(query::types({"a"}) == query::types({"a"}));
  CHECK(query::types({"a"}) != query::tags({"a"}));
  CHECK(query::all() == query::all());
}

} // namespace
