#include <evstore/padded_text.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

/// A promise of room never outlives the view that it was made for.

namespace {

using evstore::padded_text;

constexpr std::string_view memory = "{}, and more";
constexpr padded_text padded = padded_text::with_room(memory.substr(0, 2), 10);

static_assert(padded == "{}" && padded.room() == 10);
static_assert(padded_text{memory}.room() == 0);
static_assert(padded_text{"{}"}.room() == 0);
static_assert(padded_text{std::string_view{padded}}.room() == 0);
static_assert(padded_text{padded}.room() == 10);

constexpr padded_text assigned = [] {
  padded_text text = padded;
  text = std::string_view{"[]"};
  return text;
}();
static_assert(assigned == "[]" && assigned.room() == 0);

static_assert(std::is_convertible_v<std::string, padded_text>);
static_assert(!std::is_convertible_v<int, padded_text>);

template <class Text>
concept swaps_with_a_view = requires(Text& text, std::string_view& view) { text.swap(view); };
static_assert(swaps_with_a_view<std::string_view> && !swaps_with_a_view<padded_text>);

} // namespace
