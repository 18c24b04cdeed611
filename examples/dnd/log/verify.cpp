#include "log/verify.hpp"

#include "files/problem.hpp"
#include "log/campaign_log.hpp"
#include "log/event_sequence.hpp"
#include "log/server_log.hpp"
#include "log/snapshot_file.hpp"

#include <evstore/error.hpp>
#include <evstore/jsonl/verify.hpp>

#include <filesystem>
#include <string>

namespace dnd {

namespace {

std::string line_of(const std::string& file, const evstore::jsonl::defect& found) {
  return file + " line " + std::to_string(found.line) + ", byte " + std::to_string(found.byte) +
         ": " + found.what;
}

/// A log by itself, line by line.
void check_lines(const std::filesystem::path& log, verification& found) {
  const std::string file = log.filename().string();
  const auto report = evstore::jsonl::verify(log.string());
  for (const evstore::jsonl::defect& defect : report.defects)
    found.findings.push_back(line_of(file, defect));
  if (!report.is_sound()) {
    found.sound = false;
    // What one command came to is in the log as a whole, or not at all.
    found.findings.push_back(file + " is damaged: " + std::to_string(report.records) +
                             " events are whole by themselves; dnd campaign repair keeps the "
                             "commands that are whole");
  }
}

/// A log on a server by itself.
void check_server(const campaign_place& place, verification& found) {
  for (const std::string& defect : defects_of_server_log(place)) {
    found.findings.push_back(defect);
    found.sound = false;
  }
}

/// What the events come to, with the snapshot and without.
void check_states(const campaign_place& place, const snapshot_rhythm& rhythm, verification& found) {
  const campaign_log replayed{place, access::read, *parse_snapshot_rhythm("off")};
  found.findings.push_back((place.server ? server_log_address(led_on(place)) : "log.jsonl") + ": " +
                           std::to_string(replayed.position()) + " events, all of them whole");

  const campaign_log loaded{place, access::read, rhythm};
  const load_report& report = loaded.report();
  found.findings.insert(found.findings.end(), report.warnings.begin(), report.warnings.end());
  if (!report.from_snapshot) {
    found.findings.emplace_back("no snapshot is in use");
    return;
  }
  const std::string which = "snapshot.yaml: of event " + std::to_string(*report.from_snapshot);
  if (digest_of_state(loaded.state()) == digest_of_state(replayed.state())) {
    found.findings.push_back(which + ", agrees with the log");
  } else {
    found.sound = false;
    found.findings.push_back(which + ", disagrees with the log, which is right: delete " +
                             place.snapshot().string());
  }
}

/// Leaves out of a log what is damaged. Whether there was anything.
bool mend(const std::filesystem::path& log, std::vector<std::string>& done) {
  const std::string file = log.filename().string();
  const auto report = evstore::jsonl::repair(log.string());
  const std::string events = std::to_string(report.records) + " events";
  if (report.original.empty()) {
    done.push_back(file + ": " + events + ", nothing to repair");
    return false;
  }
  for (const evstore::jsonl::defect& dropped : report.dropped)
    done.push_back("left out: " + line_of(file, dropped));
  done.push_back(file + " has " + events + " now; as it was it is kept in " + report.original);
  return true;
}

} // namespace

verification verify(const campaign_place& place, const snapshot_rhythm& rhythm) {
  verification found;
  if (place.server)
    check_server(place, found);
  else
    check_lines(place.log(), found);
  for (const auto& fight : event_sequence::fight_logs(place)) check_lines(fight, found);
  if (!found.sound) return found;
  try {
    check_states(place, rhythm, found);
  } catch (const evstore::error& failed) {
    found.sound = false;
    found.findings.emplace_back(failed.what());
  }
  return found;
}

std::vector<std::string> repair(const campaign_place& place) {
  if (place.server)
    throw not_possible("what is damaged on a server is put back from a backup of the server; " +
                       server_log_address(place));
  std::vector<std::string> done;
  const bool mended = mend(place.log(), done);
  const bool fights = mended ? event_sequence{place, access::read}.has_fight() : true;
  for (const std::filesystem::path& fight : event_sequence::fight_logs(place)) {
    if (fights) {
      mend(fight, done);
      continue;
    }
    // Its beginning is among what was left out: the next to write would take it for left over.
    const auto aside = fight.parent_path() / ("set-aside-" + fight.filename().string());
    std::filesystem::rename(fight, aside);
    done.push_back("the fight in " + fight.filename().string() +
                   " has no beginning any more; it is kept in " + aside.string());
  }
  return done;
}

} // namespace dnd
