#include "report/charts.hpp"

#include "history/english.hpp"
#include "history/telling.hpp"
#include "report/step_path.hpp"

#include <algorithm>
#include <cmath>
#include <set>

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
      page_.leaf("b", english::capitalised(words_.name(label.id)));
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

} // namespace dnd
