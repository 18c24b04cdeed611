#pragma once

#include <optional>
#include <span>
#include <string>

namespace CLI {
class App;
}

namespace dnd {

/// The first argument that is neither a command nor an option where it stands, and the nearest one
/// that is; nothing if there is none. For a command line that was refused already.
std::optional<std::string> find_misspelling(const CLI::App& program,
                                            std::span<const char* const> arguments);

} // namespace dnd
