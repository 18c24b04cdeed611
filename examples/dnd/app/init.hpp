#pragma once

#include "app/output.hpp"
#include "app/request.hpp"
#include "app/settings.hpp"

namespace dnd {

/// Fills the data directory from the public 5e SRD data set and tells what came of it; the exit
/// status. An address that leads nowhere, or a page that was kept, is told and no failure.
int init(const request::init& wanted, const settings& chosen, const output& out);

} // namespace dnd
