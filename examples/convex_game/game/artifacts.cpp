#include "game/functions.hpp"

#include <evstore/expected_version.hpp>
#include <evstore/stream_name.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace convex_game {

namespace {

struct list_artifacts {
  std::optional<std::string> runId; ///< absent: of all runs
};
EVSTORE_DESCRIBE(list_artifacts, runId)

struct forget_run {
  std::string runId;
};
EVSTORE_DESCRIBE(forget_run, runId)

void record(mutation& call, const artifact& stored) {
  const std::string stream = stream_of_run(stored.runId);
  if (!evstore::name_defect(stream).empty()) refuse("Invalid runId");
  call.write(stream, evstore::any,
             artifact_stored{stored.name, static_cast<std::int64_t>(stored.size), stored.sha256,
                             stored.mime});
}

std::vector<artifact> list(const tables& seen, const list_artifacts& asked) {
  if (!asked.runId) return {seen.artifacts.begin(), seen.artifacts.end()};
  const auto of_run = seen.artifacts.by<"key">().prefix(*asked.runId);
  return {of_run.begin(), of_run.end()};
}

bool is_named(const tables& seen, const std::string& run) {
  return std::any_of(seen.games.begin(), seen.games.end(),
                     [&](const game& each) { return each.runId == run; });
}

/// Which runs games are made of. Linear in the games, for once in a while.
std::vector<std::string> named(const tables& seen, const convex::no_arguments&) {
  std::vector<std::string> runs;
  for (const game& each : seen.games)
    if (each.runId) runs.push_back(*each.runId);
  std::sort(runs.begin(), runs.end());
  runs.erase(std::unique(runs.begin(), runs.end()), runs.end());
  return runs;
}

/// Decided with the games as they are at that moment: a run that one of them names is kept.
void forget(mutation& call, const forget_run& asked) {
  if (is_named(call.model(), asked.runId)) refuse("A game is made of the run " + asked.runId);
  const std::string stream = stream_of_run(asked.runId);
  if (!evstore::name_defect(stream).empty()) refuse("Invalid runId");
  std::vector<artifact_removed> gone;
  for (const artifact& each : call.model().artifacts.by<"key">().prefix(asked.runId))
    gone.push_back({each.name});
  call.write(stream, evstore::any, gone);
}

} // namespace

void add_artifacts(functions& all) {
  // What the log knows of files is told by who has written them.
  all.internal_mutation<artifact>("artifacts:record", record);
  all.internal_mutation<forget_run>("artifacts:forget", forget);
  all.query<list_artifacts>("artifacts:list", list);
  all.query<convex::no_arguments>("runs:named", named);
}

} // namespace convex_game
