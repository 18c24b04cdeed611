#pragma once

#include "files/worlds.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace dnd {

/// What of a campaign's directory is worth keeping, and what is not.
struct campaign_copy {
  std::vector<std::string> files;    ///< copied, relative to the directory, sorted
  std::vector<std::string> left_out; ///< neither files nor directories: links, sockets
};

/// Copies a campaign into a directory, without its locks and what else is derived from the log.
/// Others may write to it meanwhile: of each log the copy has whole commits, and together they are
/// a state that the campaign was in, or would have been in after a crash. Not synced. Throws
/// `evstore::error`; `errc::corrupt` if a log is damaged.
campaign_copy copy_campaign(const campaign_place& place, const std::filesystem::path& into);

/// The same for a campaign of which nothing can be relied on and to which nobody writes: every byte
/// as it is.
campaign_copy copy_campaign_as_it_is(const campaign_place& place,
                                     const std::filesystem::path& into);

/// Whether a backup may contain a file of this name: relative, within the directory, nothing hidden
/// and nothing that only the running program makes.
bool may_be_restored(std::string_view name);

} // namespace dnd
