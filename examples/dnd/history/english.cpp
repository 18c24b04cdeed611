#include "history/english.hpp"

#include <array>
#include <cctype>
#include <utility>

namespace dnd::english {

namespace {

constexpr std::array<std::string_view, 13> numbers{"no",   "one",    "two",   "three", "four",
                                                   "five", "six",    "seven", "eight", "nine",
                                                   "ten",  "eleven", "twelve"};
constexpr std::array<std::string_view, 13> ordinals{
    "",        "first",  "second", "third", "fourth",   "fifth",  "sixth",
    "seventh", "eighth", "ninth",  "tenth", "eleventh", "twelfth"};
constexpr std::array<std::string_view, 12> months{"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_vowel(char c) { return std::string_view{"aeiou"}.find(lower(c)) != std::string_view::npos; }

bool ends_in(std::string_view word, std::initializer_list<std::string_view> ends) {
  for (const std::string_view end : ends)
    if (word.ends_with(end)) return true;
  return false;
}

std::string plural_of_word(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> irregular{{
      {"wolf", "wolves"},
      {"dwarf", "dwarves"},
      {"elf", "elves"},
      {"thief", "thieves"},
      {"calf", "calves"},
      {"mouse", "mice"},
      {"goose", "geese"},
      {"child", "children"},
      {"man", "men"},
      {"knife", "knives"},
      {"octopus", "octopuses"},
      {"die", "dice"},
  }};
  constexpr std::array<std::string_view, 5> unchanged{"elk", "deer", "sheep", "fish", "swine"};
  for (const std::string_view same : unchanged)
    if (word == same) return std::string{word};
  for (const auto& [one, many] : irregular)
    if (word.ends_with(one))
      return std::string{word.substr(0, word.size() - one.size())}.append(many);
  if (word.size() > 1 && word.back() == 'y' && !is_vowel(word[word.size() - 2]))
    return std::string{word.substr(0, word.size() - 1)} + "ies";
  if (ends_in(word, {"s", "x", "z", "ch", "sh"})) return std::string{word} + "es";
  return std::string{word} + "s";
}

bool is_plural(std::string_view word) {
  return word.size() > 3 && word.ends_with('s') && !word.ends_with("ss");
}

int number_at(std::string_view text, std::size_t at) {
  int number = 0;
  for (const char c : text.substr(at, 2)) number = number * 10 + (c - '0');
  return number;
}

} // namespace

std::string with_article(std::string_view thing) {
  if (thing.empty()) return {};
  if (is_plural(thing) || is_plural(thing.substr(0, thing.find(' ')))) return std::string{thing};
  // Said with a y, or with a silent h.
  const bool consonant = thing.starts_with("uni") || thing.starts_with("one");
  const bool silent = thing.starts_with("hour") || thing.starts_with("heir");
  const bool an = (is_vowel(thing.front()) && !consonant) || silent;
  return (an ? "an " : "a ") + std::string{thing};
}

std::string plural(std::string_view noun) {
  const std::size_t of = noun.find(" of ");
  const std::string_view head = noun.substr(0, of);
  const std::size_t space = head.rfind(' ');
  const std::size_t last = space == std::string_view::npos ? 0 : space + 1;
  std::string text{head.substr(0, last)};
  text.append(plural_of_word(head.substr(last)));
  if (of != std::string_view::npos) text.append(noun.substr(of));
  return text;
}

std::string number(std::int64_t count) {
  const auto index = static_cast<std::size_t>(count);
  return count >= 0 && index < numbers.size() ? std::string{numbers.at(index)}
                                              : std::to_string(count);
}

std::string some(std::int64_t count, std::string_view noun) {
  return count == 1 ? with_article(noun) : number(count) + " " + plural(noun);
}

std::string counted(std::int64_t count, std::string_view noun) {
  return number(count) + " " + (count == 1 ? std::string{noun} : plural(noun));
}

std::string ordinal(std::int64_t number) {
  const auto index = static_cast<std::size_t>(number);
  if (number > 0 && index < ordinals.size()) return std::string{ordinals.at(index)};
  const std::int64_t tens = number % 100;
  const bool teens = tens >= 11 && tens <= 13;
  const std::int64_t ones = teens ? 0 : number % 10;
  return std::to_string(number) + (ones == 1 ? "st" : ones == 2 ? "nd" : ones == 3 ? "rd" : "th");
}

std::string capitalised(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

std::string possessive(std::string_view name) {
  return std::string{name} + (name.ends_with("s") ? "'" : "'s");
}

std::string date(std::string_view time) {
  if (time.size() < 10) return std::string{time};
  const auto month = static_cast<std::size_t>(number_at(time, 5));
  if (month < 1 || month > months.size()) return std::string{time.substr(0, 10)};
  return std::to_string(number_at(time, 8)) + " " + std::string{months.at(month - 1)} + " " +
         std::string{time.substr(0, 4)};
}

std::string hour(std::string_view time) {
  return time.size() < 16 ? std::string{} : std::string{time.substr(11, 5)};
}

std::string wrapped(std::string_view text, std::size_t width) {
  std::string lines;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    std::size_t letters = 0; // a letter may be several bytes of UTF-8
    for (const char c : word) letters += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1U : 0U;
    if (used > 0 && used + 1 + letters > width) {
      lines += '\n';
      used = 0;
    } else if (used > 0) {
      lines += ' ';
      ++used;
    }
    lines.append(word);
    used += letters;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

} // namespace dnd::english
