#pragma once

#include "log/campaign_log.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dnd {

/// Where something begins and ends in a log: the positions of its first and its last event.
struct stretch {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

/// Where the sessions and the encounters of a log are, by number. Session 0 is what came before the
/// first; a session that nobody ended, or after which something still happened, lasts until the
/// next one begins.
struct landmarks {
  std::uint64_t end = 0; ///< how many events there are
  std::map<int, stretch> sessions;
  std::map<int, stretch> encounters;
};

/// Linear in the log.
landmarks find_landmarks(const campaign_log& log);

/// The session or the encounter of that number. Throws `problem`, which says the numbers that there
/// are, if the log does not have it.
const stretch& find_session(const landmarks& known, int number);
const stretch& find_encounter(const landmarks& known, int number);

/// The position that a person means: `42` (after 42 events), `start` (0), `now`, `session:2` and
/// `encounter:3` (when it had just begun), `session:2:end` and `encounter:3:end` (after its last
/// event). Throws `problem` for what is none, or is not in the log.
std::uint64_t find_point(const landmarks& known, std::string_view text);

/// From one point to another, in that order, whichever is named first. Without the second: a
/// session or an encounter from just before it began to its end, and what else up to now.
stretch find_stretch(const landmarks& known, std::string_view from,
                     const std::optional<std::string>& to);

} // namespace dnd
