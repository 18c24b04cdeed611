#pragma once

#include "campaign/state.hpp"
#include "events.hpp"

#include <string>
#include <string_view>

namespace dnd {

/// The name under which the event is stored.
std::string_view stored_name(const event& happened);

/// `{"type":"healed","data":{...}}`, the payload as the log has it.
std::string to_json(const event& happened);

std::string to_json(const campaign_state& state);

/// A text in JSON's quotes.
std::string quoted_json(std::string_view text);

} // namespace dnd
