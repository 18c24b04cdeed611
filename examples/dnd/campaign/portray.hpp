#pragma once

#include "campaign/creature.hpp"
#include "campaign/state.hpp"
#include "campaign/tone.hpp"

#include <map>
#include <string>
#include <vector>

namespace dnd {

/// The ids as people count: `goblin-2` before `goblin-10`.
std::vector<std::string> roll_call(const std::map<std::string, creature>& creatures);

/// The table at a glance: session, turn, and a line for each creature with its hit points.
std::vector<told> portray(const campaign_state& state);

/// All that is known of one creature.
std::vector<told> portray(const std::string& id, const creature& who);

} // namespace dnd
