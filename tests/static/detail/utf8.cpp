#include <evstore/detail/utf8.hpp>

namespace {

using evstore::detail::is_utf8;
using evstore::detail::utf8_valid_prefix;

static_assert(is_utf8(""));
static_assert(is_utf8("plain text that is longer than eight bytes"));
static_assert(is_utf8("\u0080\u07FF\u0800\uD7FF\uE000\uFFFF\U00010000\U0010FFFF"));
static_assert(!is_utf8("\x80") && !is_utf8("\xBF") && !is_utf8("\xFE") && !is_utf8("\xFF"));
static_assert(!is_utf8("\xC0\x80") && !is_utf8("\xC1\xBF"), "overlong, two bytes");
static_assert(!is_utf8("\xE0\x9F\xBF") && is_utf8("\xE0\xA0\x80"), "overlong, three bytes");
static_assert(!is_utf8("\xF0\x8F\xBF\xBF") && is_utf8("\xF0\x90\x80\x80"), "overlong, four bytes");
static_assert(!is_utf8("\xED\xA0\x80") && !is_utf8("\xED\xBF\xBF"), "surrogates");
static_assert(!is_utf8("\xF4\x90\x80\x80") && !is_utf8("\xF5\x80\x80\x80"), "beyond U+10FFFF");
static_assert(utf8_valid_prefix("abc\xE2\x82") == 3, "cut short at the end");
static_assert(utf8_valid_prefix("abc\xE2\x82z") == 3);

} // namespace
