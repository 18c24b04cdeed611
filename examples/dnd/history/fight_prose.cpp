#include "history/english.hpp"
#include "history/prose.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace dnd {

namespace {

/// More than this nobody listens to.
constexpr std::size_t most_beats = 14;
/// Up to here ordinary hits are told as well.
constexpr std::size_t room_for_ordinary_beats = 10;

std::string sides(const scene& told, const telling& words) {
  std::vector<std::string> heroes;
  std::vector<std::string> others;
  for (const std::string& id : told.combatants)
    (words.is_character(id) ? heroes : others).push_back(id);
  if (heroes.empty() && others.empty()) return "swords were drawn, but nobody came";
  if (heroes.empty()) return words.company(others) + " fought among themselves";
  if (others.empty()) return words.names(heroes) + " fought among themselves";
  return words.names(heroes) + " faced " + words.company(others);
}

bool hurts(const beat& happened) {
  return happened.amount > 0 && happened.kind == beat_kind::attack;
}

/// The blows that stand out of a fight: beats of its scene, or nothing.
struct landmark_blows {
  const beat* first = nullptr;
  const beat* heaviest = nullptr;
};

landmark_blows landmark_blows_of(const scene& told) {
  landmark_blows found;
  for (const beat& happened : told.beats) {
    if (!hurts(happened)) continue;
    if (found.first == nullptr) found.first = &happened;
    if (found.heaviest == nullptr || happened.amount > found.heaviest->amount)
      found.heaviest = &happened;
  }
  return found;
}

/// The beats that turned the fight, in the order in which they happened.
std::vector<const beat*> choose_beats(const scene& told, const landmark_blows& blows,
                                      const telling& words) {
  std::vector<std::pair<int, const beat*>> chosen;
  std::size_t notable = 0;
  for (const beat& happened : told.beats) {
    int weight = weight_of(happened, words);
    if (&happened == blows.first) weight = std::max(weight, 5);
    if (&happened == blows.heaviest) weight = std::max(weight, 6);
    if (weight >= 2) ++notable;
    if (weight >= 2 || hurts(happened)) chosen.emplace_back(weight, &happened);
  }
  const std::size_t room = std::clamp(notable, room_for_ordinary_beats, most_beats);
  if (chosen.size() > room) {
    std::stable_sort(chosen.begin(), chosen.end(),
                     [](const auto& left, const auto& right) { return left.first > right.first; });
    chosen.resize(room);
  }
  std::vector<const beat*> beats;
  for (const auto& [weight, happened] : chosen) beats.push_back(happened);
  // They stand in one vector, in the order in which they happened.
  std::sort(beats.begin(), beats.end());
  return beats;
}

void tell_beats(const scene& told, voice& speaker, paragraph& text) {
  const landmark_blows blows = landmark_blows_of(told);
  const std::vector<const beat*> chosen = choose_beats(told, blows, speaker.words());
  int round = 0;
  for (const beat* happened : chosen) {
    std::string clause = speaker.speak(*happened);
    if (happened == blows.first && !happened->fell && happened->outcome == attack_outcome::hit)
      clause = "first blood was drawn when " + clause;
    if (happened == blows.heaviest && happened != blows.first && chosen.size() > 2)
      clause += ", the heaviest blow of the fight";
    if (happened->round != round && happened->round > 0)
      clause = "in the " + english::ordinal(happened->round) + " round " + clause;
    round = happened->round;
    text.say(std::move(clause));
  }
}

std::string all_of(const std::vector<std::string>& foes, const telling& words) {
  if (foes.size() == 1) return words.name(foes.front());
  if (foes.size() == 2) return "both their foes";
  return "all " + english::number(static_cast<std::int64_t>(foes.size())) + " of their foes";
}

std::string outcome(const scene& told, const telling& words) {
  if (!told.over)
    return told.rounds() == 0
               ? "the fight had not begun in earnest when the log ends"
               : "the fight is not over: this is round " + std::to_string(told.rounds());
  std::vector<std::string> fallen;
  std::vector<std::string> foes;
  std::vector<std::string> heroes_down;
  for (const std::string& id : told.combatants) {
    const bool down = is_down(told.end, id);
    if (words.is_character(id)) {
      if (down) heroes_down.push_back(id);
    } else {
      foes.push_back(id);
      if (down) fallen.push_back(id);
    }
  }
  std::string text =
      "after " +
      (told.rounds() == 0 ? "no round at all" : english::counted(told.rounds(), "round")) +
      " it was over";
  if (!foes.empty() && fallen.size() == foes.size())
    text += ", and " + all_of(foes, words) + " lay dead";
  else if (!fallen.empty())
    text += ", and " + words.names(fallen) + " lay dead";
  else if (!foes.empty())
    text += ", and none of their foes had fallen";
  if (!heroes_down.empty())
    text +=
        "; " + words.names(heroes_down) + (heroes_down.size() == 1 ? " was" : " were") + " down";
  return text;
}

std::string deeds(const scene& told, const telling& words) {
  std::string all;
  for (const std::string& id : told.combatants) {
    const auto found = told.counts.find(id);
    if (!words.is_character(id) || found == told.counts.end()) continue;
    const tally& count = found->second;
    if (count.dealt == 0 && count.taken == 0) continue;
    const auto amount = [](std::int64_t damage) {
      return damage == 0 ? std::string{"none"} : std::to_string(damage);
    };
    all += (all.empty() ? "of the damage, " : "; ") + words.name(id) + " dealt " +
           amount(count.dealt) + " and took " + amount(count.taken);
  }
  return all;
}

} // namespace

std::vector<std::string> prose_of_fight(const scene& told, voice& speaker) {
  const telling& words = speaker.words();
  std::vector<std::string> paragraphs;
  paragraph first;
  first.say(sides(told, words));
  if (!told.turns.empty()) first.say(words.name(told.turns.front().creature) + " acted first");
  tell_beats(told, speaker, first);
  std::move(first).append_to(paragraphs);
  paragraph last;
  last.say(outcome(told, words));
  last.say(deeds(told, words));
  std::move(last).append_to(paragraphs);
  return paragraphs;
}

} // namespace dnd
