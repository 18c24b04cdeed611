#include "commands.hpp"
#include "output.hpp"
#include "stores.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace evstore::cli {

namespace {

/// What one pass over the events finds. Memory: the names of types, and of streams with deletions.
struct census {
  std::uint64_t head = 0;
  std::uint64_t events = 0; ///< that are shown
  std::uint64_t streams = 0;
  std::optional<timestamp> first{};
  std::optional<timestamp> last{};
  std::map<std::string, std::uint64_t, std::less<>> types{};
};

/// The streams of which something may be hidden. To ask a store about each event would be slow.
std::set<std::string, std::less<>> streams_with_facts(const any_store& log) {
  std::set<std::string, std::less<>> streams;
  auto cursor = log.read_all(query::types({fact::truncated, fact::tombstoned}), {});
  for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
    for (const event_view& event : batch) streams.emplace(event.stream);
  return streams;
}

census count(const any_store& log) {
  census found{.head = log.head().value()};
  const auto with_facts = streams_with_facts(log);
  auto cursor = log.read_all(query::all(), {});
  for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
    for (const event_view& event : batch) {
      ++found.events;
      found.first = std::min(found.first.value_or(event.time), event.time);
      found.last = std::max(found.last.value_or(event.time), event.time);
      auto type = found.types.find(event.type);
      if (type == found.types.end()) type = found.types.emplace(event.type, 0).first;
      ++type->second;
      // Each stream is counted at the first event that it shows.
      if (event.version == stream_version{1} ||
          (with_facts.contains(event.stream) && event.version == log.state_of(event.stream).first))
        ++found.streams;
    }
  return found;
}

using lines = std::vector<std::pair<std::string, std::string>>;

void say_words(output& out, const lines& all) {
  for (const auto& [name, value] : all) {
    constexpr std::size_t width = 10;
    out.line(name + std::string(name.size() < width ? width - name.size() : 1, ' ') + value);
  }
}

std::string words(std::optional<timestamp> time) { return time ? to_string(*time) : "-"; }
std::string json(std::optional<timestamp> time) {
  return time ? quoted_json(to_string(*time)) : "null";
}

void tell_words(output& out, const stat_request& asked, std::optional<std::uint64_t> bytes,
                const medium& about, const census& found, const std::string& state) {
  const std::uint64_t hidden = found.head - std::min(found.head, found.events);
  lines all{{"log", asked.log}, {"state", state}};
  all.emplace_back(
      "events",
      std::to_string(found.events) +
          (hidden == 0 ? "" : "; " + std::to_string(hidden) + " more are hidden by deletion"));
  all.emplace_back("streams", std::to_string(found.streams));
  if (bytes) all.emplace_back("bytes", std::to_string(*bytes));
  all.emplace_back("first", words(found.first));
  all.emplace_back("last", words(found.last));
  all.emplace_back("index", about.index);
  say_words(out, all);
  for (const auto& [type, times] : found.types)
    out.line("type      " + shown(type) + "  " + std::to_string(times));
}

void tell_json(output& out, const stat_request& asked, std::optional<std::uint64_t> bytes,
               const medium& about, const census& found, const std::string& state) {
  std::string text = "{\"log\":" + quoted_json(asked.log) + ",\"state\":" + quoted_json(state);
  text += ",\"events\":" + std::to_string(found.events);
  text += ",\"head\":" + std::to_string(found.head);
  text += ",\"streams\":" + std::to_string(found.streams);
  text += ",\"bytes\":" + (bytes ? std::to_string(*bytes) : "null");
  text += ",\"first\":" + json(found.first) + ",\"last\":" + json(found.last);
  text += ",\"index\":" + quoted_json(about.index) + ",\"types\":{";
  const char* separator = "";
  for (const auto& [type, times] : found.types) {
    text.append(separator).append(quoted_json(type)).append(":").append(std::to_string(times));
    separator = ",";
  }
  out.line(text + "}}");
}

} // namespace

int carry_out(const stat_request& asked) {
  const address where{asked.log};
  output out;
  const auto say = asked.json ? tell_json : tell_words;
  try {
    const opened_store log = where.open(access::reading);
    std::string state = "sound";
    for (const std::string& warning : log.about.warnings)
      state.append(state == "sound" ? ", but " : "; ").append(warning);
    say(out, asked, where.bytes(), log.about, count(log.events), state);
    out.flush();
    return exit_status::done;
  } catch (const error& why) {
    if (why.code() != errc::corrupt) throw;
    say(out, asked, where.bytes(), {.index = "not used"}, {}, "damaged");
    out.flush();
    throw;
  }
}

int carry_out(const streams_request& asked) {
  const address where{asked.log};
  const opened_store log = open(where, access::reading);
  output out;
  std::string line;
  const auto show = [&](const event_view& last, const stream_state& state) {
    const std::string version = std::to_string(state.version.value());
    const std::string time = to_string(last.time);
    const std::string first = std::to_string(state.first.value());
    line.clear();
    if (asked.json) {
      line.append("{\"stream\":").append(quoted_json(last.stream));
      line.append(",\"version\":").append(version).append(",\"first\":").append(first);
      line.append(",\"tombstoned\":").append(state.tombstoned ? "true" : "false");
      line.append(",\"last\":\"").append(time).append("\"}");
    } else {
      line.append(time).append("  ").append(shown(last.stream)).append("@").append(version);
      if (state.tombstoned)
        line.append("  tombstoned");
      else if (state.first.value() > 1)
        line.append("  truncated before ").append(first);
    }
    out.line(line);
  };
  // A stream's last event is always shown, and so is where the stream is told. One that grows while
  // it is looked at is met again, in what came meanwhile.
  global_position seen;
  for (bool more = true; more && out.wanted();) {
    more = false;
    auto cursor = log.events.read_all(query::all(), {.from = seen.next()});
    for (auto batch = cursor.next(); !batch.empty() && out.wanted(); batch = cursor.next())
      for (const event_view& event : batch) {
        more = true;
        seen = event.position;
        if (!event.stream.starts_with(asked.prefix)) continue;
        const stream_state state = log.events.state_of(event.stream);
        if (state.version == event.version) show(event, state);
      }
  }
  out.flush();
  return exit_status::done;
}

} // namespace evstore::cli
