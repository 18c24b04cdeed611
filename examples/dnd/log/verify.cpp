#include "log/verify.hpp"

#include "log/campaign_log.hpp"
#include "log/snapshot_file.hpp"

#include <evstore/error.hpp>
#include <evstore/jsonl/verify.hpp>

#include <string_view>

namespace dnd {

namespace {

std::string line_of(const evstore::jsonl::defect& found) {
  return "log.jsonl line " + std::to_string(found.line) + ", byte " + std::to_string(found.byte) +
         ": " + found.what;
}

/// The log by itself, line by line.
void check_lines(const campaign_place& place, verification& found) {
  const auto report = evstore::jsonl::verify(place.log().string());
  for (const evstore::jsonl::defect& defect : report.defects)
    found.findings.push_back(line_of(defect));
  if (!report.is_sound()) {
    found.sound = false;
    found.findings.push_back("log.jsonl is damaged: " + std::to_string(report.records) +
                             " events can be relied on; dnd campaign repair keeps those");
  }
}

/// What the events come to, with the snapshot and without.
void check_states(const campaign_place& place, const snapshot_rhythm& rhythm, verification& found) {
  const campaign_log replayed{place, access::read, *parse_snapshot_rhythm("off")};
  found.findings.push_back("log.jsonl: " + std::to_string(replayed.position()) +
                           " events, all of them whole");

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

} // namespace

verification verify(const campaign_place& place, const snapshot_rhythm& rhythm) {
  verification found;
  check_lines(place, found);
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
  const auto report = evstore::jsonl::repair(place.log().string());
  if (report.original.empty())
    return {"log.jsonl: " + std::to_string(report.records) + " events, nothing to repair"};
  std::vector<std::string> done;
  for (const evstore::jsonl::defect& dropped : report.dropped)
    done.push_back("left out: " + line_of(dropped));
  done.push_back("log.jsonl has " + std::to_string(report.records) +
                 " events now; as it was it is kept in " + report.original);
  return done;
}

} // namespace dnd
