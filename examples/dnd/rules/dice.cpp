#include "rules/dice.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <optional>
#include <vector>

namespace dnd {

namespace {

/// Walks over a notation and knows where it is, for messages that point.
class notation {
public:
  explicit notation(std::string_view text) : text_{text} {}

  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    return at_ < text_.size() ? static_cast<char>(std::tolower(byte(at_))) : '\0';
  }

  bool take(char wanted) {
    if (peek() != wanted || at_ == text_.size()) return false;
    ++at_;
    return true;
  }

  /// The digits that stand here, as a number; numbers beyond `limit` come back as `limit + 1`.
  std::optional<int> take_number(int limit) {
    peek();
    number_at_ = at_;
    int value = 0;
    while (at_ < text_.size() && std::isdigit(byte(at_)) != 0) {
      value = std::min(value * 10 + (text_[at_] - '0'), limit + 1);
      ++at_;
    }
    if (at_ == number_at_) return std::nullopt;
    return value;
  }

  bool at_end() {
    peek();
    return at_ == text_.size();
  }

  dice_error expected(std::string message) {
    peek();
    return {std::move(message), at_, at_ < text_.size() ? text_.size() - at_ : 0};
  }

  dice_error bad_number(std::string message) const {
    return {std::move(message), number_at_, at_ - number_at_};
  }

private:
  unsigned char byte(std::size_t at) const { return static_cast<unsigned char>(text_[at]); }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t number_at_ = 0;
};

/// `kh3`, `kl1`, `a`, `d` or nothing; the error, if there is one.
std::optional<dice_error> read_keep_rule(notation& text, dice_expression& dice) {
  if (text.take('k')) {
    const bool highest = text.take('h');
    if (!highest && !text.take('l'))
      return text.expected("after k comes h (keep highest) or l (keep lowest)");
    dice.keep = highest ? keep_rule::highest : keep_rule::lowest;
    const auto kept = text.take_number(most_dice);
    if (!kept) return text.expected("how many dice are kept? write a number, as in 4d6kh3");
    if (*kept < 1 || *kept > dice.count)
      return text.bad_number("of " + std::to_string(dice.count) + " dice, 1 to " +
                             std::to_string(dice.count) + " can be kept");
    dice.keep_count = *kept;
    return std::nullopt;
  }
  const bool advantage = text.take('a');
  if (!advantage && !text.take('d')) return std::nullopt;
  if (dice.count != 1)
    return text.expected("advantage and disadvantage are for one die, as in 1d20a");
  dice.keep = advantage ? keep_rule::advantage : keep_rule::disadvantage;
  return std::nullopt;
}

} // namespace

evstore::result<dice_expression, dice_error> parse_dice(std::string_view input) {
  using evstore::failure;
  notation text{input};
  dice_expression dice;
  if (const auto count = text.take_number(most_dice)) {
    if (*count == 0) return failure{text.bad_number("roll at least one die")};
    if (*count > most_dice)
      return failure{text.bad_number("at most " + std::to_string(most_dice) + " dice at once")};
    dice.count = *count;
  }
  if (!text.take('d')) return failure{text.expected("dice look like 3d6+1: a d was expected")};
  const auto sides = text.take_number(most_sides);
  if (!sides) return failure{text.expected("how many sides? write a number, as in 3d6")};
  if (*sides == 0) return failure{text.bad_number("a die has at least one side")};
  if (*sides > most_sides)
    return failure{text.bad_number("a die has at most " + std::to_string(most_sides) + " sides")};
  dice.sides = *sides;
  if (auto defect = read_keep_rule(text, dice)) return failure{std::move(*defect)};

  const bool plus = text.take('+');
  if (plus || text.take('-')) {
    const auto modifier = text.take_number(largest_modifier);
    if (!modifier) return failure{text.expected("a number was expected after the sign")};
    if (*modifier > largest_modifier)
      return failure{text.bad_number("the modifier is beyond " + std::to_string(largest_modifier))};
    dice.modifier = plus ? *modifier : -*modifier;
  }
  if (!text.at_end()) return failure{text.expected("this does not belong to the dice")};
  return dice;
}

std::string to_string(const dice_expression& dice) {
  std::string text = std::to_string(dice.count) + "d" + std::to_string(dice.sides);
  switch (dice.keep) {
  case keep_rule::all: break;
  case keep_rule::highest: text += "kh" + std::to_string(dice.keep_count); break;
  case keep_rule::lowest: text += "kl" + std::to_string(dice.keep_count); break;
  case keep_rule::advantage: text += "a"; break;
  case keep_rule::disadvantage: text += "d"; break;
  }
  if (dice.modifier > 0) text += "+" + std::to_string(dice.modifier);
  if (dice.modifier < 0) text += std::to_string(dice.modifier);
  return text;
}

dice_roll throw_dice(const dice_expression& dice, dice_source& source) {
  const bool paired = dice.keep == keep_rule::advantage || dice.keep == keep_rule::disadvantage;
  const bool highest = dice.keep == keep_rule::highest || dice.keep == keep_rule::advantage;

  dice_roll roll;
  roll.expression = to_string(dice);
  roll.modifier = dice.modifier;
  roll.raw.resize(static_cast<std::size_t>(paired ? 2 : dice.count));
  for (int& die : roll.raw) die = source.roll(dice.sides);

  const auto keep_count = static_cast<std::size_t>(dice.keep == keep_rule::all ? dice.count
                                                   : paired                    ? 1
                                                                               : dice.keep_count);
  std::vector<std::size_t> ranked(roll.raw.size());
  std::iota(ranked.begin(), ranked.end(), std::size_t{0});
  std::stable_sort(ranked.begin(), ranked.end(), [&](std::size_t left, std::size_t right) {
    return highest ? roll.raw[left] > roll.raw[right] : roll.raw[left] < roll.raw[right];
  });
  std::vector<bool> kept(roll.raw.size(), dice.keep == keep_rule::all);
  for (std::size_t i = 0; i < keep_count; ++i) kept[ranked[i]] = true;
  for (std::size_t i = 0; i < roll.raw.size(); ++i)
    (kept[i] ? roll.kept : roll.dropped).push_back(roll.raw[i]);
  roll.total = std::accumulate(roll.kept.begin(), roll.kept.end(), dice.modifier);
  return roll;
}

} // namespace dnd
