#pragma once

#include "campaign/books.hpp"
#include "campaign/past.hpp"
#include "campaign/state.hpp"
#include "events.hpp"
#include "language/commands.hpp"
#include "language/complaint.hpp"
#include "rules/dice.hpp"

#include <evstore/result.hpp>

#include <string>
#include <vector>

namespace dnd {

/// What a command comes to.
struct decision {
  std::vector<event> events;        ///< perhaps none: damage after a miss is nobody's mistake
  std::vector<std::string> remarks; ///< why none
};

/// What a command comes to in this state, or why it is refused. Writes nothing. Dice are thrown
/// here, once, and their outcome is in the events; a refusal may have thrown some, too.
evstore::result<decision, complaint> decide(const campaign_state& state,
                                            const command::deed& wanted, dice_source& dice,
                                            const books& library, const past& before);

/// The id of the creature that is meant: by id, or by a name that only one has.
evstore::result<std::string, complaint> find_creature(const campaign_state& state,
                                                      const mention& name);

} // namespace dnd
