#include "game/entities.hpp"
#include "game/functions.hpp"

#include <evstore/expected_version.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace convex_game {

namespace {

using convex::value;
using evstore::no_stream;
using evstore::stream_exists;

struct new_game {
  value state;
  std::string rules;
  bool isActive = false;
  std::optional<std::string> runId;
  std::optional<value> engine_tools;
  std::optional<std::string> engine_logic;
  game_status status = game_status::idle;
  std::optional<std::string> progress;
};
EVSTORE_DESCRIBE(new_game, state, rules, isActive, runId, engine_tools, engine_logic, status,
                 progress)

/// A game that begins at once. Its state is called as in gamestate.json, or as in the table.
struct fresh_game {
  std::optional<value> initialState;
  std::optional<value> state;
  std::optional<std::string> rules;
  std::optional<std::string> runId;
  std::optional<value> engine_tools;
  std::optional<std::string> engine_logic;
  std::optional<game_status> status;
  std::optional<std::string> progress;
};
EVSTORE_DESCRIBE(fresh_game, initialState, state, rules, runId, engine_tools, engine_logic, status,
                 progress)

struct which_game {
  std::optional<game_id> gameId;
};
EVSTORE_DESCRIBE(which_game, gameId)

struct list_games {
  std::optional<convex_game::order> order;
  std::optional<double> limit;
};
EVSTORE_DESCRIBE(list_games, order, limit)

struct update_state {
  game_id gameId;
  std::optional<value> state;
  std::optional<std::string> rules;
  std::optional<bool> isActive;
  std::optional<std::string> runId;
  std::optional<value> engine_tools;
  std::optional<std::string> engine_logic;
  std::optional<game_status> status;
  std::optional<std::string> progress;
  std::optional<value> newState; ///< another word for `state`
  std::optional<std::string> summary;
  std::optional<message_role> role;
  std::optional<std::string> command;
  std::optional<value> logs;
};
EVSTORE_DESCRIBE(update_state, gameId, state, rules, isActive, runId, engine_tools, engine_logic,
                 status, progress, newState, summary, role, command, logs)

struct update_status {
  game_id gameId;
  game_status status = game_status::idle;
  std::optional<std::string> progress;
};
EVSTORE_DESCRIBE(update_status, gameId, status, progress)

struct fast_move {
  game_id gameId;
  std::string entityId;
  std::vector<double> pixel_box;
};
EVSTORE_DESCRIBE(fast_move, gameId, entityId, pixel_box)

struct apply_modification {
  game_id gameId;
  value newState;
  std::string log;
  std::optional<value> command;
  std::optional<value> subType;
};
EVSTORE_DESCRIBE(apply_modification, gameId, newState, log, command, subType)

struct remove_game {
  game_id gameId;
};
EVSTORE_DESCRIBE(remove_game, gameId)

struct history_of {
  game_id gameId;
  std::optional<double> limit;
};
EVSTORE_DESCRIBE(history_of, gameId, limit)

template <class Event, class... Arguments>
std::optional<Event> event_if(bool happened, Arguments&&... of_event) {
  if (!happened) return std::nullopt;
  return Event{std::forward<Arguments>(of_event)...};
}

game_id create(mutation& call, const new_game& asked) {
  const auto id = call.new_id<game_id>();
  call.write(stream_of(id), no_stream,
             game_created{.game = id.text,
                          .state = to_stored(asked.state),
                          .rules = asked.rules,
                          .is_active = asked.isActive,
                          .run = asked.runId,
                          .engine_tools = to_stored(asked.engine_tools),
                          .engine_logic = asked.engine_logic,
                          .status = asked.status,
                          .progress = asked.progress});
  return id;
}

/// The games that were played end, and a new one begins.
game_id reset(mutation& call, const fresh_game& asked) {
  for (const game& active : call.model().games.by<"by_isActive">().prefix(true))
    call.write(stream_of(active._id), stream_exists, game_deactivated{active._id.text});
  const auto& state = asked.initialState ? asked.initialState : asked.state;
  return create(call, {.state = state.value_or(convex::object{}),
                       .rules = asked.rules.value_or(""),
                       .isActive = true,
                       .runId = asked.runId,
                       .engine_tools = asked.engine_tools,
                       .engine_logic = asked.engine_logic,
                       .status = asked.status.value_or(game_status::playing),
                       .progress = asked.progress});
}

/// One commit of what changes, and of what is said of it: no message is empty.
void change_state(mutation& call, const update_state& asked) {
  const game& before = require_game(call.model(), asked.gameId);
  const std::string& id = asked.gameId.text;
  const auto& state = asked.newState ? asked.newState : asked.state;
  std::vector<message_sent> said;
  if (asked.command && !asked.command->empty())
    said.push_back(
        to_event(call, asked.gameId, {asked.role.value_or(message_role::user), *asked.command}));
  if (asked.summary && !asked.summary->empty())
    said.push_back(to_event(
        call, asked.gameId,
        {message_role::system, *asked.summary,
         asked.logs ? std::optional<value>{convex::object{{"logs", *asked.logs}}} : std::nullopt}));
  call.write(
      stream_of(asked.gameId), stream_exists,
      event_if<game_state_replaced>(state.has_value(), id, to_stored(state.value_or(value{}))),
      event_if<game_setup_changed>(
          asked.rules || asked.runId || asked.engine_tools || asked.engine_logic, id, asked.rules,
          asked.runId, to_stored(asked.engine_tools), asked.engine_logic),
      event_if<game_status_changed>(asked.status || asked.progress, id,
                                    asked.status.value_or(before.status),
                                    asked.progress ? asked.progress : before.progress),
      event_if<game_activated>(asked.isActive == true && !before.isActive, id),
      event_if<game_deactivated>(asked.isActive == false && before.isActive, id), said);
}

void change_status(mutation& call, const update_status& asked) {
  static_cast<void>(require_game(call.model(), asked.gameId));
  call.write(stream_of(asked.gameId), stream_exists,
             game_status_changed{asked.gameId.text, asked.status, asked.progress});
}

/// Moving what is not there is no event.
void move(mutation& call, const fast_move& asked) {
  const game& before = require_game(call.model(), asked.gameId);
  if (!has_entities(before.state)) refuse("Invalid game state");
  const bool is_box =
      asked.pixel_box.size() == 4 && std::all_of(asked.pixel_box.begin(), asked.pixel_box.end(),
                                                 [](double each) { return std::isfinite(each); });
  if (!is_box) refuse("Invalid pixel_box: it is [ymin, xmin, ymax, xmax]");
  if (find_entity(before.state, asked.entityId) == nullptr)
    return call.guard(stream_of(asked.gameId), stream_exists);
  call.write(stream_of(asked.gameId), stream_exists,
             entity_moved{asked.gameId.text, asked.entityId, asked.pixel_box});
}

void modify(mutation& call, const apply_modification& asked) {
  static_cast<void>(require_game(call.model(), asked.gameId));
  convex::object about;
  if (asked.command) about.set("command", *asked.command);
  if (asked.subType) about.set("subType", *asked.subType);
  call.write(
      stream_of(asked.gameId), stream_exists,
      game_state_replaced{asked.gameId.text, to_stored(asked.newState)},
      to_event(call, asked.gameId, {message_role::system, "[GOD MODE] " + asked.log, about}));
}

void remove(mutation& call, const remove_game& asked) {
  static_cast<void>(require_game(call.model(), asked.gameId));
  call.write(stream_of(asked.gameId), stream_exists, game_removed{asked.gameId.text});
}

std::optional<game> get(const tables& seen, const which_game& asked) {
  if (asked.gameId) {
    const game* const found = seen.games.find({*asked.gameId});
    return found != nullptr ? std::optional{*found} : std::nullopt;
  }
  const auto active = seen.games.by<"by_isActive">().prefix(true);
  return active.empty() ? std::nullopt : std::optional{*--active.end()};
}

/// The newest moments of a game, the oldest of them first. `ts` is for /api/query_at_ts.
convex::array history(const tables& seen, const history_of& asked) {
  convex::array told;
  for (const moment& each :
       take(seen.moments.by<"key">().prefix(asked.gameId), order::desc, asked.limit))
    told.emplace_back(convex::object{{"position", static_cast<double>(each.position)},
                                     {"time", each.time},
                                     {"what", each.what}});
  std::reverse(told.begin(), told.end());
  return told;
}

} // namespace

void add_games(functions& all) {
  all.mutation<new_game>("games:create", create);
  all.mutation<fresh_game>("games:reset", reset);
  all.mutation<update_state>("games:updateState", change_state);
  all.mutation<update_status>("games:updateStatus", change_status);
  all.mutation<fast_move>("games:fastMove", move);
  all.mutation<apply_modification>("games:applyModification", modify);
  all.mutation<remove_game>("games:remove", remove);
  all.query<which_game>("games:get", get);
  all.query<list_games>("games:list", [](const tables& seen, const list_games& asked) {
    return take(seen.games.by<"by_creation_time">(), asked.order, asked.limit);
  });
  all.query<history_of>("games:history", history);
}

} // namespace convex_game
