#include "history/recap.hpp"

#include "files/problem.hpp"
#include "history/english.hpp"
#include "history/prose.hpp"
#include "history/telling.hpp"
#include "language/text.hpp"
#include "schema.hpp"

#include <evstore/describe.hpp>
#include <evstore/json/write.hpp>

#include <algorithm>
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
      recap_part part = part_of(each);
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

  recap_part part_of(const scene& told) {
    if (told.encounter == 0) return {{}, prose_of_interlude(told, speaker_)};
    ++fights_;
    return {"The " + english::ordinal(fights_) + " fight", prose_of_fight(told, speaker_)};
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
      if (is_down(told.end, id)) facts.down.push_back(id);
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
  voice speaker_{words_};
  std::vector<std::string> party_;
  std::int64_t fights_ = 0;
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
