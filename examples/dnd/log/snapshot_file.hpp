#pragma once

#include "campaign/state.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace dnd {

/// `snapshot.yaml`: a whole state for people and programs to read, and what makes it trustworthy.
struct snapshot_file {
  std::string campaign;       ///< whose: the campaign's id
  std::uint64_t position = 0; ///< the last event that the state has seen
  std::string event;          ///< digest of that event, so that another history is recognised
  std::string shape;          ///< of the state: another program version may have another
  std::string digest;         ///< of all of the above and the state
  campaign_state state;
};

/// The snapshot of a state, sealed with its digest.
snapshot_file seal_snapshot(const campaign_state& state, std::uint64_t position,
                            std::string event_digest);

/// Writes it in place of the old one, whole or not at all.
void write_snapshot(const std::filesystem::path& path, const snapshot_file& snapshot);

/// Reads and checks everything that can be checked without the log. Throws `evstore::error` saying
/// what is wrong: `not_found` if there is none.
snapshot_file read_snapshot(const std::filesystem::path& path);

/// The digest of a state's canonical form: equal states, equal digests.
std::string digest_of_state(const campaign_state& state);

} // namespace dnd
