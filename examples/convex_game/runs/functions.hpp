#pragma once

#include "game/functions.hpp"
#include "runs/runs.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace convex_game {

/// The functions that touch files are actions: they take their time, and nobody waits for them.
///
///     artifacts:store    {runId, name, content}   writes the file, then records it
///     artifacts:verify   {runId?}                 what of the records is no longer so
///     artifacts:collect  {apply?}                 the files of runs that no game names; true: deletes them
///     runs:list          {}                       the runs of which there are folders
///     games:restore      {runId}                  a new game from its gamestate.json
void add_runs(functions& all, const std::shared_ptr<const runs>& files);

/// How the demonstration is made.
struct demonstration {
  std::shared_ptr<const confined_folder> drawn; ///< the artifacts that it has
  std::chrono::milliseconds pause;              ///< between two steps, so that they are seen
};

///     demo:generate      {}                       a new game of its own run, made step by step
void add_demonstration(functions& all, const std::shared_ptr<const runs>& files,
                       const demonstration& of);

} // namespace convex_game
