#pragma once

#include "files/worlds.hpp"
#include "log/snapshot_rhythm.hpp"

#include <string>
#include <vector>

namespace dnd {

/// What checking a campaign found, in sentences.
struct verification {
  bool sound = true;
  std::vector<std::string> findings;
};

/// Reads every line of the log with its checksum, and holds the state that comes of the events
/// against the one that loading with the snapshot gives. Writes nothing; linear in the log. Says
/// everything that is wrong; throws only where the log cannot be read at all.
verification verify(const campaign_place& place, const snapshot_rhythm& rhythm);

/// Makes a damaged log whole by leaving out what cannot be relied on; the log as it was stays
/// beside it. What it did, in sentences.
std::vector<std::string> repair(const campaign_place& place);

} // namespace dnd
