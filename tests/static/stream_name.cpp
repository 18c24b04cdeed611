#include <evstore/stream_name.hpp>

namespace {

using evstore::name_defect;
using namespace std::string_view_literals;

static_assert(name_defect("campaign-lost_mine").empty());
static_assert(name_defect("a").empty());
static_assert(name_defect(" ../%41\\\"' $#").empty(),
              "no character but control characters is special");
static_assert(name_defect("日本 é e\u0301 🐉 \u202E").empty());
static_assert(name_defect("\xC2\xA0").empty(), "the first code point behind the C1 controls");

static_assert(name_defect("") == "is empty");
static_assert(name_defect("a\xFF") == "is not valid UTF-8");
static_assert(name_defect("\xED\xA0\x80") == "is not valid UTF-8", "a surrogate");
static_assert(name_defect("\xC0\xAF") == "is not valid UTF-8", "an overlong form");
static_assert(name_defect("a\0b"sv) == "contains a control character");
static_assert(name_defect("a\n") == "contains a control character");
static_assert(name_defect("\x1F") == "contains a control character");
static_assert(name_defect("\x7F") == "contains a control character");
static_assert(name_defect("\xC2\x80") == "contains a control character");
static_assert(name_defect("\xC2\x9F") == "contains a control character");

} // namespace
