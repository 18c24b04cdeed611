#pragma once

#include "game/events.hpp"
#include "game/schema.hpp"

#include <evstore/convex/id.hpp>
#include <evstore/convex/recorded_table.hpp>
#include <evstore/convex/value.hpp>
#include <evstore/describe.hpp>
#include <evstore/event_record.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The read model: the tables that queries see, as the log says.

namespace convex_game {

namespace convex = evstore::convex;

using game_id = convex::id<"games">;
using message_id = convex::id<"messages">;

/// A document of the table games; members are called as its fields are.
struct game {
  game_id _id;
  double _creationTime = 0;
  convex::value state;
  std::string rules;
  bool isActive = false;
  std::optional<std::string> runId;
  std::optional<convex::value> engine_tools;
  std::optional<std::string> engine_logic;
  game_status status = game_status::idle;
  std::optional<std::string> progress;

  friend bool operator==(const game&, const game&) = default;
};
EVSTORE_DESCRIBE(game, _id, _creationTime, state, rules, isActive, runId, engine_tools,
                 engine_logic, status, progress)

/// A document of the table messages.
struct message {
  message_id _id;
  double _creationTime = 0;
  game_id gameId;
  message_role role = message_role::user;
  std::string content;
  double timestamp = 0;
  std::optional<convex::value> data;

  friend bool operator==(const message&, const message&) = default;
};
EVSTORE_DESCRIBE(message, _id, _creationTime, gameId, role, content, timestamp, data)

/// What the log knows of a file below the folder of a run.
struct artifact {
  std::string runId;
  std::string name;
  double size = 0; ///< a number, as clients know it
  std::string sha256;
  std::string mime;

  friend bool operator==(const artifact&, const artifact&) = default;
};
EVSTORE_DESCRIBE(artifact, runId, name, size, sha256, mime)

/// A commit in a game's past.
struct moment {
  game_id gameId;
  std::uint64_t position = 0; ///< its end: inside of it, it has not happened yet
  double time = 0;
  std::string what; ///< the type of its first event

  friend bool operator==(const moment&, const moment&) = default;
};

struct tables {
  /// They tell what queries read and events change, so that a query that is subscribed to runs again
  /// only when it could have another answer.
  static constexpr bool records_reads = true;

  template <class Row, class... Indexes>
  using table = convex::recorded_table<Row, Indexes...>;
  template <evstore::fixed_string Name, auto... Members>
  using index = evstore::composite<Name, Members...>;

  table<game, evstore::key<&game::_id>, evstore::ordered<"by_creation_time", &game::_creationTime>,
        index<"by_isActive", &game::isActive, &game::_creationTime>>
      games;
  table<message, evstore::key<&message::_id>,
        index<"by_gameId", &message::gameId, &message::_creationTime>>
      messages;
  table<artifact, evstore::key<&artifact::runId, &artifact::name>> artifacts;
  table<moment, evstore::key<&moment::gameId, &moment::position>> moments;

  void evolve(const game_created& event, const evstore::event_view& recorded);
  void evolve(const game_state_replaced& event, const evstore::event_view& recorded);
  void evolve(const game_status_changed& event, const evstore::event_view& recorded);
  void evolve(const game_setup_changed& event, const evstore::event_view& recorded);
  void evolve(const game_activated& event, const evstore::event_view& recorded);
  void evolve(const game_deactivated& event, const evstore::event_view& recorded);
  void evolve(const game_removed& event, const evstore::event_view& recorded);
  void evolve(const entity_moved& event, const evstore::event_view& recorded);
  void evolve(const message_sent& event, const evstore::event_view& recorded);
  void evolve(const artifact_stored& event, const evstore::event_view& recorded);
  void evolve(const artifact_removed& event, const evstore::event_view& recorded);

private:
  template <class Change>
  void change(const std::string& game, const evstore::event_view& recorded, Change change);
  void remember(const std::string& game, const evstore::event_view& recorded);
};

/// The stream of a game, and that of the artifacts of a run.
inline std::string stream_of(const game_id& game) { return "game-" + game.text; }
inline constexpr std::string_view run_stream_prefix = "run-";
inline std::string stream_of_run(std::string_view run) {
  return std::string{run_stream_prefix}.append(run);
}
inline std::string run_of_stream(std::string_view stream) {
  return std::string{stream.substr(run_stream_prefix.size())};
}

} // namespace convex_game
