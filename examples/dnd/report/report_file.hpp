#pragma once

#include "log/campaign_log.hpp"

#include <cstdint>
#include <filesystem>

namespace dnd {

struct written_report {
  std::filesystem::path file;
  std::uint64_t position = 0; ///< of the last event that is in it
  std::uint64_t bytes = 0;
};

/// Draws the campaign into a file, which appears whole or not at all. A report that is there is
/// replaced; another file only by `force`: otherwise `problem` is thrown and nothing is changed.
written_report write_report(const campaign_log& log, const std::filesystem::path& path, bool force);

} // namespace dnd
