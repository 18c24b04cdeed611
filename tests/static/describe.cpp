// Descriptions: whichever macro made them, they say the same.
#include <evstore/describe.hpp>

#include <boost/hana/adapt_struct.hpp>
#include <boost/hana/at.hpp>
#include <boost/hana/define_struct.hpp>
#include <boost/hana/equal.hpp>
#include <boost/hana/first.hpp>
#include <boost/hana/keys.hpp>
#include <boost/hana/members.hpp>
#include <boost/hana/second.hpp>
#include <boost/hana/size.hpp>

#include <string>

namespace app {

struct account_opened {
  std::string owner;
  int branch = 7;
};
EVSTORE_DESCRIBE(account_opened, owner, branch)

struct nothing {};
EVSTORE_DESCRIBE(nothing);

struct outer {
  struct inner {
    int x;
  };
};
EVSTORE_DESCRIBE(outer::inner, x)

template <class T>
struct pair_of {
  T a;
  T b;
};
using point = pair_of<int>;
EVSTORE_DESCRIBE(point, b, a)

struct base {
  int id;
};
struct derived : base {
  int extra;
};
EVSTORE_DESCRIBE(base, id)

struct all : base {
  int extra;
};
EVSTORE_DESCRIBE(all, id, extra)

enum class colour { red = 5, green = 6, also_red = 5 };
EVSTORE_DESCRIBE_ENUM(colour, red, green, also_red)

enum plain { north, south };
EVSTORE_DESCRIBE_ENUM(plain, north, south)

enum class undescribed { a };

} // namespace app

struct adapted {
  long cents;
  std::string reason;
};
BOOST_HANA_ADAPT_STRUCT(adapted, cents, reason);

struct defined {
  BOOST_HANA_DEFINE_STRUCT(defined, (int, x), (int, y));
};

/// What BOOST_HANA_ADAPT_ADT makes: accessors that are functions.
struct wrapped {
  int hidden = 1;
};
template <>
struct boost::hana::accessors_impl<wrapped> {
  static constexpr auto apply() {
    return make_tuple(
        make_pair(string_c<'h', 'i'>, [](auto& object) -> auto& { return object.hidden; }));
  }
};

namespace {

using namespace evstore;

static_assert(described<app::account_opened> && described<app::nothing> && described<app::point> &&
              described<app::outer::inner> && described<adapted> && described<defined> &&
              described<wrapped>);
static_assert(!described<int> && !described<std::string> && !described<app::outer> &&
              !described<app::colour>);
// A description speaks of its type only: a base's does not count for what derives from it.
static_assert(!described<app::derived>);

static_assert(field_count<app::account_opened> == 2 && field_count<app::nothing> == 0 &&
              field_count<adapted> == 2 && field_count<defined> == 2);
static_assert(field_name<app::account_opened, 0> == "owner");
static_assert(field_name<app::account_opened, 1> == "branch");
static_assert(field_name<app::point, 0> == "b"); // the order of the description
static_assert(field_name<app::all, 0> == "id");
static_assert(field_name<adapted, 1> == "reason" && field_name<defined, 0> == "x");
static_assert(field_name<wrapped, 0> == "hi");

static_assert(std::is_same_v<field_type<app::account_opened, 0>, std::string>);
static_assert(std::is_same_v<field_type<adapted, 0>, long>);
static_assert(std::is_same_v<field_type<wrapped, 0>, int>);

static_assert(type_name<app::account_opened> == "account_opened");
static_assert(type_name<app::outer::inner> == "inner" && type_name<app::point> == "point");
static_assert(type_name<adapted> == "adapted" && type_name<defined> == "defined");
static_assert(type_name<app::colour> == "colour");

// Members are reached for reading and for writing, also through Hana's accessors.
template <class T>
constexpr int write_and_sum(T object) {
  field<0>(object) = 40;
  int sum = 0;
  for_each_field(std::as_const(object),
                 [&](std::string_view, const int& member) { sum += member; });
  return sum;
}
static_assert(write_and_sum(app::point{1, 2}) == 41);
static_assert(write_and_sum(app::all{{1}, 2}) == 42);
static_assert(write_and_sum(defined{1, 2}) == 42);
static_assert(write_and_sum(wrapped{}) == 40);

static_assert(described_enum<app::colour> && described_enum<app::plain> &&
              !described_enum<app::undescribed> && !described_enum<int>);
static_assert(enumerators<app::colour>.size() == 3);
static_assert(enum_name(app::colour::green) == "green");
static_assert(enum_name(app::colour::also_red) == "red"); // the first name of a value
static_assert(enum_name(static_cast<app::colour>(9)).empty());
static_assert(enum_name(app::south) == "south");
static_assert(parse_enum<app::colour>("also_red") == app::colour::red);
static_assert(!parse_enum<app::colour>("Red") && !parse_enum<app::colour>(""));

// What our macro describes is a Hana Struct, made when somebody asks.
namespace hana = boost::hana;
static_assert(hana::Struct<app::point>::value && hana::Struct<app::nothing>::value);
static_assert(hana::keys(app::point{1, 2}) ==
              hana::make_tuple(hana::string_c<'b'>, hana::string_c<'a'>));
static_assert(hana::members(app::point{1, 2}) == hana::make_tuple(2, 1));
static_assert(hana::second(hana::accessors<app::point>()[hana::size_c<0>])(app::point{1, 2}) == 2);
static_assert(hana::size(hana::members(app::nothing{})) == hana::size_c<0>);

// As many members as a struct can have, and more than Hana's own macros take.
struct wide {
  int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9;
  int c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9;
  int e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9;
  int g0, g1, g2, g3, g4, g5, g6, g7, g8, g9, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9;
};
EVSTORE_DESCRIBE(wide, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8,
                 b9, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9,
                 e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, g0,
                 g1, g2, g3, g4, g5, g6, g7, g8, g9, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9)
static_assert(field_count<wide> == 80 && field_name<wide, 79> == "h9");

} // namespace
