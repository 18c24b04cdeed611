#include "history/recap.hpp"

#include "files/problem.hpp"
#include "history/english.hpp"
#include "history/telling.hpp"
#include "language/text.hpp"
#include "schema.hpp"

#include <evstore/describe.hpp>
#include <evstore/json/write.hpp>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string_view>
#include <utility>

namespace dnd {

EVSTORE_DESCRIBE(tally, dealt, taken, healed, attacks, hits, criticals, natural_ones, felled, fell)
EVSTORE_DESCRIBE(standing, hp, max_hp, level)
EVSTORE_DESCRIBE(recap_figure, creature, name, kind, counts, start, end)
EVSTORE_DESCRIBE(recap_fight, encounter, over, rounds, combatants, down)
EVSTORE_DESCRIBE(recap_moment, position, time, encounter, round, weight, text)
EVSTORE_DESCRIBE(recap_part, heading, paragraphs)
EVSTORE_DESCRIBE(recap, campaign, session, title, began, ended, over, from, to, parts, figures,
                 fights, moments)

namespace {

/// More than this nobody listens to.
constexpr std::size_t most_beats_of_a_fight = 14;
/// Up to here a fight's ordinary hits are told as well.
constexpr std::size_t room_for_ordinary_beats = 10;
constexpr std::size_t most_beats_between = 24;

/// The clause with a capital letter and an end, unless a note brought its own: “Run!”
std::string as_sentence(std::string clause) {
  std::string text = english::capitalised(std::move(clause));
  const auto ends = [&](std::string_view end) { return text.ends_with(end); };
  if (!ends(".") && !ends(".”") && !ends("!”") && !ends("?”")) text += '.';
  return text;
}

class paragraph {
public:
  void say(std::string clause) {
    if (clause.empty()) return;
    text_ += (text_.empty() ? "" : " ") + as_sentence(std::move(clause));
  }

  void append_to(std::vector<std::string>& paragraphs) && {
    if (!text_.empty()) paragraphs.push_back(std::move(text_));
  }

private:
  std::string text_;
};

int standing_hp(const roster& all, const std::string& id) {
  const auto found = all.find(id);
  return found == all.end() ? 0 : found->second.hp;
}

/// The teller of one session.
class teller {
public:
  teller(const chronicle& told, const chapter& session)
      : told_{told}, session_{session}, words_{told.cast, appearing_in(session)} {
    for (const auto& [id, who] : told.cast)
      if (who.kind == creature_kind::character && session.end.contains(id)) party_.push_back(id);
  }

  recap tell() {
    recap result;
    result.campaign = told_.name;
    result.session = session_.session;
    result.title = session_.title;
    result.began = session_.began;
    result.ended = session_.ended;
    result.over = session_.over;
    result.from = session_.from;
    result.to = session_.to;
    result.parts.push_back(opening());
    for (const scene& each : session_.scenes) {
      recap_part part = each.encounter == 0 ? interlude(each) : fight(each);
      if (!part.paragraphs.empty()) result.parts.push_back(std::move(part));
      if (each.encounter != 0) result.fights.push_back(facts_of(each));
      for (const beat& happened : each.beats) add_moment(result.moments, each, happened);
    }
    result.parts.push_back(ending());
    std::erase_if(result.parts, [](const recap_part& part) { return part.paragraphs.empty(); });
    result.figures = figures();
    return result;
  }

private:
  recap_part opening() const {
    paragraph first;
    std::vector<std::string> there;
    std::vector<std::string> wounded;
    for (const std::string& id : party_) {
      const auto start = session_.start.find(id);
      const standing& how = start == session_.start.end() ? session_.end.at(id) : start->second;
      there.push_back(told_.cast.at(id).name +
                      (how.level ? " (level " + std::to_string(*how.level) + ")" : ""));
      if (start != session_.start.end() && how.hp < how.max_hp)
        wounded.push_back(words_.name(id) + " " + health(how));
    }
    if (!there.empty())
      first.say(in_words(there) + (there.size() == 1 ? " was" : " were") + " at the table");
    if (!wounded.empty()) first.say("the last session had left its marks: " + in_words(wounded));
    recap_part part;
    std::move(first).append_to(part.paragraphs);
    return part;
  }

  static std::string health(const standing& how) {
    if (how.hp == 0) return "was down";
    if (how.hp == how.max_hp) return "was unhurt";
    return "had " + std::to_string(how.hp) + " of " + std::to_string(how.max_hp) + " hit points";
  }

  recap_part interlude(const scene& told) {
    recap_part part;
    paragraph text;
    std::size_t said = 0;
    for (std::size_t i = 0; i < told.beats.size();) {
      const std::size_t next = end_of_run(told.beats, i);
      const beat& first = told.beats[i];
      if (weight_of(first, words_) >= 2 && said++ < most_beats_between)
        text.say(next - i > 1 ? run(std::span{told.beats}.subspan(i, next - i)) : speak(first));
      i = next;
    }
    if (said > most_beats_between)
      text.say("and " + english::number(static_cast<std::int64_t>(said - most_beats_between)) +
               " more things happened that the log remembers");
    std::move(text).append_to(part.paragraphs);
    return part;
  }

  /// Beats that one sentence can tell: everybody rests, somebody gets one thing after the other.
  static std::size_t end_of_run(const std::vector<beat>& beats, std::size_t from) {
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

  std::string speak(const beat& told) {
    return words_.clause(told, told.fell ? fallen_++ : fallen_);
  }

  std::string run(std::span<const beat> beats) const {
    const beat& first = beats.front();
    std::vector<std::string> who;
    for (const beat& each : beats)
      if (each.kind == first.kind) who.push_back(each.who);
    if (first.kind == beat_kind::rest) return rests(who, first.what) + regained(beats);
    if (first.kind == beat_kind::level)
      return words_.names(who) + " reached level " + std::to_string(first.amount);
    if (first.kind == beat_kind::arrival) return words_.company(who) + " joined the story";
    return words_.name(first.who) + (first.amount > 0 ? " received " : " parted with ") +
           in_words(things(beats));
  }

  /// Everybody is named once, whoever rested how often.
  std::string rests(const std::vector<std::string>& who, const std::string& length) const {
    counted_things often;
    for (const std::string& id : who) count(often, id, 1);
    std::vector<std::string> all;
    while (!often.empty()) {
      const std::int64_t times = often.front().second;
      std::vector<std::string> as_often;
      for (const auto& [id, rested] : often)
        if (rested == times) as_often.push_back(id);
      std::erase_if(often, [&](const auto& each) { return each.second == times; });
      all.push_back(words_.names(as_often) + " took " + english::some(times, length + " rest"));
    }
    return in_words(all);
  }

  std::string regained(std::span<const beat> beats) const {
    counted_things points;
    for (const beat& each : beats)
      if (each.kind == beat_kind::hit_dice) count(points, each.who, each.amount);
    std::vector<std::string> all;
    for (const auto& [id, gained] : points)
      all.push_back(words_.name(id) + (gained > 0
                                           ? " regained " + english::counted(gained, "hit point")
                                           : " was at the maximum"));
    return all.empty() ? "" : ": " + in_words(all);
  }

  /// How many of what, in the order in which each was first spoken of.
  using counted_things = std::vector<std::pair<std::string, std::int64_t>>;

  static void count(counted_things& all, const std::string& what, std::int64_t more) {
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.first == what; });
    if (known == all.end())
      all.emplace_back(what, more);
    else
      known->second += more;
  }

  static std::vector<std::string> things(std::span<const beat> beats) {
    counted_things items;
    for (const beat& each : beats) count(items, each.what, std::abs(each.amount));
    std::vector<std::string> named;
    for (auto& [item, number] : items) {
      std::replace(item.begin(), item.end(), '-', ' ');
      named.push_back(english::some(number, item));
    }
    return named;
  }

  recap_part fight(const scene& told) {
    ++fights_;
    recap_part part;
    part.heading = "The " + english::ordinal(fights_) + " fight";
    paragraph first;
    first.say(sides(told));
    if (!told.turns.empty()) first.say(words_.name(told.turns.front().creature) + " acted first");
    tell_beats(told, first);
    std::move(first).append_to(part.paragraphs);
    paragraph last;
    last.say(outcome(told));
    last.say(deeds(told));
    std::move(last).append_to(part.paragraphs);
    return part;
  }

  std::string sides(const scene& told) const {
    std::vector<std::string> heroes;
    std::vector<std::string> others;
    for (const std::string& id : told.combatants)
      (words_.is_character(id) ? heroes : others).push_back(id);
    if (heroes.empty() && others.empty()) return "swords were drawn, but nobody came";
    if (heroes.empty()) return words_.company(others) + " fought among themselves";
    if (others.empty()) return words_.names(heroes) + " fought among themselves";
    return words_.names(heroes) + " faced " + words_.company(others);
  }

  /// The beats that turned the fight, in order.
  void tell_beats(const scene& told, paragraph& text) {
    std::vector<std::pair<int, const beat*>> chosen;
    const beat* blood = nullptr;
    const beat* heaviest = nullptr;
    const auto hurts = [](const beat& happened) {
      return happened.amount > 0 && happened.kind == beat_kind::attack;
    };
    for (const beat& happened : told.beats) {
      if (!hurts(happened)) continue;
      if (blood == nullptr) blood = &happened;
      if (heaviest == nullptr || happened.amount > heaviest->amount) heaviest = &happened;
    }
    std::size_t notable = 0;
    for (const beat& happened : told.beats) {
      int weight = weight_of(happened, words_);
      if (&happened == blood) weight = std::max(weight, 5);
      if (&happened == heaviest) weight = std::max(weight, 6);
      if (weight >= 2) ++notable;
      if (weight >= 2 || hurts(happened)) chosen.emplace_back(weight, &happened);
    }
    const std::size_t told_of = std::clamp(notable, room_for_ordinary_beats, most_beats_of_a_fight);
    if (chosen.size() > told_of) {
      std::stable_sort(chosen.begin(), chosen.end(), [](const auto& left, const auto& right) {
        return left.first > right.first;
      });
      chosen.resize(told_of);
      // Beats stand in one vector, in the order in which they happened.
      std::sort(chosen.begin(), chosen.end(),
                [](const auto& left, const auto& right) { return left.second < right.second; });
    }
    int round = 0;
    for (const auto& [weight, happened] : chosen) {
      std::string clause = speak(*happened);
      if (happened == blood && !happened->fell && happened->outcome == attack_outcome::hit)
        clause = "first blood was drawn when " + clause;
      if (happened == heaviest && happened != blood && chosen.size() > 2)
        clause += ", the heaviest blow of the fight";
      if (happened->round != round && happened->round > 0)
        clause = "in the " + english::ordinal(happened->round) + " round " + clause;
      round = happened->round;
      text.say(std::move(clause));
    }
  }

  std::string outcome(const scene& told) const {
    if (!told.over)
      return told.rounds() == 0
                 ? "the fight had not begun in earnest when the log ends"
                 : "the fight is not over: this is round " + std::to_string(told.rounds());
    std::vector<std::string> fallen;
    std::vector<std::string> foes;
    std::vector<std::string> heroes_down;
    for (const std::string& id : told.combatants) {
      const bool down = standing_hp(told.end, id) == 0;
      if (words_.is_character(id)) {
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
      text += ", and " + all_of(foes) + " lay dead";
    else if (!fallen.empty())
      text += ", and " + words_.names(fallen) + " lay dead";
    else if (!foes.empty())
      text += ", and none of their foes had fallen";
    if (!heroes_down.empty())
      text +=
          "; " + words_.names(heroes_down) + (heroes_down.size() == 1 ? " was" : " were") + " down";
    return text;
  }

  std::string all_of(const std::vector<std::string>& foes) const {
    if (foes.size() == 1) return words_.name(foes.front());
    if (foes.size() == 2) return "both their foes";
    return "all " + english::number(static_cast<std::int64_t>(foes.size())) + " of their foes";
  }

  std::string deeds(const scene& told) const {
    std::string all;
    for (const std::string& id : told.combatants) {
      const auto found = told.counts.find(id);
      if (!words_.is_character(id) || found == told.counts.end()) continue;
      const tally& count = found->second;
      if (count.dealt == 0 && count.taken == 0) continue;
      const auto amount = [](std::int64_t damage) {
        return damage == 0 ? std::string{"none"} : std::to_string(damage);
      };
      all += (all.empty() ? "of the damage, " : "; ") + words_.name(id) + " dealt " +
             amount(count.dealt) + " and took " + amount(count.taken);
    }
    return all;
  }

  recap_part ending() const {
    recap_part part;
    paragraph text;
    std::int64_t twenties = 0;
    std::int64_t ones = 0;
    for (const scene& each : session_.scenes)
      for (const beat& happened : each.beats) {
        twenties += happened.natural == 20 ? 1 : 0;
        ones += happened.natural == 1 ? 1 : 0;
      }
    if (twenties + ones > 0) text.say("the dice showed " + in_words(naturals(twenties, ones)));
    std::vector<std::string> ends;
    bool unhurt = true;
    for (const std::string& id : party_) {
      const standing& how = session_.end.at(id);
      unhurt = unhurt && how.hp == how.max_hp;
      ends.push_back(words_.name(id) + " " + health(how));
    }
    const std::string when = session_.over ? "when the session ended, " : "at this moment, ";
    if (unhurt && ends.size() > 1) ends = {"everybody was unhurt"};
    if (!ends.empty()) text.say(when + in_words(ends));
    std::move(text).append_to(part.paragraphs);
    return part;
  }

  static std::vector<std::string> naturals(std::int64_t twenties, std::int64_t ones) {
    std::vector<std::string> all;
    if (twenties > 0) all.push_back(english::counted(twenties, "natural 20"));
    if (ones > 0) all.push_back(english::counted(ones, "natural 1"));
    return all;
  }

  recap_fight facts_of(const scene& told) const {
    recap_fight facts{told.encounter, told.over, told.rounds(), told.combatants, {}};
    for (const std::string& id : told.combatants)
      if (standing_hp(told.end, id) == 0) facts.down.push_back(id);
    return facts;
  }

  void add_moment(std::vector<recap_moment>& moments, const scene& where,
                  const beat& happened) const {
    constexpr int turning = 4;
    const int weight = weight_of(happened, words_);
    if (weight < turning) return;
    moments.push_back({happened.position, happened.time, where.encounter, happened.round, weight,
                       as_sentence(words_.clause(happened))});
  }

  std::vector<recap_figure> figures() const {
    std::vector<recap_figure> all;
    tallies counts = session_.counts();
    for (const std::string& id : appearing_in(session_)) {
      const auto who = told_.cast.find(id);
      const auto end = session_.end.find(id);
      if (who == told_.cast.end() || end == session_.end.end()) continue;
      const auto start = session_.start.find(id);
      all.push_back({id, who->second.name, who->second.kind, counts[id],
                     start == session_.start.end() ? std::nullopt : std::optional{start->second},
                     end->second});
    }
    return all;
  }

  const chronicle& told_;
  const chapter& session_;
  telling words_;
  std::vector<std::string> party_;
  std::int64_t fights_ = 0;
  std::size_t fallen_ = 0;
};

} // namespace

recap recap_of(const chronicle& told, const chapter& session) {
  return teller{told, session}.tell();
}

std::string heading_of(int session, const std::optional<std::string>& title) {
  if (session == 0) return "Before the first session";
  return "Session " + std::to_string(session) + (title ? ", “" + *title + "”" : "");
}

const chapter& find_chapter(const chronicle& told, std::optional<int> session) {
  if (told.chapters.empty()) throw not_possible("nothing has happened yet: the log is empty");
  if (!session) return told.chapters.back();
  std::vector<std::string> known;
  for (const chapter& each : told.chapters) {
    if (each.session == *session) return each;
    known.push_back(std::to_string(each.session));
  }
  throw not_possible("there is no session " + std::to_string(*session) + "; there are " +
                     in_words(known));
}

std::string to_text(const recap& told, std::size_t width) {
  const std::string day = english::date(told.began);
  const std::string last_day = english::date(told.ended);
  std::string text = told.campaign + "\n" + heading_of(told.session, told.title) + "\n" + day +
                     ", " + english::hour(told.began) + " to " +
                     (last_day == day ? "" : last_day + ", ") + english::hour(told.ended) +
                     " UTC\n";
  for (const recap_part& part : told.parts) {
    text += "\n";
    if (!part.heading.empty()) text += part.heading + "\n";
    for (const std::string& each : part.paragraphs) text += english::wrapped(each, width) + "\n";
  }
  return text;
}

std::string to_json(const recap& told) {
  std::string text;
  evstore::json::write(told, text);
  return text;
}

} // namespace dnd
