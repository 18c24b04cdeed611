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

/// Reads every event of the log with its checksum and holds the state that comes of it against the
/// one that loading with the snapshot gives. Writes nothing. Damage of the log is thrown as
/// `evstore::error`, as by loading; linear in the log.
verification verify(const campaign_place& place, const snapshot_rhythm& rhythm);

} // namespace dnd
