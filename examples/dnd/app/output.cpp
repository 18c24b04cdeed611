#include "app/output.hpp"

#include "campaign/narrate.hpp"
#include "campaign/portray.hpp"
#include "language/text.hpp"
#include "log/event_json.hpp"
#include "log/snapshot_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

#include <unistd.h>

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

/// All of it, also when a signal asks to stop while somebody is slow to read: an answer says that
/// something is in the log, and half a line of it says nothing.
void write_line(std::FILE* to, std::string_view text) {
  std::string line{text};
  if (!line.ends_with('\n')) line += '\n';
  std::fflush(to);
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t written = ::write(::fileno(to), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return; // nobody listens any more
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

} // namespace

output::output(form how)
    : form_{how}, answers_{how == form::text && shows_colours(STDOUT_FILENO)},
      errors_{how == form::text && shows_colours(STDERR_FILENO)} {}

void output::say(std::string_view text) const { write_line(stdout, text); }
void output::warn(std::string_view text) const {
  write_line(stderr, errors_.paint(ink::yellow, "warning:") + " " + std::string{text});
}
void output::say(const told& sentence) const {
  say(answers_.paint(ink_of(sentence.how), sentence.text));
}

void output::complain(std::string_view why) const {
  if (is_json()) {
    const std::string error = json_object{}.add_text("message", why).text();
    return say(json_object{}.add("ok", "false").add("error", error).text());
  }
  for (std::size_t end = 0; !why.empty(); why.remove_prefix(std::min(end + 1, why.size()))) {
    end = std::min(why.find('\n'), why.size());
    write_line(stderr, "dnd: " + std::string{why.substr(0, end)});
  }
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
    answer.add("text", json_array(came_of_it.sentences,
                                  [](const told& each) { return quoted_json(each.text); }));
    if (!came_of_it.warnings.empty())
      answer.add("warnings", json_array(came_of_it.warnings, quoted_json));
    say(answer.text());
    return;
  }
  for (const told& sentence : came_of_it.sentences) say(sentence);
  for (const std::string& warning : came_of_it.warnings) warn(warning);
  if (came_of_it.why_not)
    write_line(stderr, point_at(line, *came_of_it.why_not) + std::string{where} +
                           errors_.paint(ink::red, "error:") + " " + came_of_it.why_not->message);
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
  for (const told& line : portray(state)) say(line);
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
  constexpr std::size_t width = 5;
  std::string position = std::to_string(entry.position);
  position.resize(std::max(position.size(), width), ' ');
  say(position + " " + time + "  " +
      answers_.paint(ink_of(tone_of(entry.happened)), narrate(entry.happened, entry.after)));
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
