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
///
/// Where logs are kept on a server, the one step is a commit there (`log/succession.hpp`), which a
/// campaign that is being played does not hold up: who plays is told at the next command. The pages
/// follow it; if the program is killed before they do, `finish_restore` is due.
restore_report restore(const worlds& all, const restore_order& wanted);

/// Puts the pages in their place whose log is on the server already: what a killed `restore` had left
/// to do. False if there was nothing. To be called by whoever is about to write, or to add a page's
/// creature; readers see the right log without it.
bool finish_restore(const campaign_place& place);

} // namespace dnd
