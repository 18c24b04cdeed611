#include "game/functions.hpp"

#include <evstore/expected_version.hpp>
#include <evstore/stream_name.hpp>

namespace convex_game {

namespace {

struct list_artifacts {
  std::optional<std::string> runId; ///< absent: of all runs
};
EVSTORE_DESCRIBE(list_artifacts, runId)

void record(mutation& call, const artifact& stored) {
  const std::string stream = stream_of_run(stored.runId);
  if (!evstore::name_defect(stream).empty()) refuse("Invalid runId");
  call.write(stream, evstore::any,
             artifact_stored{stored.name, stored.size, stored.sha256, stored.mime});
}

std::vector<artifact> list(const tables& seen, const list_artifacts& asked) {
  if (!asked.runId) return {seen.artifacts.begin(), seen.artifacts.end()};
  const auto of_run = seen.artifacts.by<"key">().prefix(*asked.runId);
  return {of_run.begin(), of_run.end()};
}

} // namespace

void add_artifacts(functions& all) {
  all.mutation<artifact>("artifacts:record", record);
  all.query<list_artifacts>("artifacts:list", list);
}

} // namespace convex_game
