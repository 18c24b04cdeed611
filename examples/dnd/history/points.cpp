#include "history/points.hpp"

#include "files/problem.hpp"
#include "language/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace dnd {

namespace {

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number number{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || failed != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

bool lose_prefix(std::string_view& text, std::string_view prefix) {
  if (!same_word(text.substr(0, prefix.size()), prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

constexpr std::string_view end_mark = ":end";

bool ends_in_end(std::string_view text) {
  return text.size() >= end_mark.size() &&
         same_word(text.substr(text.size() - end_mark.size()), end_mark);
}

const stretch& find_marked(const std::map<int, stretch>& all, const char* what, int number) {
  const auto found = all.find(number);
  if (found != all.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [each, where] : all) known.push_back(std::to_string(each));
  throw not_possible("there is no " + std::string{what} + " " + std::to_string(number) +
                     (known.empty()       ? ""
                      : known.size() == 1 ? "; there is only " + known.front()
                                          : "; there are " + in_words(known)));
}

int number_of(const char* what, std::string_view text) {
  if (const auto number = read_number<int>(text)) return *number;
  throw bad_usage("\"" + std::string{text} + "\" is no number of a " + what + "; say " + what +
                  ":2");
}

/// The session or encounter that the text names, if it has the form of one.
const stretch* find_named(const landmarks& known, std::string_view text) {
  if (lose_prefix(text, "session:")) return &find_session(known, number_of("session", text));
  if (lose_prefix(text, "encounter:")) return &find_encounter(known, number_of("encounter", text));
  return nullptr;
}

/// Names the point that was perhaps meant: the part before the colon, or the whole, misspelled.
std::string no_such_point(std::string_view text) {
  constexpr std::array<std::string_view, 4> known{"start", "now", "session", "encounter"};
  const std::size_t colon = std::min(text.find(':'), text.size());
  const auto meant = nearest(text.substr(0, colon), known);
  return "\"" + std::string{text} + "\" is no point in a campaign; " +
         (meant ? "did you mean " + std::string{*meant} + std::string{text.substr(colon)} + "?"
                : std::string{"say a number of events, start, now, session:2, session:2:end, "
                              "encounter:3 or encounter:3:end"});
}

void reach(std::map<int, stretch>& all, int number, std::uint64_t position) {
  all.try_emplace(number, stretch{position, position}).first->second.to = position;
}

} // namespace

landmarks find_landmarks(const campaign_log& log) {
  landmarks found;
  log.replay(std::nullopt, [&](const log_entry& entry) {
    found.end = entry.position;
    reach(found.sessions, entry.after.session, entry.position);
    if (const auto* ended = std::get_if<encounter_ended>(&entry.happened))
      reach(found.encounters, ended->encounter, entry.position);
    else if (entry.after.encounter.active)
      reach(found.encounters, entry.after.encounter.number, entry.position);
    return true;
  });
  return found;
}

const stretch& find_session(const landmarks& known, int number) {
  return find_marked(known.sessions, "session", number);
}

const stretch& find_encounter(const landmarks& known, int number) {
  return find_marked(known.encounters, "encounter", number);
}

std::uint64_t find_point(const landmarks& known, std::string_view text) {
  if (same_word(text, "start")) return 0;
  if (same_word(text, "now")) return known.end;
  const bool at_end = ends_in_end(text);
  const std::string_view name = text.substr(0, text.size() - (at_end ? end_mark.size() : 0));
  if (const stretch* named = find_named(known, name)) return at_end ? named->to : named->from;
  const auto position = read_number<std::uint64_t>(text);
  if (!position) throw bad_usage(no_such_point(text));
  if (*position > known.end)
    throw bad_usage("the log has " + std::to_string(known.end) + " events, there is no " +
                    std::string{text});
  return *position;
}

stretch find_stretch(const landmarks& known, std::string_view from,
                     const std::optional<std::string>& to) {
  if (!to && !ends_in_end(from))
    if (const stretch* named = find_named(known, from)) return {named->from - 1, named->to};
  const std::uint64_t one = find_point(known, from);
  const std::uint64_t other = to ? find_point(known, *to) : known.end;
  return {std::min(one, other), std::max(one, other)};
}

} // namespace dnd
