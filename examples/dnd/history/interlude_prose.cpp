#include "history/english.hpp"
#include "history/prose.hpp"
#include "language/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <utility>

namespace dnd {

namespace {

/// More than this nobody listens to.
constexpr std::size_t most_beats = 24;

/// Beats that one sentence can tell: everybody rests, somebody gets one thing after the other.
std::size_t end_of_run(const std::vector<beat>& beats, std::size_t from) {
  const beat& first = beats[from];
  std::size_t end = from + 1;
  const auto goes_on = [&](const beat& next) {
    if (first.kind == beat_kind::rest)
      return next.kind == beat_kind::rest ? next.what == first.what
                                          : next.kind == beat_kind::hit_dice;
    if (next.kind != first.kind) return false;
    if (first.kind == beat_kind::item)
      return next.who == first.who && (next.amount > 0) == (first.amount > 0);
    if (first.kind == beat_kind::level) return next.amount == first.amount;
    return first.kind == beat_kind::arrival;
  };
  while (end < beats.size() && goes_on(beats[end])) ++end;
  return end;
}

/// How many of what, in the order in which each was first spoken of.
using counted_things = std::vector<std::pair<std::string, std::int64_t>>;

void count(counted_things& all, const std::string& what, std::int64_t more) {
  const auto known =
      std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.first == what; });
  if (known == all.end())
    all.emplace_back(what, more);
  else
    known->second += more;
}

std::vector<std::string> things(std::span<const beat> beats) {
  counted_things items;
  for (const beat& each : beats) count(items, each.what, std::abs(each.amount));
  std::vector<std::string> named;
  for (auto& [item, number] : items) {
    std::replace(item.begin(), item.end(), '-', ' ');
    named.push_back(english::some(number, item));
  }
  return named;
}

/// Everybody is named once, whoever rested how often.
std::string rests(const std::vector<std::string>& who, const std::string& length,
                  const telling& words) {
  counted_things often;
  for (const std::string& id : who) count(often, id, 1);
  std::vector<std::string> all;
  while (!often.empty()) {
    const std::int64_t times = often.front().second;
    std::vector<std::string> as_often;
    for (const auto& [id, rested] : often)
      if (rested == times) as_often.push_back(id);
    std::erase_if(often, [&](const auto& each) { return each.second == times; });
    all.push_back(words.names(as_often) + " took " + english::some(times, length + " rest"));
  }
  return in_words(all);
}

std::string regained(std::span<const beat> beats, const telling& words) {
  counted_things points;
  for (const beat& each : beats)
    if (each.kind == beat_kind::hit_dice) count(points, each.who, each.amount);
  std::vector<std::string> all;
  for (const auto& [id, gained] : points)
    all.push_back(words.name(id) + (gained > 0
                                        ? " regained " + english::counted(gained, "hit point")
                                        : " was at the maximum"));
  return all.empty() ? "" : ": " + in_words(all);
}

std::string tell_run(std::span<const beat> beats, const telling& words) {
  const beat& first = beats.front();
  std::vector<std::string> who;
  for (const beat& each : beats)
    if (each.kind == first.kind) who.push_back(each.who);
  if (first.kind == beat_kind::rest) return rests(who, first.what, words) + regained(beats, words);
  if (first.kind == beat_kind::level)
    return words.names(who) + " reached level " + std::to_string(first.amount);
  if (first.kind == beat_kind::arrival) return words.company(who) + " joined the story";
  return words.name(first.who) + (first.amount > 0 ? " received " : " parted with ") +
         in_words(things(beats));
}

} // namespace

std::vector<std::string> prose_of_interlude(const scene& told, voice& speaker) {
  paragraph text;
  std::size_t said = 0;
  for (std::size_t i = 0; i < told.beats.size();) {
    const std::size_t next = end_of_run(told.beats, i);
    const beat& first = told.beats[i];
    if (weight_of(first, speaker.words()) >= 2 && said++ < most_beats)
      text.say(next - i > 1 ? tell_run(std::span{told.beats}.subspan(i, next - i), speaker.words())
                            : speaker.speak(first));
    i = next;
  }
  if (said > most_beats)
    text.say("and " + english::number(static_cast<std::int64_t>(said - most_beats)) +
             " more things happened that the log remembers");
  std::vector<std::string> paragraphs;
  std::move(text).append_to(paragraphs);
  return paragraphs;
}

} // namespace dnd
