#include <evstore/detail/json_scan.hpp>

namespace {

using evstore::detail::find_json_defect;

constexpr bool is_json(std::string_view text) { return !find_json_defect(text); }

static_assert(is_json("{}") && is_json("[]") && is_json("null") && is_json("0") && is_json("\"\""));
static_assert(is_json(R"( { "a" : [ 1 , -2.5e+3 , true , "\u00e9\ud83d\udc09" ] } )"));
static_assert(!is_json("") && !is_json("{") && !is_json("{}{}") && !is_json("nul"));
static_assert(find_json_defect("[1,]").byte == 3);
static_assert(find_json_defect("{\"a\":1 \"b\":2}").what == "expected ',' or '}'");

} // namespace
