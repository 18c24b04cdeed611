#include "report/charts.hpp"

#include "history/english.hpp"
#include "history/telling.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace dnd {

namespace {

/// What one combatant did in one column of a fight.
struct cell {
  std::int64_t dealt = 0;
  std::int64_t hits = 0;
  std::int64_t misses = 0;
  std::int64_t felled = 0;
  std::int64_t healed = 0;
  bool had_turn = false;
  bool fell = false;
};

class fight_chart {
public:
  fight_chart(markup& page, const chronicle& told, const chapter& session, const scene& fight)
      : page_{page}, fight_{fight}, words_{told.cast, appearing_in(session)} {
    choose_columns();
    choose_lanes();
    fill();
  }

  void draw() {
    const auto all = staves();
    for (const stave& each : all) draw_stave(each, all.size() > 1);
  }

private:
  static constexpr double column_width = 30;
  static constexpr double lane = 26;
  static constexpr double head = 20;
  static constexpr std::size_t most_columns = 60;
  static constexpr std::size_t columns_beside_names = 26; ///< of a page as wide as it gets
  static constexpr std::size_t most_lanes = 14;

  struct column {
    int first_round = 0;
    int last_round = 0;
    std::uint64_t from = 0; ///< position of its first turn
  };

  /// Columns that stand beside each other; what does not fit goes on below, as music does.
  struct stave {
    std::size_t first = 0;
    std::size_t end = 0;
  };

  /// A round is kept together if it fits.
  std::vector<stave> staves() const {
    std::vector<stave> all;
    std::size_t first = 0;
    do {
      std::size_t end = std::min(first + columns_beside_names, columns_.size());
      std::size_t cut = end;
      while (cut > first && cut < columns_.size() &&
             columns_[cut].first_round == columns_[cut - 1].first_round)
        --cut;
      if (cut > first) end = cut;
      all.push_back({first, end});
      first = end;
    } while (first < columns_.size());
    return all;
  }

  void draw_stave(stave part, bool one_of_several) {
    page_.open("div", {{"class", "lanes"}});
    draw_names();
    page_.open("div", {{"class", "scroll"}, {"tabindex", "0"}});
    const double width = place_of(part.end, part) + 8;
    const double height = head + lane * static_cast<double>(lanes_.size());
    std::string name = "Turns of encounter " + std::to_string(fight_.encounter);
    if (one_of_several)
      name += " from round " + std::to_string(columns_[part.first].first_round) + " to " +
              std::to_string(columns_[part.end - 1].last_round);
    page_.open("svg", {{"width", coordinate(width)},
                       {"height", coordinate(height)},
                       {"role", "img"},
                       {"aria-label", name}});
    draw_rounds(part, height);
    for (std::size_t row = 0; row < lanes_.size(); ++row) draw_lane(part, row);
    page_.close().close().close();
  }

  static double place_of(std::size_t column, stave part) {
    return column_width * static_cast<double>(column - part.first);
  }

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
      filled.healed += turn.healed;
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

  void draw_rounds(stave part, double height) {
    int round = 0;
    for (std::size_t i = part.first; i < part.end; ++i) {
      const column& each = columns_[i];
      if (each.first_round == round) continue;
      round = each.first_round;
      const std::string x = coordinate(place_of(i, part));
      page_.shape(
          "line",
          {{"class", "life"}, {"x1", x}, {"x2", x}, {"y1", "2"}, {"y2", coordinate(height)}});
      std::string label = (columns_.size() > 12 ? "R" : "Round ") + std::to_string(round);
      if (each.last_round > round) label += "–" + std::to_string(each.last_round);
      if (columns_.size() > fight_.turns.size() / 2 || i % 3 == 0)
        page_.leaf("text",
                   {{"class", "round"}, {"x", coordinate(place_of(i, part) + 6)}, {"y", "13"}},
                   label);
    }
  }

  std::string words_for(const cell& told, const std::string& who, const column& when) const {
    std::string text = who + ", round " + std::to_string(when.first_round);
    if (told.hits + told.misses > 0)
      text += ": " + english::counted(told.hits, "hit") + ", " + std::to_string(told.misses) +
              " missed, " + std::to_string(told.dealt) + " damage";
    if (told.felled > 0) text += ", felled " + english::number(told.felled);
    if (told.healed > 0)
      text += (told.hits + told.misses > 0 ? ", " : ": ") + std::to_string(told.healed) + " healed";
    if (told.fell) text += (told.had_turn ? "; went down" : " goes down");
    return text;
  }

  void draw_lane(stave part, std::size_t row) {
    const std::vector<std::string>& ids = lanes_[row];
    const std::string who = ids.size() > 1 ? "others" : words_.name(ids.front());
    const bool hero = ids.size() == 1 && words_.is_character(ids.front());
    const double middle = head + lane * (static_cast<double>(row) + 0.5);
    for (std::size_t i = part.first; i < part.end; ++i) {
      const cell& told = cells_[row][i];
      if (!told.had_turn && !told.fell) continue;
      const double left = place_of(i, part) + 4;
      page_.open("g").leaf("title", words_for(told, who, columns_[i]));
      if (told.had_turn) draw_turn(told, left, middle, hero);
      if (told.fell) draw_fall(left, middle, told.had_turn);
      page_.close();
    }
  }

  void draw_turn(const cell& told, double left, double middle, bool hero) {
    const bool strikes = told.hits > 0 || told.dealt > 0;
    const bool heals = !strikes && told.healed > 0;
    std::string kind = strikes ? "hit" : heals ? "heal" : told.misses > 0 ? "miss" : "idle";
    if (!hero) kind += " foe";
    if (told.felled > 0) kind += " kill";
    page_.shape("rect", {{"class", kind},
                         {"x", coordinate(left)},
                         {"y", coordinate(middle - 9)},
                         {"width", "24"},
                         {"height", "18"},
                         {"rx", "4"}});
    const std::string number =
        heals ? "+" + std::to_string(told.healed) : std::to_string(told.dealt);
    constexpr std::size_t narrow = 2; // more of the usual size would touch the edges
    if (told.dealt > 0 || heals)
      page_.leaf("text",
                 {{"class", number.size() > narrow ? "on long" : "on"},
                  {"x", coordinate(left + 12)},
                  {"y", coordinate(middle + 4)}},
                 number);
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
  const scene& fight_;
  telling words_;
  std::vector<column> columns_;
  std::vector<std::vector<std::string>> lanes_; ///< whose
  std::map<std::string, std::size_t> lane_of_;
  std::vector<std::vector<cell>> cells_; ///< by lane and column
};

} // namespace

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
  add("heal", "healing in a turn without a hit");
  add("miss", "a miss");
  add("idle", "another turn");
  add("hit kill", "somebody was felled");
  add("down", "goes down");
  page.close();
}

} // namespace dnd
