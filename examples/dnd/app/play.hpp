#pragma once

#include "app/game.hpp"
#include "app/lines.hpp"
#include "app/output.hpp"

#include <string>

namespace dnd {

/// Carries out lines until the input ends, `quit`, or a signal. Failed commands are reported and
/// the game goes on: in a conversation nobody's slip of the tongue ends the evening. The exit
/// status.
int converse(game& played, line_source& lines, const output& to);

struct script {
  std::string name;        ///< for messages
  bool keep_going = false; ///< after a command that failed
};

/// The same for a script, which stops at the first command that fails and says in which line. The
/// exit status: failed if any command failed.
int run_script(game& played, line_source& lines, const script& what, const output& to);

} // namespace dnd
