#include "report/charts.hpp"

#include "history/english.hpp"
#include "history/telling.hpp"
#include "language/text.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace dnd {

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

} // namespace dnd
