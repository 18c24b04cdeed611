#include "runs/functions.hpp"

#include <evstore/convex/decode.hpp>
#include <evstore/generate_event_id.hpp>

#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace convex_game {

namespace {

using convex::object;
using convex::value;

struct step {
  const char* told;
  std::vector<const char*> files;
};

/// In the order in which a program that draws a game would come to have them.
const std::vector<step>& steps() {
  static const std::vector<step> all{
      {"Imagining the scene...", {"scene.png"}},
      {"Painting the background...", {"background.png"}},
      {"Cutting out the sprites...",
       {"sprites.png", "extracted/ranger.png", "extracted/mage.png", "extracted/wolf.png",
        "extracted/golem.png", "extracted/chest.png"}},
      {"Finding where one can walk...", {"navmesh.json"}},
      {"Looking at what there is...", {"analysis.json"}},
      {"Writing the rules...", {"gamestate.json"}}};
  return all;
}

void tell(convex::caller& call, const value& game, const char* status, const char* progress) {
  object told{{"gameId", game}, {"status", status}};
  if (progress != nullptr) told.set("progress", progress);
  call.run_mutation("games:updateStatus", told);
}

std::string require_file(const demonstration& of, const char* name) {
  auto drawn = of.drawn->read(name);
  if (!drawn) refuse(std::string{name} + " of the demonstration is not there");
  return *std::move(drawn);
}

value generate(convex::caller& call, const runs& files, const demonstration& of) {
  const std::string run =
      "lantern-pass-" + evstore::generate_event_id().to_string().substr(24); // by chance its own
  const value plan = convex::decode(require_file(of, "gamestate.json"));
  const object& fields = *plan.get_if<object>();
  const value& state = *fields.find("initialState");
  object shown{{"title", *state.get_if<object>()->find("title")}};
  const value game = call.run_mutation("games:reset", object{{"state", shown},
                                                             {"runId", run},
                                                             {"status", "generating"},
                                                             {"progress", steps().front().told}});
  try {
    for (const step& each : steps()) {
      tell(call, game, "generating", each.told);
      std::this_thread::sleep_for(of.pause);
      for (const char* const name : each.files) {
        call.run_mutation("artifacts:record",
                          convex::to_value(files.store(run, name, require_file(of, name))));
        if (name != std::string_view{"background.png"}) continue;
        shown.set("background", name); // who watches sees it as soon as it is painted
        call.run_mutation("games:updateState", object{{"gameId", game}, {"newState", shown}});
      }
    }
    call.run_mutation("games:updateState",
                      object{{"gameId", game},
                             {"newState", state},
                             {"rules", *fields.find("rules")},
                             {"summary", "The lanterns are lit. Hold the pass until morning."}});
    tell(call, game, "playing", nullptr);
  } catch (...) {
    tell(call, game, "failed", nullptr);
    throw;
  }
  return game;
}

} // namespace

void add_demonstration(functions& all, const std::shared_ptr<const runs>& files,
                       const demonstration& of) {
  all.action<convex::no_arguments>("demo:generate",
                                   [files, of](convex::caller& call, const convex::no_arguments&) {
                                     return generate(call, *files, of);
                                   });
}

} // namespace convex_game
