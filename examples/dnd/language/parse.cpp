#include "language/parse.hpp"

#include "language/phrase.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace dnd {

namespace {

using evstore::failure;
using parsed = evstore::result<command::any, complaint>;

// A value that was not understood leaves the builder on the spot; `parse_command` makes a result of
// it. It never leaves this file.
struct misunderstanding {
  complaint why;
};

constexpr int largest_number = 1'000'000;

int number_of(const mention& said) {
  int value = 0;
  bool good = !said.text.empty();
  for (const char c : said.text) {
    good = good && std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (good) value = std::min(value * 10 + (c - '0'), largest_number + 1);
  }
  if (!good)
    throw misunderstanding{{"\"" + said.text + "\" is not a whole number", said.at, said.length}};
  if (value > largest_number)
    throw misunderstanding{
        {"numbers go up to " + std::to_string(largest_number), said.at, said.length}};
  return value;
}

/// Like `number_of`, with a minus sign allowed.
int signed_number_of(mention said) {
  if (!said.text.starts_with('-')) return number_of(said);
  said.text.erase(0, 1);
  return -number_of(said);
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

dice_expression dice_of(const mention& said) {
  const auto dice = parse_dice(said.text);
  if (dice) return *dice;
  if (is_number(said.text))
    throw misunderstanding{
        {said.text + " is no dice; what a real die showed is said with rolled: " + said.text,
         said.at, said.length}};
  const dice_error& why = dice.error();
  // The values of `dice:` are slices of the line, so that an offset in one is an offset in it.
  // Quoted ones are not: there the whole value is to blame.
  const bool slice = said.length == said.text.size();
  const bool at_a_word = slice && why.length != 0;
  throw misunderstanding{
      {why.message, at_a_word ? said.at + why.at : said.at, at_a_word ? why.length : said.length}};
}

/// `rolled: 3 5`: the numbers of real dice, as many as blanks or commas part.
std::vector<face> faces_of(const phrase& said) {
  std::vector<face> faces;
  const mention* all = said.find("rolled");
  if (all == nullptr) return faces;
  constexpr std::string_view between = " \t,";
  const std::string_view text = all->text;
  const std::size_t quote = all->length == text.size() ? 0 : 1;
  for (std::size_t at = text.find_first_not_of(between); at < text.size();
       at = text.find_first_not_of(between, at)) {
    const std::size_t end = std::min(text.find_first_of(between, at), text.size());
    mention one{std::string{text.substr(at, end - at)}, all->at + quote + at, end - at};
    const int shown = number_of(one);
    faces.push_back({shown, std::move(one)});
    at = end;
  }
  return faces;
}

std::optional<mention> optional_name(const phrase& said, std::string_view label) {
  const mention* found = said.find(label);
  return found != nullptr ? std::optional{*found} : std::nullopt;
}

complaint about_all_of(const phrase& said, std::string message) {
  return {message + "; usage: " + std::string{said.of->usage}, said.keyword.at,
          said.keyword.length};
}

// --- one builder for each line of the syntax table
// --------------------------------------------------

command::any build_add(const phrase& said) { return command::add{said.bare}; }

command::any build_roll(const phrase& said) {
  command::roll built{.dice = dice_of(said.bare.front()), .rolled = faces_of(said)};
  if (const mention* by = said.find("by")) built.by = *by;
  return built;
}

command::any build_start_encounter(const phrase& said) {
  return command::start_encounter{said.all("with")};
}

command::any build_initiative(const phrase& said) {
  command::initiative built{.by = optional_name(said, "by"), .rolled = faces_of(said)};
  const mention* number = said.bare.empty() ? said.find("rolled") : &said.bare.front();
  if (number != nullptr && !built.by)
    throw misunderstanding{{"whose initiative is it? add by: NAME", number->at, number->length}};
  if (!said.bare.empty() && !built.rolled.empty())
    throw misunderstanding{about_all_of(said, "say the total, or what the die showed, not both")};
  if (!said.bare.empty()) built.total = signed_number_of(*number);
  return built;
}

command::any build_attack(const phrase& said) {
  command::attack built{.by = optional_name(said, "by"), .with = optional_name(said, "with")};
  built.to = said.all("to");
  if (const mention* dice = said.find("dice")) built.dice = dice_of(*dice);
  built.rolled = faces_of(said);
  return built;
}

command::any build_damage(const phrase& said) {
  constexpr std::size_t most_parts = 20;
  command::damage built{.with = optional_name(said, "with"), .to = optional_name(said, "to")};
  std::optional<dice_expression> dice;
  for (const auto& [label, value] : said.parts) {
    if (label == "dice") {
      if (dice)
        throw misunderstanding{{"the dice before this have no type: yet", value.at, value.length}};
      dice = dice_of(value);
    } else if (label == "type") {
      if (!dice) throw misunderstanding{{"dice: comes before its type:", value.at, value.length}};
      built.parts.push_back({*std::exchange(dice, std::nullopt), value});
    }
  }
  if (dice) {
    const mention last = said.all("dice").back();
    throw misunderstanding{{"what type: of damage is this?", last.at, last.length}};
  }
  if (built.parts.size() > most_parts)
    throw misunderstanding{about_all_of(said, "at most 20 kinds of damage at once")};
  built.rolled = faces_of(said);
  return built;
}

command::any build_heal(const phrase& said) {
  const mention* amount = said.find("amount");
  const mention* dice = said.find("dice");
  if ((amount == nullptr) == (dice == nullptr))
    throw misunderstanding{about_all_of(said, "heal needs either amount: or dice:")};
  if (amount == nullptr) return command::heal{*said.find("to"), dice_of(*dice), faces_of(said)};
  if (said.find("rolled") != nullptr)
    throw misunderstanding{about_all_of(said, "rolled: goes with dice:")};
  return command::heal{*said.find("to"), number_of(*amount)};
}

command::any build_short_rest(const phrase& said) {
  command::rest built{.length = rest_length::short_rest, .by = *said.find("by")};
  if (const mention* dice = said.find("hit-dice")) built.hit_dice = number_of(*dice);
  built.rolled = faces_of(said);
  return built;
}

command::any build_long_rest(const phrase& said) {
  return command::rest{.length = rest_length::long_rest, .by = *said.find("by")};
}

/// How many of a thing change hands.
int amount_of(const phrase& said) {
  const mention* amount = said.find("amount");
  if (amount == nullptr) return 1;
  const int number = number_of(*amount);
  if (number == 0) throw misunderstanding{{"none of it changes hands", amount->at, amount->length}};
  return number;
}

command::any build_ask(const phrase& said) {
  return command::ask_check{*said.find("check"), *said.find("of"), number_of(*said.find("dc")),
                            optional_name(said, "fails"), optional_name(said, "succeeds")};
}

command::any build_start_session(const phrase& said) {
  command::start_session built;
  if (!said.bare.empty()) built.title = said.bare.front().text;
  return built;
}

command::any build_undo(const phrase& said) {
  using unit = command::undo::unit;
  constexpr std::array<std::pair<std::string_view, unit>, 3> units{
      {{"steps", unit::step}, {"turn", unit::turn}, {"round", unit::round}}};
  std::optional<command::undo> built;
  for (const auto& [label, what] : units) {
    const mention* count = said.find(label);
    if (count == nullptr) continue;
    if (built) throw misunderstanding{about_all_of(said, "undo counts one thing at a time")};
    built = command::undo{what, number_of(*count)};
    if (built->count == 0)
      throw misunderstanding{{"there is nothing to undo in 0", count->at, count->length}};
  }
  return built.value_or(command::undo{});
}

command::any build_status(const phrase& said) {
  command::status built;
  if (!said.bare.empty()) built.of = said.bare.front();
  return built;
}

command::any build_help(const phrase& said) {
  command::help built;
  if (!said.bare.empty()) built.topic = said.bare.front();
  return built;
}

struct builder {
  std::string_view keyword;
  command::any (*build)(const phrase&);
};

constexpr std::array builders{
    builder{"add", build_add},
    builder{"remove",
            [](const phrase& said) -> command::any { return command::remove{said.bare}; }},
    builder{"roll", build_roll},
    builder{"encounter start", build_start_encounter},
    builder{"encounter end",
            [](const phrase&) -> command::any { return command::end_encounter{}; }},
    builder{"initiative", build_initiative},
    builder{"turn", [](const phrase&) -> command::any { return command::turn{}; }},
    builder{"attack", build_attack},
    builder{"damage", build_damage},
    builder{"heal", build_heal},
    builder{"inflict",
            [](const phrase& said) -> command::any {
              return command::inflict{said.bare.front(), *said.find("to")};
            }},
    builder{"lift",
            [](const phrase& said) -> command::any {
              return command::lift{said.bare.front(), *said.find("from")};
            }},
    builder{"ask", build_ask},
    builder{"check",
            [](const phrase& said) -> command::any {
              return command::check{said.bare.front(), optional_name(said, "by"), faces_of(said)};
            }},
    builder{"rest short", build_short_rest},
    builder{"rest long", build_long_rest},
    builder{"level-up",
            [](const phrase& said) -> command::any { return command::level_up{*said.find("by")}; }},
    builder{"give",
            [](const phrase& said) -> command::any {
              return command::give{said.bare.front(), *said.find("to"), amount_of(said)};
            }},
    builder{"take",
            [](const phrase& said) -> command::any {
              return command::take{said.bare.front(), *said.find("from"), amount_of(said)};
            }},
    builder{
        "note",
        [](const phrase& said) -> command::any { return command::note{said.bare.front().text}; }},
    builder{"session start", build_start_session},
    builder{"session end", [](const phrase&) -> command::any { return command::end_session{}; }},
    builder{"session save", [](const phrase&) -> command::any { return command::save_session{}; }},
    builder{"undo", build_undo},
    builder{"status", build_status},
    builder{"hint", [](const phrase&) -> command::any { return command::hint{}; }},
    builder{"help", build_help},
    builder{"quit", [](const phrase&) -> command::any { return command::quit{}; }},
};

} // namespace

parsed parse_command(std::string_view line) {
  const auto said = read_phrase(line);
  if (!said) return failure{said.error()};
  const auto found = std::find_if(builders.begin(), builders.end(), [&](const builder& candidate) {
    return candidate.keyword == said->of->keyword;
  });
  EVSTORE_ASSERT(found != builders.end(), "every command of the syntax table has a builder");
  try {
    return found->build(*said);
  } catch (const misunderstanding& misunderstood) {
    return failure{misunderstood.why};
  }
}

std::optional<mention> find_keyword(std::string_view line) {
  const auto said = read_phrase(line);
  if (!said) return std::nullopt;
  return said->keyword;
}

} // namespace dnd
