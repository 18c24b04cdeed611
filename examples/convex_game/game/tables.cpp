#include "game/tables.hpp"

#include "game/entities.hpp"

#include <evstore/convex/decode.hpp>
#include <evstore/convex/mutation.hpp>

#include <utility>

namespace convex_game {

namespace {

std::optional<convex::value> read(const std::optional<raw_json>& stored) {
  return stored ? std::optional{convex::decode(*stored)} : std::nullopt;
}

} // namespace

template <class Change>
void tables::change(const std::string& game, const evstore::event_view& recorded, Change change) {
  // A stream begins with the creation of its game, so that a row which is not there is no case.
  static_cast<void>(games.modify(game_id{game}, change));
  remember(game, recorded);
}

void tables::remember(const std::string& game, const evstore::event_view& recorded) {
  const evstore::commit_part part = recorded.commit;
  const std::uint64_t end = recorded.position.value() + (part.count - part.index);
  // Of several events in a commit the first has made the row.
  static_cast<void>(moments.insert(
      {game_id{game}, end, convex::creation_time(recorded.time), std::string{recorded.type}}));
}

void tables::evolve(const game_created& event, const evstore::event_view& recorded) {
  static_cast<void>(games.insert({._id = {event.game},
                                  ._creationTime = convex::creation_time(recorded.time),
                                  .state = convex::decode(event.state),
                                  .rules = event.rules,
                                  .isActive = event.is_active,
                                  .runId = event.run,
                                  .engine_tools = read(event.engine_tools),
                                  .engine_logic = event.engine_logic,
                                  .status = event.status,
                                  .progress = event.progress}));
  remember(event.game, recorded);
}

void tables::evolve(const game_state_replaced& event, const evstore::event_view& recorded) {
  change(event.game, recorded, [&](game& row) { row.state = convex::decode(event.state); });
}

void tables::evolve(const game_status_changed& event, const evstore::event_view& recorded) {
  change(event.game, recorded, [&](game& row) {
    row.status = event.status;
    row.progress = event.progress;
  });
}

void tables::evolve(const game_setup_changed& event, const evstore::event_view& recorded) {
  change(event.game, recorded, [&](game& row) {
    if (event.rules) row.rules = *event.rules;
    if (event.run) row.runId = event.run;
    if (event.engine_tools) row.engine_tools = read(event.engine_tools);
    if (event.engine_logic) row.engine_logic = event.engine_logic;
  });
}

void tables::evolve(const game_activated& event, const evstore::event_view& recorded) {
  change(event.game, recorded, [](game& row) { row.isActive = true; });
}

void tables::evolve(const game_deactivated& event, const evstore::event_view& recorded) {
  change(event.game, recorded, [](game& row) { row.isActive = false; });
}

void tables::evolve(const game_removed& event, const evstore::event_view&) {
  const game_id id{event.game};
  games.erase(id);
  std::vector<message_id> said;
  for (const message& each : messages.by<"by_gameId">().prefix(id)) said.push_back(each._id);
  for (const message_id& each : said) messages.erase(each);
  std::vector<std::uint64_t> remembered;
  for (const moment& each : moments.by<"key">().prefix(id)) remembered.push_back(each.position);
  for (const std::uint64_t each : remembered) moments.erase({id, each});
}

void tables::evolve(const entity_moved& event, const evstore::event_view& recorded) {
  change(event.game, recorded, [&](game& row) {
    convex::value* const entity = find_entity(row.state, event.entity);
    if (entity == nullptr) return;
    convex::array box;
    for (const double corner : event.pixel_box) box.emplace_back(corner);
    entity->get_if<convex::object>()->set("pixel_box", std::move(box));
  });
}

void tables::evolve(const message_sent& event, const evstore::event_view& recorded) {
  const double sent = convex::creation_time(recorded.time);
  const auto said = read(event.timestamp);
  const double* const timestamp = said ? said->get_if<double>() : nullptr;
  static_cast<void>(messages.insert({._id = {event.message},
                                     ._creationTime = sent,
                                     .gameId = {event.game},
                                     .role = event.role,
                                     .content = event.content,
                                     .timestamp = timestamp != nullptr ? *timestamp : sent,
                                     .data = read(event.data)}));
  remember(event.game, recorded);
}

void tables::evolve(const artifact_stored& event, const evstore::event_view& recorded) {
  static_cast<void>(artifacts.upsert({run_of_stream(recorded.stream), event.name,
                                      static_cast<double>(event.size), event.sha256, event.mime}));
}

void tables::evolve(const artifact_removed& event, const evstore::event_view& recorded) {
  artifacts.erase({run_of_stream(recorded.stream), event.name});
}

} // namespace convex_game
