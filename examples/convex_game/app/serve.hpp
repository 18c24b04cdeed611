#pragma once

#include "app/options.hpp"

namespace convex_game {

/// Serves until the process is asked to end (SIGINT, SIGTERM), and says where on the standard output.
/// Throws `evstore::error` if it cannot begin.
void serve(const options& asked);

} // namespace convex_game
