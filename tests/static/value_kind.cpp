// What can be stored, and as what.
#include <evstore/value_kind.hpp>

#include <cstdint>
#include <memory>
#include <set>
#include <unordered_map>

namespace {

using namespace evstore;

struct leaf {
  int x;
};
EVSTORE_DESCRIBE(leaf, x)

struct other_leaf {
  int x;
};
EVSTORE_DESCRIBE(other_leaf, x)

enum class colour { red };
EVSTORE_DESCRIBE_ENUM(colour, red)
enum class nameless { a };

struct tree {
  std::vector<tree> children;
};
EVSTORE_DESCRIBE(tree, children)

template <class T, value_kind Kind>
constexpr bool is = kind_of<T>() == Kind;
template <class T>
constexpr bool refused = is<T, value_kind::none>;

static_assert(is<bool, value_kind::boolean> && is<char, value_kind::integer>);
static_assert(is<std::int8_t, value_kind::integer> && is<std::uint64_t, value_kind::integer>);
static_assert(is<float, value_kind::floating> && is<long double, value_kind::floating>);
static_assert(is<std::string, value_kind::text> && is<raw_json, value_kind::json>);
static_assert(is<colour, value_kind::enumeration> && refused<nameless>);
static_assert(is<leaf, value_kind::structure> && is<tree, value_kind::structure>);
static_assert(is<std::vector<std::vector<leaf>>, value_kind::list>);
static_assert(is<std::array<leaf, 2>, value_kind::array>);
static_assert(is<std::map<std::string, leaf>, value_kind::map>);
static_assert(is<std::map<std::string, int, std::less<>>, value_kind::map>);
static_assert(is<std::optional<leaf>, value_kind::optional>);
static_assert(is<std::optional<raw_json>, value_kind::optional>);
static_assert(is<std::variant<std::monostate, int, leaf, std::string>, value_kind::variant>);

static_assert(is<timestamp, value_kind::time> && is<std::chrono::sys_seconds, value_kind::time>);
static_assert(is<std::chrono::system_clock::time_point, value_kind::time>);
static_assert(refused<std::chrono::steady_clock::time_point>);
static_assert(refused<std::chrono::sys_time<std::chrono::duration<double>>>);

static_assert(refused<std::string_view> && refused<const char*> && refused<int*>);
static_assert(refused<std::unique_ptr<int>> && refused<std::set<int>>);
static_assert(refused<std::map<int, int>> && refused<std::unordered_map<std::string, int>>);
static_assert(refused<std::vector<nameless>> && refused<std::optional<std::vector<int*>>>);

// A null has one meaning.
static_assert(refused<std::optional<std::optional<int>>>);
static_assert(refused<std::optional<std::monostate>>);
static_assert(refused<std::vector<std::optional<raw_json>>>);
static_assert(is<std::vector<std::optional<int>>, value_kind::list>);

// Alternatives are told apart by name.
static_assert(is<std::variant<leaf, other_leaf>, value_kind::variant>);
static_assert(refused<std::variant<long, long long>> == (sizeof(long) == 8));
static_assert(refused<std::variant<std::vector<int>, std::vector<leaf>>>);
static_assert(refused<std::variant<int, std::optional<leaf>>>);

static_assert(shape_name<std::int32_t>() == "int32" && shape_name<std::uint8_t>() == "uint8");
static_assert(shape_name<float>() == "float" && shape_name<double>() == "double");
static_assert(shape_name<leaf>() == "leaf" && shape_name<colour>() == "colour");
static_assert(shape_name<std::monostate>() == "none");

static_assert(check_described<tree>());

} // namespace
