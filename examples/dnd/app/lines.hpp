#pragma once

#include "language/completion.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace dnd {

/// Where command lines come from.
class line_source {
public:
  virtual ~line_source() = default;

  /// The next line without its end; nothing at the end of the input, for good. Waits for a person
  /// or a pipe; a signal that asks the program to stop ends the input.
  virtual std::optional<std::string> next(const std::string& prompt) = 0;
};

/// Lines from a file descriptor, which is borrowed. No prompt. A line that is longer than a command
/// may be comes cut to just beyond that length, so that memory stays bounded and the parser can
/// refuse it.
std::unique_ptr<line_source> plain_lines(int descriptor);

/// Answers what could stand where the cursor is, given the line before it.
using completer = std::function<completion(std::string_view before_cursor)>;

/// Lines that a person edits on the terminal, with a history that lasts: it is kept in
/// `history_file` if that can be written. The tabulator completes a word, or lists what it could
/// be.
std::unique_ptr<line_source> edited_lines(std::string history_file, completer offer);

/// Where people's history belongs: `$XDG_STATE_HOME/dnd/history` or `~/.local/state/dnd/history`,
/// the directory created; empty if there is no such place.
std::string usual_history_file();

/// From now on SIGINT and SIGTERM do not end the process on the spot: `stop_asked` becomes the
/// signal's number, and whoever waits for a line gets the end of the input. The same signal again
/// ends it at once: nothing that was answered is lost by that either.
void stop_at_next_line();
int stop_asked() noexcept;

} // namespace dnd
