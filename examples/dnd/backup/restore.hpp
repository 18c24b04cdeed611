#pragma once

#include "files/worlds.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace dnd {

struct restore_order {
  std::filesystem::path backup;
  std::string world;
  std::optional<std::string> as; ///< absent: the name that it had
};

struct restore_report {
  campaign_place place;
  std::uint64_t position = 0;
  std::optional<std::filesystem::path> previous; ///< the backup of what was there before
};

/// Makes a campaign of a backup, in the place of the one of that name if there is one: that is
/// backed up first. A missing world is created.
///
/// Everything is checked before anything changes, down to loading the campaign. The new one then
/// takes the place of the old one in one step of the file system: whoever looks, and whoever comes
/// after a crash, finds the old campaign or the new one. Throws `problem` for a backup that is
/// none, for a campaign that is being played, and for another campaign that has the name.
restore_report restore(const worlds& all, const restore_order& wanted);

} // namespace dnd
