#pragma once

#include "campaign/state.hpp"
#include "events.hpp"

#include <string>

namespace dnd {

/// What happened, as one sentence for people. `after` is the state that has seen the event.
std::string narrate(const event& happened, const campaign_state& after);

/// `4d6kh3+1: [4, 2, 6] without [1] + 1 = 13`
std::string narrate(const dice_roll& roll);

/// What could be done next, as one sentence.
std::string hint(const campaign_state& state);

} // namespace dnd
