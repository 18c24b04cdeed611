#include "app/play.hpp"

#include "app/request.hpp"

#include <evstore/error.hpp>

#include <cstddef>
#include <optional>

namespace dnd {

namespace {

/// By convention the exit status of a program that a signal has ended.
int status_of_signal(int signal) {
  constexpr int ended_by_signal = 128;
  return ended_by_signal + signal;
}

/// What may pass, so that the next command can be tried: the log is as it was before the command.
bool can_go_on(const evstore::error& failed) {
  return failed.code() == evstore::errc::storage_full;
}

/// Performs a line; a failure to write that may pass becomes a complaint.
outcome attempt(game& played, const std::string& line) {
  try {
    return played.perform(line);
  } catch (const evstore::error& failed) {
    if (!can_go_on(failed)) throw;
    outcome result;
    result.why_not = complaint{failed.what()};
    return result;
  }
}

} // namespace

int converse(game& played, line_source& lines, const output& to) {
  const std::string prompt = played.log().place().name + "> ";
  while (const auto line = lines.next(prompt)) {
    const outcome result = attempt(played, *line);
    if (result.quit) return exit_status::done;
    const bool silent = result.sentences.empty() && !result.why_not;
    if (!silent) to.tell(*line, result, {});
  }
  return stop_asked() == 0 ? exit_status::done : status_of_signal(stop_asked());
}

int run_script(game& played, line_source& lines, const script& what, const output& to) {
  int status = exit_status::done;
  std::size_t number = 0;
  while (const auto line = lines.next({})) {
    ++number;
    const outcome result = attempt(played, *line);
    if (result.quit) break;
    const bool silent = result.sentences.empty() && !result.why_not;
    if (!silent) to.tell(*line, result, what.name + ":" + std::to_string(number) + ": ");
    if (!result.why_not) continue;
    status = exit_status::failed;
    if (!what.keep_going) break;
  }
  return stop_asked() == 0 ? status : status_of_signal(stop_asked());
}

} // namespace dnd
