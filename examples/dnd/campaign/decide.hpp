#pragma once

#include "campaign/books.hpp"
#include "campaign/state.hpp"
#include "events.hpp"
#include "language/commands.hpp"
#include "language/complaint.hpp"
#include "rules/dice.hpp"

#include <evstore/result.hpp>

#include <vector>

namespace dnd {

/// The events that a command comes to in this state, or why it comes to none. Writes nothing. Dice
/// are thrown here, once, and their outcome is in the events; a refusal may have thrown some, too.
evstore::result<std::vector<event>, complaint> decide(const campaign_state& state,
                                                      const command::deed& wanted,
                                                      dice_source& dice, const books& library);

} // namespace dnd
