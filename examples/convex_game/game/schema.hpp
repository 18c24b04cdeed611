#pragma once

#include "game/events.hpp"

#include <evstore/convex/answered.hpp>
#include <evstore/describe.hpp>
#include <evstore/event_set.hpp>

/// What is stored, and under which names.

namespace convex_game {

EVSTORE_DESCRIBE_ENUM(game_status, idle, generating, playing, failed)
EVSTORE_DESCRIBE_ENUM(message_role, user, agent, system)

EVSTORE_DESCRIBE(game_created, game, state, rules, is_active, run, engine_tools, engine_logic,
                 status, progress)
EVSTORE_DESCRIBE(game_state_replaced, game, state)
EVSTORE_DESCRIBE(game_status_changed, game, status, progress)
EVSTORE_DESCRIBE(game_setup_changed, game, rules, run, engine_tools, engine_logic)
EVSTORE_DESCRIBE(game_activated, game)
EVSTORE_DESCRIBE(game_deactivated, game)
EVSTORE_DESCRIBE(game_removed, game)
EVSTORE_DESCRIBE(entity_moved, game, entity, pixel_box)
EVSTORE_DESCRIBE(message_sent, message, game, role, content, timestamp, data)
EVSTORE_DESCRIBE(artifact_stored, name, size, sha256, mime)
EVSTORE_DESCRIBE(artifact_removed, name)

struct events : evstore::event_set<evstore::named<"game_created", game_created>,
                                   evstore::named<"game_state_replaced", game_state_replaced>,
                                   evstore::named<"game_status_changed", game_status_changed>,
                                   evstore::named<"game_setup_changed", game_setup_changed>,
                                   evstore::named<"game_activated", game_activated>,
                                   evstore::named<"game_deactivated", game_deactivated>,
                                   evstore::named<"game_removed", game_removed>,
                                   evstore::named<"entity_moved", entity_moved>,
                                   evstore::named<"message_sent", message_sent>,
                                   evstore::named<"artifact_stored", artifact_stored>,
                                   evstore::named<"artifact_removed", artifact_removed>,
                                   evstore::convex::named_mutation_answered> {};

} // namespace convex_game
