#pragma once

#include "log/campaign_log.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dnd {

/// Which events of a log somebody wants to see: those that meet every condition that is set.
struct log_filter {
  std::optional<int> session;         ///< 0: before the first
  std::optional<int> encounter;       ///< from its first mark to its last
  std::optional<int> round;           ///< of an encounter; 0: before the first turn
  std::vector<std::string> creatures; ///< about any of them; ids or names, in any case
  std::vector<std::string> types;     ///< any of them, as they are stored
  std::optional<std::uint64_t> from;  ///< the first position
  std::optional<std::uint64_t> to;    ///< the last position
  std::optional<std::string> since;   ///< UTC: `2026-11-20`, `2026-11-20T21:20`, `...:05`
  std::optional<std::string> until;   ///< to the end of that day, minute or second
  std::optional<std::uint64_t> last;  ///< only so many of what is left, from the end
};

/// Calls `show` for each event that is wanted, in order. Linear in the log, twice for `last`; the
/// memory does not grow with it. Refuses (`problem`) types that do not exist, times that are none,
/// ranges that end before they begin, sessions and encounters that the log does not have, and
/// creatures that no event is about.
void select(const campaign_log& log, const log_filter& wanted,
            const std::function<void(const log_entry&)>& show);

} // namespace dnd
