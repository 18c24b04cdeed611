#include "runs/functions.hpp"

#include <evstore/convex/decode.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace convex_game {

namespace {

using convex::array;
using convex::object;
using convex::value;

struct store_artifact {
  std::string runId;
  std::string name;
  convex::bytes content;
};
EVSTORE_DESCRIBE(store_artifact, runId, name, content)

struct verify_artifacts {
  std::optional<std::string> runId;
};
EVSTORE_DESCRIBE(verify_artifacts, runId)

/// What would be deleted is told; deleted it is on a second thought.
struct collect_artifacts {
  std::optional<bool> apply;
};
EVSTORE_DESCRIBE(collect_artifacts, apply)

struct restore_game {
  std::string runId;
};
EVSTORE_DESCRIBE(restore_game, runId)

/// The file first, then the record: of what the log knows the bytes were there.
artifact store(convex::caller& call, const runs& files, const store_artifact& asked) {
  const std::string_view contents{reinterpret_cast<const char*>(asked.content.data()),
                                  asked.content.size()};
  artifact stored = files.store(asked.runId, asked.name, contents);
  call.run_mutation("artifacts:record", convex::to_value(stored));
  return stored;
}

array verify(convex::caller& call, const runs& files, const verify_artifacts& asked) {
  object which;
  if (asked.runId) which.set("runId", *asked.runId);
  const value known = call.run_query("artifacts:list", which);
  array defects;
  for (const value& each : *known.get_if<array>()) {
    const auto record = convex::from_value<artifact>(each, {});
    if (const auto defect = files.check(*record))
      defects.emplace_back(
          object{{"runId", record->runId}, {"name", record->name}, {"problem", *defect}});
  }
  return defects;
}

/// The record goes first: if the program ends between, the files are there to be collected again.
array collect(convex::caller& call, const runs& files, const collect_artifacts& asked) {
  const value said = call.run_query("runs:named", object{});
  const array& named = *said.get_if<array>();
  array collected;
  for (const std::string& run : files.list()) {
    if (std::find(named.begin(), named.end(), value{run}) != named.end()) continue;
    for (const auto& file : files.files(run))
      collected.emplace_back(object{{"runId", run},
                                    {"name", file.path.substr(run.size() + 1)},
                                    {"size", static_cast<double>(file.size)}});
    if (!asked.apply.value_or(false)) continue;
    call.run_mutation("artifacts:forget", object{{"runId", run}});
    files.remove(run);
  }
  return collected;
}

/// As it was written by whoever made the game: the state with what else belongs to it, or bare.
object fresh_game_of(const std::string& text, const std::string& run) {
  value read = convex::decode(text, {.depth = 600});
  const auto* const fields = read.get_if<object>();
  if (fields == nullptr) refuse("it is no object");
  object fresh{{"runId", run}};
  if (fields->find("initialState") == nullptr) {
    fresh.set("initialState", std::move(read));
    return fresh;
  }
  for (const char* const name : {"initialState", "rules", "engine_tools", "engine_logic"})
    if (const value* const field = fields->find(name); field != nullptr && !field->is_null())
      fresh.set(name, *field);
  return fresh;
}

value restore(convex::caller& call, const runs& files, const restore_game& asked) {
  const auto text = files.read(asked.runId, "gamestate.json");
  if (!text) refuse("There is no gamestate.json of the run " + asked.runId);
  object fresh;
  try {
    fresh = fresh_game_of(*text, asked.runId);
  } catch (const std::exception& failed) {
    refuse("gamestate.json of the run " + asked.runId + ": " + failed.what());
  }
  return call.run_mutation("games:reset", fresh);
}

} // namespace

void add_runs(functions& all, const std::shared_ptr<const runs>& files) {
  all.action<store_artifact>("artifacts:store",
                             [files](convex::caller& call, const store_artifact& asked) {
                               return store(call, *files, asked);
                             });
  all.action<verify_artifacts>("artifacts:verify",
                               [files](convex::caller& call, const verify_artifacts& asked) {
                                 return value{verify(call, *files, asked)};
                               });
  all.action<collect_artifacts>("artifacts:collect",
                                [files](convex::caller& call, const collect_artifacts& asked) {
                                  return value{collect(call, *files, asked)};
                                });
  all.action<convex::no_arguments>(
      "runs:list", [files](convex::caller&, const convex::no_arguments&) { return files->list(); });
  all.action<restore_game>("games:restore",
                           [files](convex::caller& call, const restore_game& asked) {
                             return restore(call, *files, asked);
                           });
}

} // namespace convex_game
