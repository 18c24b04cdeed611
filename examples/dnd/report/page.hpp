#pragma once

#include "campaign/state.hpp"
#include "history/chronicle.hpp"

#include <string>
#include <string_view>

namespace dnd {

/// What a report has within its first bytes and no other file.
inline constexpr std::string_view report_mark =
    "name=\"generator\" content=\"dnd campaign report\"";

/// A campaign on one HTML page that needs nothing else: no network, no scripts. `now` is the state
/// that the chronicle ends with. Equal logs give equal pages.
std::string report_page(const chronicle& told, const campaign_state& now);

} // namespace dnd
