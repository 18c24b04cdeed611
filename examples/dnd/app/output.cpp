#include "app/output.hpp"

#include "campaign/narrate.hpp"
#include "language/text.hpp"
#include "log/event_json.hpp"
#include "log/snapshot_file.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace dnd {

namespace {

/// Appends members to a JSON object, the values given as JSON.
class json_object {
public:
  json_object& add(std::string_view name, std::string_view value) {
    text_.append(text_.empty() ? "{\"" : ",\"").append(name).append("\":").append(value);
    return *this;
  }
  json_object& add_text(std::string_view name, std::string_view value) {
    return add(name, quoted_json(value));
  }
  [[nodiscard]] std::string text() const { return text_.empty() ? "{}" : text_ + "}"; }

private:
  std::string text_;
};

template <class Items, class ToJson>
std::string json_array(const Items& items, ToJson to_json) {
  std::string text = "[";
  for (const auto& item : items) text.append(text.size() == 1 ? "" : ",").append(to_json(item));
  return text + "]";
}

std::string plural(std::uint64_t count, std::string_view thing) {
  return std::to_string(count) + " " + std::string{thing} + (count == 1 ? "" : "s");
}

/// `#######...`: how much of a creature is left.
std::string bar(int hp, int max_hp) {
  constexpr int width = 10;
  const std::int64_t tenths =
      max_hp > 0 ? (std::int64_t{hp} * width + max_hp - 1) / max_hp : std::int64_t{0};
  const auto share = static_cast<int>(std::clamp<std::int64_t>(tenths, 0, width));
  return std::string(static_cast<std::size_t>(share), '#') +
         std::string(static_cast<std::size_t>(width - share), '.');
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string remarks(const creature& who) {
  std::vector<std::string> all;
  if (who.level) all.push_back("level " + std::to_string(*who.level));
  if (who.hit_dice_used > 0)
    all.push_back("hit dice used " + std::to_string(who.hit_dice_used) + "/" +
                  std::to_string(who.hit_dice));
  if (who.hp == 0) all.emplace_back("down");
  all.insert(all.end(), who.conditions.begin(), who.conditions.end());
  for (const auto& [item, count] : who.inventory)
    all.push_back(count == 1 ? item : std::to_string(count) + " " + item);
  std::string text;
  for (const std::string& remark : all) text.append(text.empty() ? "  " : ", ").append(remark);
  return text;
}

std::string turn_line(const encounter& fight) {
  if (!fight.active) return "no encounter";
  std::string text = "encounter " + std::to_string(fight.number);
  if (fight.turn) text += ", round " + std::to_string(fight.round) + ", turn of " + *fight.turn;
  if (!fight.turn_order.empty()) {
    text += "; order:";
    for (const std::string& id : fight.turn_order)
      text += " " + id + " (" + std::to_string(fight.initiatives.at(id)) + ")";
  }
  return text;
}

std::string session_line(const campaign_state& state) {
  if (state.session == 0) return "none yet";
  return std::to_string(state.session) + (state.session_open ? " (open)" : " (over)");
}

void write_line(std::FILE* to, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), to);
  if (!text.ends_with('\n')) std::fputc('\n', to);
  std::fflush(to);
}

} // namespace

void output::say(std::string_view text) const { write_line(stdout, text); }
void output::warn(std::string_view text) const {
  write_line(stderr, "warning: " + std::string{text});
}

void output::say_findings(bool sound, const std::vector<std::string>& findings) const {
  if (is_json())
    return say(json_object{}
                   .add("sound", sound ? "true" : "false")
                   .add("findings", json_array(findings, quoted_json))
                   .text());
  for (const std::string& finding : findings) say(finding);
}

void output::tell(std::string_view line, const outcome& came_of_it, std::string_view where) const {
  if (is_json()) {
    json_object answer;
    answer.add("ok", came_of_it.why_not ? "false" : "true").add_text("line", line);
    if (came_of_it.why_not)
      answer.add("error", json_object{}
                              .add_text("message", came_of_it.why_not->message)
                              .add("at", std::to_string(came_of_it.why_not->at))
                              .add("length", std::to_string(came_of_it.why_not->length))
                              .text());
    answer.add("events", json_array(came_of_it.events, [](const event& e) { return to_json(e); }));
    answer.add("text", json_array(came_of_it.sentences, quoted_json));
    if (!came_of_it.warnings.empty())
      answer.add("warnings", json_array(came_of_it.warnings, quoted_json));
    say(answer.text());
    return;
  }
  for (const std::string& sentence : came_of_it.sentences) say(sentence);
  for (const std::string& warning : came_of_it.warnings) warn(warning);
  if (came_of_it.why_not)
    write_line(stderr, std::string{where} + point_at(line, *came_of_it.why_not) +
                           "error: " + came_of_it.why_not->message);
}

void output::tell(const campaign_log& log) const {
  const load_report& report = log.report();
  const campaign_place& place = log.place();
  if (is_json()) {
    const std::string snapshot =
        report.from_snapshot ? std::to_string(*report.from_snapshot) : "null";
    say(json_object{}
            .add_text("campaign", place.name)
            .add_text("world", place.world.name)
            .add("events", std::to_string(report.position))
            .add("from_snapshot", snapshot)
            .add("replayed", std::to_string(report.replayed))
            .add_text("state_hash", digest_of_state(log.state()))
            .add("warnings", json_array(report.warnings, quoted_json))
            .add("state", to_json(log.state()))
            .text());
    return;
  }
  for (const std::string& warning : report.warnings) warn(warning);
  say(place.name + "  (world " + place.world.name + ")");
  tell(log.state());
  say("  events    " + std::to_string(report.position) + ": " +
      (report.from_snapshot ? "snapshot of event " + std::to_string(*report.from_snapshot) +
                                  ", then replayed " + plural(report.replayed, "event")
                            : "no snapshot, replayed " + plural(report.replayed, "event")));
}

void output::tell(const campaign_state& state) const {
  if (is_json()) return say(to_json(state));
  say("  session   " + session_line(state));
  say("  turn      " + turn_line(state.encounter));
  if (state.creatures.empty()) say("  nobody is here yet");
  std::size_t width = 0;
  for (const auto& [id, who] : state.creatures) width = std::max(width, id.size());
  for (const auto& [id, who] : state.creatures) {
    const std::string hp = std::to_string(who.hp) + "/" + std::to_string(who.max_hp);
    say("  " + padded(id, width) + "  HP " + padded(hp, 7) + " [" + bar(who.hp, who.max_hp) +
        "]  AC " + std::to_string(who.armor_class) + remarks(who));
  }
}

void output::tell(const log_entry& entry) const {
  if (is_json()) {
    std::string text = to_json(entry.happened);
    text.replace(
        0, 1,
        "{\"position\":" + std::to_string(entry.position) + ",\"time\":\"" + entry.time + "\",");
    return say(text);
  }
  // Hours and minutes are what people remember of an evening.
  const std::string time = entry.time.substr(0, 10) + " " + entry.time.substr(11, 8);
  say(padded(std::to_string(entry.position), 5) + " " + time + "  " +
      narrate(entry.happened, entry.after));
}

void output::tell(const difference& found) const {
  if (is_json()) return say(to_json(found));
  for (const std::string& line : describe(found)) say(line);
}

void output::tell(const recap& told) const {
  constexpr std::size_t width = 80;
  std::string text = is_json() ? to_json(told) : to_text(told, width);
  if (text.ends_with('\n')) text.pop_back();
  say(text);
}

void output::tell(const written_report& written) const {
  if (is_json())
    return say(json_object{}
                   .add_text("report", written.file.string())
                   .add("position", std::to_string(written.position))
                   .add("bytes", std::to_string(written.bytes))
                   .text());
  say("drew " + plural(written.position, "event") + " in " + written.file.string());
}

void output::tell(const backup_report& saved) const {
  if (is_json())
    return say(json_object{}
                   .add_text("backup", saved.file.string())
                   .add_text("campaign", saved.campaign)
                   .add("position", std::to_string(saved.position))
                   .add("files", std::to_string(saved.files))
                   .add("bytes", std::to_string(saved.bytes))
                   .add("left_out", json_array(saved.left_out, quoted_json))
                   .text());
  for (const std::string& name : saved.left_out) warn("left out, because it is no file: " + name);
  say("saved \"" + saved.campaign + "\", " + plural(saved.position, "event") + " and " +
      plural(saved.files, "file") + ", in " + saved.file.string());
}

void output::tell(const restore_report& restored) const {
  const campaign_place& place = restored.place;
  if (is_json())
    return say(json_object{}
                   .add_text("restored", place.name)
                   .add_text("directory", place.directory.string())
                   .add("position", std::to_string(restored.position))
                   .add("previous", restored.previous ? quoted_json(restored.previous->string())
                                                      : std::string{"null"})
                   .text());
  if (restored.previous) say("saved what was there before in " + restored.previous->string());
  say("restored \"" + place.name + "\" with " + plural(restored.position, "event") + " in " +
      place.directory.string());
}

} // namespace dnd
