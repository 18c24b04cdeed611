#include "report/charts.hpp"

#include "history/english.hpp"
#include "history/telling.hpp"
#include "language/text.hpp"
#include "report/step_path.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

namespace dnd {

namespace {

std::string colour_of(std::size_t index) { return "k" + std::to_string(index % 8); }

/// 1, 2 or 5 times a power of ten, so that there are about four lines.
int distance_of_lines(int top) {
  constexpr double lines = 4;
  const double wanted = std::max(1.0, static_cast<double>(top) / lines);
  const double power = std::pow(10, std::floor(std::log10(wanted)));
  for (const double step : {1.0, 2.0, 5.0, 10.0})
    if (step * power >= wanted) return static_cast<int>(step * power);
  return top;
}

/// The last event that changed the hit points of a creature.
const hp_mark& last_of(const figure& who) { return who.hp.back(); }

/// Labels at the ends of lines, moved apart so that each can be read.
struct end_label {
  std::string id;
  double wanted = 0; ///< share of the height
  double place = 0;
};

void spread(std::vector<end_label>& labels, double distance) {
  std::stable_sort(labels.begin(), labels.end(), [](const end_label& left, const end_label& right) {
    return left.wanted < right.wanted;
  });
  double above = -distance;
  for (end_label& label : labels) above = label.place = std::max(label.wanted, above + distance);
  double below = 1 + distance / 2;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label)
    below = label->place = std::min(label->place, below - distance);
}

constexpr double plot_width = 1000;
constexpr double plot_height = 280;

class hp_plot {
public:
  hp_plot(markup& page, const chronicle& told, const std::vector<std::string>& shown)
      : page_{page}, told_{told}, shown_{shown}, words_{told.cast, {shown.begin(), shown.end()}},
        area_{plot_width, plot_height, 1, std::max<std::uint64_t>(told.events, 2), 1} {
    for (const std::string& id : shown)
      for (const hp_mark& mark : told.cast.at(id).hp) area_.top = std::max(area_.top, mark.max_hp);
    choose_marks();
  }

  void draw() {
    page_.open("div", {{"class", "plot"}});
    draw_ticks();
    page_.open("svg", {{"viewBox", "0 0 1000 280"},
                       {"preserveAspectRatio", "none"},
                       {"role", "img"},
                       {"aria-labelledby", "hp-title hp-text"}});
    page_.leaf("title", {{"id", "hp-title"}}, "Hit points over time");
    page_.leaf("desc", {{"id", "hp-text"}}, words());
    draw_ground();
    for (std::size_t i = 0; i < shown_.size(); ++i) draw_line(shown_[i], i);
    page_.close();
    draw_names();
    draw_sessions();
    page_.close();
  }

private:
  std::string words() const {
    std::string text;
    for (const std::string& id : shown_) {
      const figure& who = told_.cast.at(id);
      text += who.name + " came with " + std::to_string(who.hp.front().hp) +
              " hit points and has " + std::to_string(last_of(who).hp) + " of " +
              std::to_string(last_of(who).max_hp) + ". ";
    }
    return text;
  }

  /// The sessions that have room for a label, also on a telephone.
  void choose_marks() {
    constexpr double room = 85;
    double free = 0;
    for (const chapter& session : told_.chapters) {
      const double left = area_.x(session.from);
      if (session.session == 0 || left < free) continue;
      free = left + room;
      marked_.insert(session.session);
    }
  }

  [[nodiscard]] bool is_marked(const chapter& session) const {
    return marked_.contains(session.session);
  }

  void draw_ticks() {
    const int distance = distance_of_lines(area_.top);
    page_.open("div", {{"class", "ticks"}, {"aria-hidden", "true"}});
    for (int hp = 0; hp <= area_.top; hp += distance)
      page_.leaf("span",
                 {{"class", "axis"}, {"style", "top:" + percent(area_.y(hp) / plot_height)}},
                 std::to_string(hp));
    page_.close();
  }

  void draw_ground() {
    for (const chapter& session : told_.chapters) {
      for (const scene& each : session.scenes) {
        if (each.encounter == 0) continue;
        const double begin = area_.x(each.from);
        page_.shape("rect", {{"class", "fight"},
                             {"x", coordinate(begin)},
                             {"y", "0"},
                             {"width", coordinate(area_.x(each.to) - begin)},
                             {"height", coordinate(plot_height)}});
      }
      if (!is_marked(session)) continue;
      const std::string x = coordinate(area_.x(session.from));
      page_.shape("line", {{"class", "mark"},
                           {"x1", x},
                           {"x2", x},
                           {"y1", "0"},
                           {"y2", coordinate(plot_height + 8)}});
    }
    const int distance = distance_of_lines(area_.top);
    for (int hp = 0; hp <= area_.top; hp += distance)
      page_.shape("line", {{"class", "grid"},
                           {"x1", "0"},
                           {"x2", coordinate(plot_width)},
                           {"y1", coordinate(area_.y(hp))},
                           {"y2", coordinate(area_.y(hp))}});
  }

  void draw_line(const std::string& id, std::size_t index) {
    const figure& who = told_.cast.at(id);
    page_.open("g", {{"class", colour_of(index)}});
    page_.open("path", {{"class", "curve"}, {"d", step_path(who.hp, area_)}});
    page_.leaf("title", who.name).close();
    // More dots than this are a smear.
    constexpr std::size_t most = 60;
    std::size_t drawn = 0;
    for (const hp_mark& mark : who.hp) {
      if (mark.hp != 0 || drawn++ >= most) continue;
      page_.open("path", {{"class", "dot"},
                          {"d", "M" + coordinate(area_.x(mark.position)) + " " +
                                    coordinate(area_.y(0)) + "h0"}});
      page_.leaf("title", who.name + " went down, event " + std::to_string(mark.position)).close();
    }
    page_.close();
  }

  void draw_names() {
    constexpr double distance = 0.085;
    std::vector<end_label> labels;
    for (const std::string& id : shown_)
      labels.push_back({id, area_.y(last_of(told_.cast.at(id)).hp) / plot_height, 0});
    spread(labels, distance);
    page_.open("div", {{"class", "names"}});
    for (const end_label& label : labels) {
      const figure& who = told_.cast.at(label.id);
      const auto index = static_cast<std::size_t>(
          std::find(shown_.begin(), shown_.end(), label.id) - shown_.begin());
      page_.open("span", {{"class", "label " + colour_of(index)},
                          {"style", "top:" + percent(label.place)}});
      page_.text(english::capitalised(words_.name(label.id)) + " ");
      page_.leaf("span",
                 std::to_string(last_of(who).hp) + "/" + std::to_string(last_of(who).max_hp));
      page_.close();
    }
    page_.close();
  }

  void draw_sessions() {
    page_.open("div", {{"class", "marks"}, {"aria-hidden", "true"}});
    for (const chapter& session : told_.chapters)
      if (is_marked(session))
        page_.leaf(
            "span",
            {{"class", "axis"}, {"style", "left:" + percent(area_.x(session.from) / plot_width)}},
            "S" + std::to_string(session.session));
    page_.close();
  }

  markup& page_;
  const chronicle& told_;
  const std::vector<std::string>& shown_;
  telling words_;
  drawing_area area_;
  std::set<int> marked_; ///< sessions
};

/// What one combatant did in one column of a fight.
struct cell {
  std::int64_t dealt = 0;
  std::int64_t hits = 0;
  std::int64_t misses = 0;
  std::int64_t felled = 0;
  bool had_turn = false;
  bool fell = false;
};

class fight_chart {
public:
  fight_chart(markup& page, const chronicle& told, const chapter& session, const scene& fight)
      : page_{page}, told_{told}, fight_{fight}, words_{told.cast, appearing_in(session)} {
    choose_columns();
    choose_lanes();
    fill();
  }

  void draw() {
    page_.open("div", {{"class", "lanes"}});
    draw_names();
    page_.open("div", {{"class", "scroll"}, {"tabindex", "0"}});
    const double width = column_width * static_cast<double>(columns_.size()) + 8;
    const double height = head + lane * static_cast<double>(lanes_.size());
    page_.open("svg", {{"width", coordinate(width)},
                       {"height", coordinate(height)},
                       {"role", "img"},
                       {"aria-label", "Turns of encounter " + std::to_string(fight_.encounter)}});
    draw_rounds(height);
    for (std::size_t row = 0; row < lanes_.size(); ++row) draw_lane(row);
    page_.close().close().close();
  }

private:
  static constexpr double column_width = 30;
  static constexpr double lane = 26;
  static constexpr double head = 20;
  static constexpr std::size_t most_columns = 60;
  static constexpr std::size_t most_lanes = 14;

  struct column {
    int first_round = 0;
    int last_round = 0;
    std::uint64_t from = 0; ///< position of its first turn
  };

  /// Turns; rounds if there are too many; several rounds if there are still too many.
  void choose_columns() {
    const auto& turns = fight_.turns;
    const bool by_turn = turns.size() <= most_columns;
    const auto rounds = static_cast<std::size_t>(std::max(1, fight_.rounds()));
    const auto together = static_cast<int>((rounds + most_columns - 1) / most_columns);
    for (const turn_taken& turn : turns) {
      const bool same =
          !columns_.empty() && !by_turn && turn.round < columns_.back().first_round + together;
      if (!same) columns_.push_back({turn.round, turn.round, turn.position});
      columns_.back().last_round = std::max(columns_.back().last_round, turn.round);
    }
  }

  /// The column in which an event was; nothing before the first turn.
  std::optional<std::size_t> column_of(std::uint64_t position) const {
    const auto after =
        std::upper_bound(columns_.begin(), columns_.end(), position,
                         [](std::uint64_t at, const column& each) { return at < each.from; });
    if (after == columns_.begin()) return std::nullopt;
    return static_cast<std::size_t>(after - columns_.begin()) - 1;
  }

  /// Characters, then the others in the order in which they came; the last lane may be for many.
  void choose_lanes() {
    std::vector<std::string> all;
    for (const bool heroes : {true, false})
      for (const std::string& id : fight_.combatants)
        if (words_.is_character(id) == heroes && std::find(all.begin(), all.end(), id) == all.end())
          all.push_back(id);
    for (const std::string& id : all) {
      if (lanes_.size() < most_lanes || all.size() <= most_lanes + 1) {
        lane_of_[id] = lanes_.size();
        lanes_.push_back({id});
      } else {
        if (lanes_.size() == most_lanes) lanes_.emplace_back();
        lane_of_[id] = most_lanes;
        lanes_.back().push_back(id);
      }
    }
  }

  void fill() {
    cells_.assign(lanes_.size(), std::vector<cell>(columns_.size()));
    for (const turn_taken& turn : fight_.turns) {
      const auto where = lane_of_.find(turn.creature);
      const auto at = column_of(turn.position);
      if (where == lane_of_.end() || !at) continue;
      cell& filled = cells_[where->second][*at];
      filled.had_turn = true;
      filled.dealt += turn.dealt;
      filled.hits += turn.hits;
      filled.misses += turn.misses;
      filled.felled += turn.felled;
    }
    for (const beat& told : fight_.beats) {
      const auto where = lane_of_.find(told.who);
      const auto at = column_of(told.position);
      if (told.fell && where != lane_of_.end() && at) cells_[where->second][*at].fell = true;
    }
  }

  void draw_names() {
    page_.open("div").leaf("div", {{"class", "who"}}, "");
    for (const std::vector<std::string>& ids : lanes_) {
      const bool several = ids.size() > 1;
      const bool hero = !several && words_.is_character(ids.front());
      page_.leaf("div", {{"class", hero ? "who hero" : "who"}},
                 several ? std::to_string(ids.size()) + " others"
                         : english::capitalised(words_.name(ids.front())));
    }
    page_.close();
  }

  void draw_rounds(double height) {
    int round = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const column& each = columns_[i];
      if (each.first_round == round) continue;
      round = each.first_round;
      const std::string x = coordinate(column_width * static_cast<double>(i));
      page_.shape(
          "line",
          {{"class", "life"}, {"x1", x}, {"x2", x}, {"y1", "2"}, {"y2", coordinate(height)}});
      std::string label = (columns_.size() > 12 ? "R" : "Round ") + std::to_string(round);
      if (each.last_round > round) label += "–" + std::to_string(each.last_round);
      if (columns_.size() > fight_.turns.size() / 2 || i % 3 == 0)
        page_.leaf("text",
                   {{"class", "round"},
                    {"x", coordinate(column_width * static_cast<double>(i) + 6)},
                    {"y", "13"}},
                   label);
    }
  }

  std::string words_for(const cell& told, const std::string& who, const column& when) const {
    std::string text = who + ", round " + std::to_string(when.first_round);
    if (told.hits + told.misses > 0)
      text += ": " + english::counted(told.hits, "hit") + ", " + std::to_string(told.misses) +
              " missed, " + std::to_string(told.dealt) + " damage";
    if (told.felled > 0) text += ", felled " + english::number(told.felled);
    if (told.fell) text += (told.had_turn ? "; went down" : " goes down");
    return text;
  }

  void draw_lane(std::size_t row) {
    const std::vector<std::string>& ids = lanes_[row];
    const std::string who = ids.size() > 1 ? "others" : words_.name(ids.front());
    const bool hero = ids.size() == 1 && words_.is_character(ids.front());
    const double middle = head + lane * (static_cast<double>(row) + 0.5);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const cell& told = cells_[row][i];
      if (!told.had_turn && !told.fell) continue;
      const double left = column_width * static_cast<double>(i) + 4;
      page_.open("g").leaf("title", words_for(told, who, columns_[i]));
      if (told.had_turn) draw_turn(told, left, middle, hero);
      if (told.fell) draw_fall(left, middle, told.had_turn);
      page_.close();
    }
  }

  void draw_turn(const cell& told, double left, double middle, bool hero) {
    std::string kind = told.hits > 0 || told.dealt > 0 ? "hit" : told.misses > 0 ? "miss" : "idle";
    if (!hero) kind += " foe";
    if (told.felled > 0) kind += " kill";
    page_.shape("rect", {{"class", kind},
                         {"x", coordinate(left)},
                         {"y", coordinate(middle - 9)},
                         {"width", "24"},
                         {"height", "18"},
                         {"rx", "4"}});
    if (told.dealt > 0)
      page_.leaf("text",
                 {{"class", "on"}, {"x", coordinate(left + 12)}, {"y", coordinate(middle + 4)}},
                 std::to_string(told.dealt));
  }

  void draw_fall(double left, double middle, bool beside) {
    const double x = left + (beside ? 26 : 12);
    const auto stroke = [&](double from, double to) {
      return "M" + coordinate(x - 5) + " " + coordinate(middle + from) + "L" + coordinate(x + 5) +
             " " + coordinate(middle + to);
    };
    page_.shape("path", {{"class", "down"}, {"d", stroke(-5, 5) + stroke(5, -5)}});
  }

  markup& page_;
  const chronicle& told_;
  const scene& fight_;
  telling words_;
  std::vector<column> columns_;
  std::vector<std::vector<std::string>> lanes_; ///< whose
  std::map<std::string, std::size_t> lane_of_;
  std::vector<std::vector<cell>> cells_; ///< by lane and column
};

} // namespace

void draw_hit_points(markup& page, const chronicle& told, const std::vector<std::string>& shown) {
  hp_plot{page, told, shown}.draw();
}

void draw_spark(markup& page, const figure& who, std::uint64_t end) {
  constexpr double width = 200;
  constexpr double height = 34;
  // Beyond its last wound a creature may lie there for sessions; a little of that is enough.
  const std::uint64_t first = who.hp.front().position;
  const std::uint64_t busy = last_of(who).position - first;
  drawing_area area{width, height, first, std::min(end, last_of(who).position + busy / 8 + 2), 1};
  for (const hp_mark& mark : who.hp) area.top = std::max(area.top, mark.max_hp);
  const std::string path = step_path(who.hp, area);
  page.open("svg", {{"viewBox", "0 0 200 34"}, {"preserveAspectRatio", "none"}, {"role", "img"}});
  page.leaf("title", who.name + ": " + std::to_string(last_of(who).hp) + " of " +
                         std::to_string(last_of(who).max_hp) + " hit points at last");
  page.shape("path", {{"class", "area"}, {"d", path + "V34H0Z"}});
  page.shape("path", {{"d", path}});
  page.close();
}

void draw_bar(markup& page, double share, const char* kind, bool from_right) {
  const double width = std::clamp(share, 0.0, 1.0);
  page.open("svg", {{"aria-hidden", "true"}});
  page.shape("rect", {{"class", "rail"}, {"width", "100%"}, {"height", "14"}, {"rx", "3"}});
  page.shape("rect", {{"class", kind},
                      {"x", percent(from_right ? 1 - width : 0)},
                      {"width", percent(width)},
                      {"height", "14"},
                      {"rx", "3"}});
  page.close();
}

namespace {

struct damage_row {
  std::string name;
  tally count;
};

/// A row for each creature; if those are too many, monsters of a kind share one.
std::vector<damage_row> rows_of_damage(const chronicle& told, std::size_t most) {
  tallies counts;
  for (const chapter& session : told.chapters)
    for (const auto& [id, count] : session.counts())
      if (count.dealt + count.taken > 0 && told.cast.contains(id)) counts[id] += count;
  std::set<std::string> everybody;
  for (const auto& [id, count] : counts) everybody.insert(id);
  const telling words{told.cast, everybody};
  std::vector<damage_row> rows;
  std::map<std::string, std::pair<std::int64_t, tally>> kinds;
  for (const auto& [id, count] : counts) {
    if (counts.size() <= most || words.is_character(id)) {
      rows.push_back({english::capitalised(words.name(id)), count});
    } else {
      auto& [bearers, sum] = kinds[folded(told.cast.at(id).name)];
      ++bearers;
      sum += count;
    }
  }
  for (const auto& [kind, all] : kinds)
    rows.push_back({english::capitalised(english::some(all.first, kind)), all.second});
  std::stable_sort(rows.begin(), rows.end(), [](const damage_row& left, const damage_row& right) {
    return left.count.dealt + left.count.taken > right.count.dealt + right.count.taken;
  });
  return rows;
}

void draw_damage_row(markup& page, const damage_row& row, std::optional<double> most) {
  const auto bar = [&](std::int64_t amount, const char* kind, bool from_right) {
    page.open("td", {{"class", "bar"}});
    if (most) draw_bar(page, static_cast<double>(amount) / *most, kind, from_right);
    page.close();
  };
  page.open("tr").leaf("th", {{"scope", "row"}}, row.name);
  bar(row.count.taken, "taken", true);
  page.leaf("td", {{"class", "num"}}, grouped(row.count.taken));
  page.leaf("td", {{"class", "num"}}, grouped(row.count.dealt));
  bar(row.count.dealt, "dealt", false);
  page.close();
}

} // namespace

void draw_damage(markup& page, const chronicle& told) {
  constexpr std::size_t most_rows = 18;
  std::vector<damage_row> rows = rows_of_damage(told, most_rows);
  std::int64_t most = 1;
  for (const damage_row& each : rows) most = std::max({most, each.count.dealt, each.count.taken});
  page.open("table", {{"class", "damage"}}).open("thead").open("tr");
  page.leaf("th", {{"scope", "col"}}, "");
  page.leaf("th", {{"scope", "col"}, {"class", "mirror"}, {"colspan", "2"}}, "damage taken");
  page.leaf("th", {{"scope", "col"}, {"colspan", "2"}}, "damage dealt");
  page.close().close().open("tbody");
  tally rest;
  std::size_t others = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i < most_rows) {
      draw_damage_row(page, rows[i], static_cast<double>(most));
    } else {
      rest += rows[i].count;
      ++others;
    }
  }
  // A sum of many has another scale.
  if (others > 0)
    draw_damage_row(page, {"All others, " + std::to_string(others) + " rows", rest}, std::nullopt);
  page.close().close();
}

void draw_fight(markup& page, const chronicle& told, const chapter& session, const scene& fight) {
  fight_chart{page, told, session, fight}.draw();
}

void draw_fight_legend(markup& page) {
  const auto add = [&](const char* kind, const char* said) {
    page.open("li").open("svg", {{"class", "key"}, {"aria-hidden", "true"}});
    if (std::string_view{kind} == "down")
      page.shape("path", {{"class", "down"}, {"d", "M6 3L16 13M6 13L16 3"}});
    else
      page.shape("rect", {{"class", kind},
                          {"x", "1"},
                          {"y", "1"},
                          {"width", "20"},
                          {"height", "14"},
                          {"rx", "4"}});
    page.close().text(said).close();
  };
  page.open("ul", {{"class", "legend lanes-legend small"}});
  add("hit", "a character hits; the number is the damage");
  add("hit foe", "a foe hits");
  add("miss", "a miss");
  add("idle", "another turn");
  add("hit kill", "somebody was felled");
  add("down", "goes down");
  page.close();
}

} // namespace dnd
