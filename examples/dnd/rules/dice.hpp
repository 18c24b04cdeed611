#pragma once

#include "events.hpp"

#include <evstore/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dnd {

enum class keep_rule : std::uint8_t { all, highest, lowest, advantage, disadvantage };

/// `N dS [kh|kl n | a | d] [+/-M]`, taken apart. What `parse_dice` returns is always within limits.
struct dice_expression {
  int count = 1;
  int sides = 20;
  keep_rule keep = keep_rule::all;
  int keep_count = 0; ///< of `kh` and `kl`
  int modifier = 0;

  friend bool operator==(const dice_expression&, const dice_expression&) = default;
};

constexpr dice_expression d20_with(int modifier) noexcept {
  return {.count = 1, .sides = 20, .modifier = modifier};
}

/// The limits that keep every throw, and the event that records it, small.
inline constexpr int most_dice = 1'000;
inline constexpr int most_sides = 1'000;
inline constexpr int largest_modifier = 1'000'000;

/// What is wrong with a notation, and where in it.
struct dice_error {
  std::string message;
  std::size_t at = 0;
  std::size_t length = 0;
};

/// Reads `3d6+1`, `d20`, `4d6kh3`, `2d20kl1`, `1d20a` (advantage), `1d20d` (disadvantage), in
/// either case and with spaces between the parts. Linear; refuses whatever is beyond the limits.
evstore::result<dice_expression, dice_error> parse_dice(std::string_view text);

/// The canonical notation: `parse_dice(to_string(d)) == d`.
std::string to_string(const dice_expression& dice);

/// The die that a command rolls. Rules never have one: they are given the outcome.
class dice_source {
public:
  virtual ~dice_source() = default;
  /// A number from 1 to `sides`.
  virtual int roll(int sides) = 0;
};

/// Throws the dice once; the record is what goes into an event.
dice_roll throw_dice(const dice_expression& dice, dice_source& source);

} // namespace dnd
