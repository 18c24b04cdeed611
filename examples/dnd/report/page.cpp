#include "report/page.hpp"

#include "campaign/portray.hpp"
#include "history/english.hpp"
#include "history/recap.hpp"
#include "history/telling.hpp"
#include "language/text.hpp"
#include "report/charts.hpp"
#include "report/markup.hpp"
#include "report/style.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace dnd {

namespace {

constexpr std::size_t most_lines = 8;
constexpr std::size_t most_sparks = 24;
constexpr std::size_t most_moments = 24;
constexpr std::size_t most_monsters_present = 12;
constexpr std::size_t fights_open = 3;
constexpr std::size_t most_fights = 200;

std::string plural(std::size_t count, const char* thing) {
  return grouped(static_cast<std::int64_t>(count)) + " " + thing + (count == 1 ? "" : "s");
}

class report {
public:
  report(const chronicle& told, const campaign_state& now) : told_{told}, now_{now} {
    for (const chapter& session : told.chapters) {
      recaps_.push_back(recap_of(told, session));
      for (const auto& [id, count] : session.counts()) counts_[id] += count;
      for (const scene& each : session.scenes)
        if (each.encounter != 0) fights_.emplace_back(&session, &each);
    }
    for (const auto& [id, who] : told.cast) {
      if (who.hp.empty()) continue;
      const bool hero = who.kind == creature_kind::character && heroes_.size() < most_lines;
      (hero ? heroes_ : others_).push_back(id);
    }
    std::stable_sort(others_.begin(), others_.end(), [&](const auto& left, const auto& right) {
      return counts_[left].dealt + counts_[left].taken >
             counts_[right].dealt + counts_[right].taken;
    });
  }

  std::string write() {
    open_page();
    header();
    page_.open("main");
    hit_points();
    damage();
    fights();
    moments();
    stories();
    everybody_else();
    present();
    page_.close();
    page_.open("footer", {{"class", "small"}});
    page_.text("Drawn from " + plural(told_.events, "event") +
               " of the campaign's log. What was undone is not in here.");
    page_.close();
    return std::move(page_).finish();
  }

private:
  void open_page() {
    page_.open("html", {{"lang", "en"}}).open("head");
    page_.shape("meta", {{"charset", "utf-8"}});
    page_.shape("meta", {{"name", "generator"}, {"content", "dnd campaign report"}});
    // Whatever somebody calls a goblin, nothing is fetched and nothing is run.
    page_.shape("meta", {{"http-equiv", "Content-Security-Policy"},
                         {"content", "default-src 'none'; style-src 'unsafe-inline'"}});
    page_.shape("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    page_.leaf("title", told_.name);
    page_.style(report_style);
    page_.close().open("body");
  }

  void begin(const char* id, const char* heading, const std::string& lead) {
    page_.open("section", {{"id", id}}).leaf("h2", heading);
    if (!lead.empty()) page_.leaf("p", {{"class", "lead"}}, lead);
  }

  void header() {
    page_.open("header").leaf("h1", told_.name);
    const auto sessions = std::count_if(told_.chapters.begin(), told_.chapters.end(),
                                        [](const chapter& each) { return each.session > 0; });
    std::string facts = plural(static_cast<std::size_t>(sessions), "session") + " · " +
                        plural(fights_.size(), "fight") + " · " + plural(told_.events, "event");
    if (!told_.chapters.empty()) {
      const std::string first = english::date(told_.chapters.front().began);
      const std::string last = english::date(told_.chapters.back().ended);
      facts += " · " + first + (first == last ? "" : " to " + last);
    }
    page_.leaf("p", facts);
    key_figures();
    page_.close();
  }

  void key_figures() {
    tally party;
    tally foes;
    std::int64_t twenties = 0;
    std::int64_t ones = 0;
    for (const auto& [id, count] : counts_) {
      const auto known = told_.cast.find(id);
      const bool hero = known != told_.cast.end() && known->second.kind == creature_kind::character;
      (hero ? party : foes) += count;
    }
    for (const chapter& session : told_.chapters)
      for (const scene& each : session.scenes)
        for (const beat& happened : each.beats) {
          twenties += happened.natural == 20 ? 1 : 0;
          ones += happened.natural == 1 ? 1 : 0;
        }
    page_.open("dl", {{"class", "figures"}});
    const auto add = [&](std::int64_t number, const char* what) {
      page_.open("div").leaf("dd", grouped(number)).leaf("dt", what).close();
    };
    add(party.dealt, "damage dealt by the party");
    add(party.taken, "damage taken by the party");
    add(foes.fell, "foes felled");
    add(party.fell, "times a character went down");
    add(twenties, "natural 20s");
    add(ones, "natural 1s");
    page_.close();
  }

  void hit_points() {
    std::vector<std::string> shown = heroes_;
    if (shown.empty())
      shown.assign(others_.begin(), others_.begin() + static_cast<std::ptrdiff_t>(
                                                          std::min(others_.size(), most_lines)));
    if (shown.empty()) return;
    begin("hit-points", "Hit points",
          "From the first event of the log to the last. Fights are shaded, a line marks the "
          "beginning of each session, and a dot somebody who went down.");
    page_.open("figure", {{"class", "card"}});
    draw_hit_points(page_, told_, shown);
    page_.close().close();
  }

  void damage() {
    if (counts_.empty()) return;
    begin(
        "damage", "Damage taken and dealt",
        "In hit points that were lost. Damage counts for the one whose attack it came from; traps "
        "and other mishaps are nobody's.");
    page_.open("figure", {{"class", "card"}});
    draw_damage(page_, told_);
    page_.close().close();
  }

  void fights() {
    if (fights_.empty()) return;
    begin("fights", "The fights, turn by turn",
          "A lane for each combatant, a column for each turn; long fights by round.");
    const std::size_t skipped = fights_.size() - std::min(fights_.size(), most_fights);
    if (skipped > 0)
      page_.leaf("p", {{"class", "small"}},
                 "The first " + plural(skipped, "fight") + " of this campaign are left out here.");
    for (std::size_t i = skipped; i < fights_.size(); ++i)
      fight(*fights_[i].first, *fights_[i].second, i + fights_open >= fights_.size());
    draw_fight_legend(page_);
    page_.close();
  }

  void fight(const chapter& session, const scene& told, bool unfolded) {
    if (unfolded)
      page_.open("details", {{"open", ""}});
    else
      page_.open("details");
    page_.open("summary").text("Encounter " + std::to_string(told.encounter) + " ");
    const telling words{told_.cast, appearing_in(session)};
    page_.leaf("span", (session.session > 0 ? "session " + std::to_string(session.session) + " · "
                                            : std::string{}) +
                           plural(static_cast<std::size_t>(told.rounds()), "round") +
                           (told.over ? "" : ", not over") + " · " +
                           words.company(told.combatants));
    page_.close();
    if (told.turns.empty())
      page_.leaf("p", {{"class", "small"}}, "Nobody took a turn.");
    else
      draw_fight(page_, told_, session, told);
    page_.close();
  }

  void moments() {
    std::vector<std::pair<const recap*, const recap_moment*>> all;
    for (const recap& each : recaps_)
      for (const recap_moment& moment : each.moments) all.emplace_back(&each, &moment);
    if (all.empty()) return;
    std::stable_sort(all.begin(), all.end(), [](const auto& left, const auto& right) {
      return left.second->weight > right.second->weight;
    });
    // The worst evening must not be the only one.
    const std::size_t of_a_session = std::max<std::size_t>(4, most_moments / recaps_.size());
    std::map<const recap*, std::size_t> taken;
    std::erase_if(all, [&](const auto& each) { return ++taken[each.first] > of_a_session; });
    if (all.size() > most_moments) all.resize(most_moments);
    std::sort(all.begin(), all.end(), [](const auto& left, const auto& right) {
      return left.second->position < right.second->position;
    });
    begin("moments", "Notable moments", "");
    page_.open("ol", {{"class", "moments"}});
    for (const auto& [session, moment] : all) {
      page_.open("li", {{"class", "w" + std::to_string(moment->weight)}});
      std::string when =
          session->session > 0 ? "S" + std::to_string(session->session) : std::string{"before S1"};
      if (moment->encounter > 0) when += " · fight " + std::to_string(moment->encounter);
      if (moment->round > 0) when += " · round " + std::to_string(moment->round);
      page_.leaf("span", {{"class", "when"}}, when).leaf("p", moment->text).close();
    }
    page_.close().close();
  }

  void stories() {
    if (recaps_.empty()) return;
    begin("sessions", "The sessions, retold", "");
    for (const recap& each : recaps_) {
      if (each.parts.empty()) continue;
      if (&each == &recaps_.back())
        page_.open("details", {{"open", ""}});
      else
        page_.open("details");
      page_.open("summary").text(heading_of(each.session, each.title) + " ");
      page_.leaf("span", english::date(each.began) + ", " + english::hour(each.began) + "–" +
                             english::hour(each.ended) + " UTC");
      page_.close().open("div", {{"class", "story"}});
      for (const recap_part& part : each.parts) {
        if (!part.heading.empty()) page_.leaf("h3", part.heading);
        for (const std::string& text : part.paragraphs) page_.leaf("p", text);
      }
      page_.close().close();
    }
    page_.close();
  }

  [[nodiscard]] bool is_around(const std::string& id) const {
    const auto found = now_.creatures.find(id);
    return found != now_.creatures.end() && found->second.hp > 0;
  }

  void everybody_else() {
    if (others_.empty() || heroes_.empty()) return;
    std::vector<std::string> around;
    std::vector<std::string> gone;
    for (const std::string& id : others_) (is_around(id) ? around : gone).push_back(id);
    begin("others", "Everybody else", "");
    if (!around.empty()) sparks(around);
    if (!gone.empty()) {
      page_.open("details").open("summary").text("The fallen, and those who left ");
      page_.leaf("span", plural(gone.size(), "creature")).close();
      sparks(gone);
      page_.close();
    }
    page_.close();
  }

  void sparks(const std::vector<std::string>& ids) {
    const std::size_t shown = std::min(ids.size(), most_sparks);
    if (ids.size() > shown)
      page_.leaf("p", {{"class", "small"}},
                 "Those who dealt and took the most; " + std::to_string(ids.size() - shown) +
                     " more came and went.");
    page_.open("div", {{"class", "sparks"}});
    for (std::size_t i = 0; i < shown; ++i) {
      const figure& who = told_.cast.at(ids[i]);
      page_.open("figure", {{"class", "card spark"}}).leaf("h3", ids[i]);
      page_.leaf("div", {{"class", "small"}},
                 who.name + " · " + std::to_string(who.hp.back().hp) + "/" +
                     std::to_string(who.hp.back().max_hp));
      draw_spark(page_, who, told_.events);
      page_.close();
    }
    page_.close();
  }

  void present() {
    std::vector<std::string> shown;
    std::vector<std::string> monsters;
    for (const std::string& id : roll_call(now_.creatures)) {
      const creature& who = now_.creatures.at(id);
      if (who.kind == creature_kind::character)
        shown.push_back(id);
      else if (who.hp > 0)
        monsters.push_back(id);
    }
    const auto more = monsters.begin() +
                      static_cast<std::ptrdiff_t>(std::min(monsters.size(), most_monsters_present));
    shown.insert(shown.end(), monsters.begin(), more);
    monsters.erase(monsters.begin(), more);
    if (shown.empty()) return;
    const telling words{told_.cast, {}};
    begin("now", "How they are now",
          monsters.empty() ? "" : "Not listed: " + words.company(monsters) + ".");
    page_.open("div", {{"class", "card wide"}}).open("table", {{"class", "present"}});
    page_.open("thead").open("tr");
    for (const char* column : {"", "hit points", "", "AC", "level", "conditions", "carries"})
      page_.leaf("th", {{"scope", "col"}}, column);
    page_.close().close().open("tbody");
    for (const std::string& id : shown) standing_of(id, now_.creatures.at(id));
    page_.close().close().close().close();
  }

  void standing_of(const std::string& id, const creature& who) {
    const bool hero = who.kind == creature_kind::character;
    page_.open("tr").leaf("th", {{"scope", "row"}}, hero ? who.name : id);
    page_.leaf("td", {{"class", "num"}}, std::to_string(who.hp) + "/" + std::to_string(who.max_hp));
    page_.open("td", {{"class", "bar"}});
    draw_bar(page_, who.max_hp > 0 ? static_cast<double>(who.hp) / who.max_hp : 0, "left");
    page_.close();
    page_.leaf("td", {{"class", "num"}}, std::to_string(who.armor_class));
    page_.leaf("td", {{"class", "num"}}, who.level ? std::to_string(*who.level) : "–");
    std::vector<std::string> how = who.conditions;
    if (who.hp == 0) how.insert(how.begin(), "down");
    page_.leaf("td", how.empty() ? "–" : in_words(how));
    std::vector<std::string> carries;
    for (const auto& [item, count] : who.inventory)
      carries.push_back(count == 1 ? item : std::to_string(count) + " x " + item);
    page_.leaf("td", carries.empty() ? "–" : in_words(carries)).close();
  }

  const chronicle& told_;
  const campaign_state& now_;
  std::vector<recap> recaps_;
  tallies counts_;
  std::vector<std::pair<const chapter*, const scene*>> fights_;
  std::vector<std::string> heroes_;
  std::vector<std::string> others_; ///< who dealt and took most, first
  markup page_;
};

} // namespace

std::string report_page(const chronicle& told, const campaign_state& now) {
  return report{told, now}.write();
}

} // namespace dnd
