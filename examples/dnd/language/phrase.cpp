#include "language/phrase.hpp"

#include "language/text.hpp"
#include "language/words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace dnd {

namespace {

using evstore::failure;
using defect = std::optional<complaint>;

std::string did_you_mean(const std::optional<std::string_view>& suggestion,
                         std::string_view colon) {
  if (!suggestion) return {};
  return "; did you mean " + std::string{*suggestion} + std::string{colon} + "?";
}

complaint about(const word& culprit, std::string message) {
  return {std::move(message), culprit.at, culprit.end - culprit.at};
}

/// What people say who know the game and not this program, and what is said here.
struct habit {
  std::string_view said;
  std::string_view instead;
};
constexpr std::array habits{
    habit{"cast",
          "attack with: SPELL to: NAME dice: DICE, or damage with: SPELL to: NAME dice: DICE type: "
          "TYPE"},
    habit{"use", "take ITEM from: NAME, and what it does: heal, damage, lift"},
    habit{"drink", "take ITEM from: NAME, and heal to: NAME dice: DICE"},
    habit{"hit", "attack to: NAME"},
    habit{"kill", "damage to: NAME dice: DICE type: TYPE, or remove NAME"},
    habit{"save", "session save, or ask check: ABILITY of: NAME dc: NUMBER"},
    habit{"next", "turn"},
    habit{"move", "note \"TEXT\"; places are not kept"},
    habit{"fight", "encounter start"},
    habit{"exit", "quit"},
    habit{"who", "status"},
    habit{"list", "status"},
};

/// What could be said instead of a word that begins no line.
std::string instead_of(std::string_view word, std::span<const std::string_view> firsts) {
  const auto known = std::find_if(habits.begin(), habits.end(),
                                  [&](const habit& each) { return same_word(each.said, word); });
  if (known != habits.end()) return "; say " + std::string{known->instead};
  std::vector<std::string> whole;
  for (const syntax& candidate : all_syntax())
    if (same_word(second_word(candidate.keyword), word)) whole.emplace_back(candidate.keyword);
  if (!whole.empty()) return "; did you mean " + in_words(whole, "or") + "?";
  const auto suggestion = nearest(word, firsts);
  return suggestion ? did_you_mean(suggestion, "") : "; try: help";
}

/// The command of the first word or two, and how many words they were.
struct keyword_match {
  const syntax* of;
  std::size_t words;
};

evstore::result<keyword_match, complaint> find_keyword(const std::vector<word>& words) {
  const word& first = words.front();
  std::vector<std::string_view> firsts;
  std::vector<std::string_view> seconds;
  for (const syntax& candidate : all_syntax()) {
    firsts.push_back(first_word(candidate.keyword));
    if (first.label || first.quoted || !same_word(firsts.back(), first.text)) continue;
    const std::string_view second = second_word(candidate.keyword);
    if (second.empty()) return keyword_match{&candidate, 1};
    if (words.size() > 1 && !words[1].label && same_word(second, words[1].text))
      return keyword_match{&candidate, 2};
    seconds.push_back(second);
  }
  if (seconds.empty())
    return failure{about(first, "a line begins with a command, and \"" + first.text + "\" is none" +
                                    instead_of(first.text, firsts))};
  const std::vector<std::string> choices(seconds.begin(), seconds.end());
  const std::string wanted = "after " + folded(first.text) + " comes " + in_words(choices, "or");
  if (words.size() == 1 || words[1].label) return failure{about(first, wanted)};
  return failure{about(words[1], wanted + did_you_mean(nearest(words[1].text, seconds), ""))};
}

/// Turns the words behind the keyword into values, left to right.
class phrase_reader {
public:
  phrase_reader(std::string_view line, const std::vector<word>& words, keyword_match match)
      : line_{line}, words_{words}, at_{match.words}, of_{*match.of} {
    result_.of = match.of;
    result_.keyword = slice(0, match.words);
  }

  evstore::result<phrase, complaint> read() && {
    const bool is_text = of_.bare.value == value_kind::text && !says_text_and_labels();
    const bool as_it_stands = is_text && words_.size() > at_ + 1;
    const auto empty = std::find_if(words_.begin(), words_.end(), says_nothing);
    if (empty != words_.end() && !as_it_stands)
      return failure{about(*empty, "nothing stands between the quotes")};
    if (is_text) {
      read_text();
    } else {
      while (at_ < words_.size())
        if (auto why = words_[at_].label ? read_part() : read_bare()) return failure{*why};
    }
    if (auto why = find_missing()) return failure{*why};
    return std::move(result_);
  }

private:
  [[nodiscard]] bool says_text_and_labels() const {
    return words_.size() > at_ + 1 && words_[at_].quoted && words_[at_ + 1].label;
  }

  static bool says_nothing(const word& said) {
    return said.quoted && said.text.find_first_not_of(" \t") == std::string::npos;
  }

  /// The label that this word names, or that its `and:` continues; empty for the bare value.
  evstore::result<const label_rule*, complaint> resolve(const word& label) const {
    if (same_word(label.text, "and") && find_label(of_, "and") == nullptr) {
      const how_often before = last_ != nullptr        ? last_->often
                               : !result_.bare.empty() ? of_.bare.often
                                                       : how_often::once;
      if (before == how_often::list) return last_;
      const bool names_one = (last_ != nullptr || !result_.bare.empty()) && !takes_lists();
      return failure{about(
          label, names_one ? std::string{of_.keyword} + " takes one name; say it again for another"
                           : "and: continues a list of names, and none comes right before it")};
    }
    const label_rule* rule = find_label(of_, label.text);
    if (rule == nullptr) return failure{about(label, unknown_label(label.text))};
    if (rule->often == how_often::again || result_.find(rule->label) == nullptr) return rule;
    return failure{about(label, std::string{rule->label} + ": is said twice" +
                                    (rule->often == how_often::list ? "; go on with and:" : ""))};
  }

  bool takes_lists() const {
    return of_.bare.often == how_often::list ||
           std::any_of(of_.labels.begin(), of_.labels.end(),
                       [](const label_rule& rule) { return rule.often == how_often::list; });
  }

  std::string unknown_label(std::string_view label) const {
    std::vector<std::string_view> known;
    std::vector<std::string> spelled;
    for (const label_rule& rule : of_.labels) {
      known.push_back(rule.label);
      spelled.push_back(std::string{rule.label} + ":");
    }
    std::string text = std::string{of_.keyword} + " has no label " + std::string{label} + ":";
    if (const auto suggestion = nearest(label, known)) return text + did_you_mean(suggestion, ":");
    if (!spelled.empty()) text += "; it has " + in_words(spelled);
    return text + "; text with a colon is put in quotes";
  }

  defect read_part() {
    const word& label = words_[at_++];
    const auto resolved = resolve(label);
    if (!resolved) return resolved.error();
    const label_rule* rule = *resolved;
    if (at_ == words_.size() || words_[at_].label)
      return about(label, "nothing stands behind " + folded(label.text) + ":");
    if (rule == nullptr) {
      result_.bare.push_back(take_one());
    } else {
      if (rule->value == value_kind::speaker && !same_word(words_[at_].text, game_master))
        return about(words_[at_], "only the game master (" + std::string{game_master} + ") can " +
                                      std::string{of_.keyword});
      const bool several = rule->value == value_kind::dice || rule->value == value_kind::faces;
      const bool run = several && !words_[at_].quoted;
      result_.parts.push_back({rule->label, run ? take_run() : take_one()});
      last_ = rule;
    }
    return std::nullopt;
  }

  defect read_bare() {
    const word& first = words_[at_];
    if (of_.bare.value == value_kind::none || !result_.bare.empty()) return misplaced(first);
    result_.bare.push_back(of_.bare.value == value_kind::dice && !first.quoted ? take_run()
                                                                               : take_one());
    last_ = nullptr;
    return std::nullopt;
  }

  complaint misplaced(const word& culprit) const {
    const word& before = words_[at_ - 1];
    if (result_.parts.empty() && of_.bare.value == value_kind::none)
      if (const label_rule* rule = find_required())
        return about(culprit, "\"" + culprit.text + "\" stands alone; say " +
                                  std::string{rule->label} + ": " + culprit.text);
    const bool name_before = of_.bare.value == value_kind::name || last_ != nullptr;
    if (name_before && !before.label && at_ > 1 && before.at != 0 && !before.quoted &&
        !culprit.quoted)
      return {"\"" + culprit.text +
                  "\" does not belong here; a name with spaces is put in quotes: \"" + before.text +
                  " " + culprit.text + "\"",
              culprit.at, culprit.end - culprit.at};
    return about(culprit,
                 "\"" + culprit.text + "\" does not belong here; usage: " + std::string{of_.usage});
  }

  [[nodiscard]] const label_rule* find_required() const {
    const auto found = std::find_if(of_.labels.begin(), of_.labels.end(),
                                    [](const label_rule& rule) { return rule.required; });
    return found == of_.labels.end() ? nullptr : &*found;
  }

  mention take_one() {
    const word& taken = words_[at_++];
    return {taken.text, taken.at, taken.end - taken.at};
  }

  /// Words up to the next label, as they stand in the line.
  mention take_run() {
    const std::size_t first = at_;
    while (at_ < words_.size() && !words_[at_].label) ++at_;
    return slice(first, at_);
  }

  mention slice(std::size_t first, std::size_t last) const {
    const std::size_t begin = words_[first].at;
    const std::size_t length = words_[last - 1].end - begin;
    return {std::string{line_.substr(begin, length)}, begin, length};
  }

  void read_text() {
    if (at_ == words_.size()) return;
    if (at_ + 1 == words_.size() && words_[at_].quoted)
      result_.bare.push_back(take_one());
    else
      result_.bare.push_back(slice(at_, words_.size()));
  }

  defect find_missing() const {
    const auto missing = [&](std::string_view what) -> complaint {
      return {std::string{what} + (what.ends_with('?') ? " usage: " : "; usage: ") +
                  std::string{of_.usage},
              result_.keyword.at, result_.keyword.length};
    };
    if (of_.bare.required && result_.bare.empty())
      return missing(std::string{of_.keyword} + " what?");
    for (const label_rule& rule : of_.labels)
      if (rule.required && result_.find(rule.label) == nullptr)
        return missing(std::string{of_.keyword} + " needs " + std::string{rule.label} + ":");
    return std::nullopt;
  }

  std::string_view line_;
  const std::vector<word>& words_;
  std::size_t at_;
  const syntax& of_;
  const label_rule* last_ = nullptr;
  phrase result_;
};

} // namespace

const mention* phrase::find(std::string_view label) const {
  const auto found = std::find_if(parts.begin(), parts.end(),
                                  [&](const part& spoken) { return spoken.label == label; });
  return found == parts.end() ? nullptr : &found->value;
}

std::vector<mention> phrase::all(std::string_view label) const {
  std::vector<mention> values;
  for (const part& spoken : parts)
    if (spoken.label == label) values.push_back(spoken.value);
  return values;
}

evstore::result<phrase, complaint> read_phrase(std::string_view line) {
  const auto words = split_words(line);
  if (!words) return failure{words.error()};
  if (words->empty()) return failure{complaint{"there is no command in this line"}};
  const auto match = find_keyword(*words);
  if (!match) return failure{match.error()};
  return phrase_reader{line, *words, *match}.read();
}

} // namespace dnd
