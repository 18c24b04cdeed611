#pragma once

#include "language/commands.hpp"
#include "language/complaint.hpp"

#include <evstore/result.hpp>

#include <optional>
#include <string_view>

namespace dnd {

/// Understands one line that is not silent. Pure; linear in the line.
evstore::result<command::any, complaint> parse_command(std::string_view line);

/// The words that name the command of a line; nothing if it is not understood.
std::optional<mention> find_keyword(std::string_view line);

} // namespace dnd
