#include "log/verify.hpp"

#include "log/campaign_log.hpp"
#include "log/snapshot_file.hpp"

namespace dnd {

verification verify(const campaign_place& place, const snapshot_rhythm& rhythm) {
  const campaign_log replayed{place, access::read, *parse_snapshot_rhythm("off")};
  verification found;
  found.findings.push_back("log.jsonl: " + std::to_string(replayed.position()) +
                           " events, all of them whole");
  for (const std::string& warning : replayed.report().warnings) found.findings.push_back(warning);

  const campaign_log loaded{place, access::read, rhythm};
  const load_report& report = loaded.report();
  for (const std::string& warning : report.warnings) found.findings.push_back(warning);
  if (!report.from_snapshot) {
    found.findings.emplace_back("no snapshot is in use");
  } else if (digest_of_state(loaded.state()) == digest_of_state(replayed.state())) {
    found.findings.push_back("snapshot.yaml: of event " + std::to_string(*report.from_snapshot) +
                             ", agrees with the log");
  } else {
    found.sound = false;
    found.findings.push_back("snapshot.yaml: of event " + std::to_string(*report.from_snapshot) +
                             ", disagrees with the log: delete " + place.snapshot().string() +
                             ", the log is right");
  }
  return found;
}

} // namespace dnd
