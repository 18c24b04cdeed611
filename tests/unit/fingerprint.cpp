#include <evstore/fingerprint.hpp>

#include <catch2/catch.hpp>

#include <boost/hana/adapt_struct.hpp>

#include <cstdint>

namespace {

enum class colour { red, green };
EVSTORE_DESCRIBE_ENUM(colour, red, green)

struct leaf {
  std::int32_t a;
  std::array<double, 12> d;
  colour c;
};
EVSTORE_DESCRIBE(leaf, a, d, c)

struct tree {
  std::vector<tree> children;
  std::optional<leaf> value;
  std::map<std::string, std::variant<std::int32_t, leaf>> named;
  evstore::timestamp at;
  evstore::raw_json any;
};
EVSTORE_DESCRIBE(tree, children, value, named, at, any)

struct empty {};
EVSTORE_DESCRIBE(empty)

struct one {
  std::int64_t x;
  std::string y;
};
EVSTORE_DESCRIBE(one, x, y)

namespace same_shape {
struct two {
  std::int64_t x;
  std::string y;
};
} // namespace same_shape

struct swapped {
  std::int64_t x;
  std::string y;
};
EVSTORE_DESCRIBE(swapped, y, x)

struct narrower {
  std::int32_t x;
  std::string y;
};
EVSTORE_DESCRIBE(narrower, x, y)

struct renamed {
  std::int64_t x;
  std::string z;
};
EVSTORE_DESCRIBE(renamed, x, z)

struct grandchild;
struct child {
  std::vector<grandchild> below;
};
struct grandchild {
  std::vector<child> above;
  std::vector<grandchild> same;
};
EVSTORE_DESCRIBE(child, below)
EVSTORE_DESCRIBE(grandchild, above, same)

} // namespace

BOOST_HANA_ADAPT_STRUCT(same_shape::two, x, y);

using namespace evstore;

TEST_CASE("a shape spells names, types and order, down to the leaves") {
  CHECK(shape_text<empty>() == "{}");
  CHECK(shape_text<one>() == "{x:int64,y:string}");
  CHECK(shape_text<tree>() ==
        "{children:list<^1>,"
        "value:optional<{a:int32,d:array<12,double>,c:enum<red,green>}>,"
        "named:map<variant<int32:int32,leaf:{a:int32,d:array<12,double>,c:enum<red,green>}>>,"
        "at:time,any:json}");
}

TEST_CASE("shapes of types that contain each other end") {
  CHECK(shape_text<child>() == "{below:list<{above:list<^2>,same:list<^1>}>}");
}

TEST_CASE("a fingerprint is FNV-1a of the shape, made at compile time") {
  constexpr std::uint64_t known = 0x08F4'4B07'B590'1A25u; // of "{}", so that no build differs
  static_assert(fingerprint_of<empty> != 0);
  detail::shape_hash hash;
  hash.add(shape_text<tree>());
  CHECK(hash.value == fingerprint_of<tree>);
  CHECK(fingerprint_of<empty> == known);
}

TEST_CASE("the fingerprint is that of what is stored, not of the C++ type") {
  CHECK(fingerprint_of<one> == fingerprint_of<same_shape::two>);
  CHECK(fingerprint_of<one> != fingerprint_of<swapped>);
  CHECK(fingerprint_of<one> != fingerprint_of<narrower>);
  CHECK(fingerprint_of<one> != fingerprint_of<renamed>);
}
