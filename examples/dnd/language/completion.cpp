#include "language/completion.hpp"

#include "language/text.hpp"
#include "language/words.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace dnd {

namespace {

/// Where the word that the cursor stands behind begins: at its opening quote, or behind the last
/// blank or label.
std::size_t begin_of_last_word(std::string_view line) {
  const auto words = split_words(line);
  if (!words) return words.error().at; // a quote that is not closed yet
  if (words->empty() || words->back().label || words->back().end < line.size()) return line.size();
  return words->back().at;
}

/// The way a name is said: in quotes if it would not be one word without.
std::string as_said(std::string name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return c != ' ' && c != '\t' && c != '"' && c != ':' && c != '\\';
  });
  if (plain && !name.empty()) return name;
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

bool begins_with(std::string_view choice, std::string_view typed) {
  return folded(choice).starts_with(folded(typed));
}

/// What could come behind whole words, without regard to how it begins.
class prospect {
public:
  prospect(std::span<const word> words, const vocabulary& known) : words_{words}, known_{known} {}

  std::vector<std::string> choices() && {
    if (words_.empty()) {
      for (const syntax& each : all_syntax()) offer(std::string{first_word(each.keyword)});
    } else if (const syntax* of = find_command()) {
      follow(*of);
    }
    return std::move(choices_);
  }

private:
  void offer(std::string choice) { choices_.push_back(std::move(choice)); }

  void offer_names(meaning what) {
    if (what == meaning::topic)
      for (const syntax& each : all_syntax()) offer(std::string{first_word(each.keyword)});
    for (std::string& name : known_.names(what, speaker_)) offer(as_said(std::move(name)));
  }

  void offer_label(std::string_view label) { offer(std::string{label} + ":"); }

  /// The command of the first words; null if there is none, or a second word is missing yet, which
  /// is then offered.
  const syntax* find_command() {
    for (const syntax& each : all_syntax()) {
      if (words_[0].quoted || !same_word(first_word(each.keyword), words_[0].text)) continue;
      const std::string_view second = second_word(each.keyword);
      at_ = second.empty() ? 1 : 2;
      if (second.empty()) return &each;
      if (words_.size() == 1)
        offer(std::string{second});
      else if (same_word(second, words_[1].text))
        return &each;
    }
    return nullptr;
  }

  /// Goes through what is said and ends where the next word would be.
  void follow(const syntax& of) {
    const label_rule* rule = nullptr; // of the last value; null for the bare one
    bool bare_said = false;
    bool awaits_value = false;
    std::vector<const label_rule*> said;
    for (; at_ < words_.size(); ++at_) {
      const word& here = words_[at_];
      if (here.label) {
        awaits_value = true;
        if (same_word(here.text, "and") && find_label(of, "and") == nullptr) continue;
        rule = find_label(of, here.text);
        if (rule == nullptr) return;
        said.push_back(rule);
      } else if (awaits_value) {
        awaits_value = false;
        if (rule != nullptr && rule->label == "by") speaker_ = here.text;
      } else if (rule == nullptr ||
                 (rule->value != value_kind::dice && rule->value != value_kind::faces)) {
        rule = nullptr;
        bare_said = true;
      }
    }
    if (awaits_value) {
      if (rule != nullptr && rule->value == value_kind::speaker)
        offer("GM");
      else
        offer_names(rule != nullptr ? rule->names : of.bare.names);
      return;
    }
    if (!bare_said) offer_names(of.bare.names);
    const bool begun = bare_said || rule != nullptr;
    const how_often often = rule != nullptr ? rule->often : of.bare.often;
    if (begun && often == how_often::list) offer_label("and");
    // What a command cannot do without comes before what may be added to it.
    if (!bare_said && of.bare.required && !choices_.empty()) return;
    for (const label_rule& each : of.labels) {
      if (each.value == value_kind::speaker) continue; // it goes without saying
      const bool again = each.often == how_often::again;
      if (again || std::find(said.begin(), said.end(), &each) == said.end())
        offer_label(each.label);
    }
  }

  std::span<const word> words_;
  const vocabulary& known_;
  std::size_t at_ = 0;
  std::string_view speaker_;
  std::vector<std::string> choices_;
};

} // namespace

std::string completion::shared(std::string_view typed) const {
  if (choices.empty()) return std::string{typed};
  std::string common = choices.front();
  for (const std::string& choice : choices) {
    const auto differ = std::mismatch(common.begin(), common.end(), choice.begin(), choice.end(),
                                      [](char a, char b) {
                                        return same_word({&a, 1}, {&b, 1});
                                      });
    common.erase(differ.first, common.end());
  }
  // A character of several bytes is not torn.
  while (!common.empty() && common.size() < choices.front().size() &&
         (static_cast<unsigned char>(choices.front()[common.size()]) & 0xC0) == 0x80)
    common.pop_back();
  return common.size() < typed.size() ? std::string{typed} : common;
}

completion complete(std::string_view before_cursor, const vocabulary& known) {
  completion found{begin_of_last_word(before_cursor), {}};
  const auto words = split_words(before_cursor.substr(0, found.at));
  if (!words) return found; // not a line that could be read
  const std::string_view typed = before_cursor.substr(found.at);
  const std::string unquoted{typed.starts_with('"') ? typed.substr(1) : typed};
  for (std::string& choice : prospect{*words, known}.choices()) {
    const std::string_view spelled = choice;
    const bool quoted = spelled.starts_with('"');
    if (begins_with(quoted ? spelled.substr(1) : spelled, unquoted))
      found.choices.push_back(std::move(choice));
  }
  std::sort(found.choices.begin(), found.choices.end());
  found.choices.erase(std::unique(found.choices.begin(), found.choices.end()), found.choices.end());
  return found;
}

} // namespace dnd
