#include <evstore/fixed_string.hpp>

namespace {

template <evstore::fixed_string Name>
constexpr std::string_view name = Name.view();

static_assert(name<"by_hp"> == "by_hp");
static_assert(name<""> == "");
static_assert(name<"wounded \xF0\x9F\x90\x89"> == "wounded \xF0\x9F\x90\x89");
static_assert(name<"two\0parts">.size() == 9, "a zero inside a name is kept");

} // namespace
