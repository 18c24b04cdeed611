#pragma once

#include "files/worlds.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dnd {

struct saved_file {
  std::string name; ///< relative to the campaign's directory
  std::uint64_t size = 0;
  std::string digest;
};

/// What a backup says of itself: its first file, `backup.yaml`.
struct backup_manifest {
  std::string format;
  std::string campaign; ///< its name
  std::string id;
  std::uint64_t position = 0; ///< how many events it has
  bool sound = true;          ///< false: saved as it was, because it was damaged
  std::string taken;          ///< when, UTC
  std::vector<saved_file> files;
};

inline constexpr const char* manifest_name = "backup.yaml";
inline constexpr const char* backup_format = "dnd campaign backup 1";

std::string to_yaml(const backup_manifest& manifest);
/// Throws `evstore::error`, `errc::corrupt`, for what is none.
backup_manifest manifest_from(const std::string& yaml, const std::string& file);

/// Of a file, in constant memory.
std::string digest_of_file(const std::filesystem::path& path);

struct backup_report {
  std::filesystem::path file;
  std::string campaign;
  std::uint64_t position = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0; ///< of the backup
  std::vector<std::string> left_out;
};

/// Writes the campaign into one new file, from which `restore` makes it again: `to`, a new file or
/// an existing directory, or `<world>/backups/`. The campaign may be played meanwhile: the backup
/// has what was in the log when it began, and perhaps some more, always whole commands. It is
/// loaded once before it is written, so it can be restored; it appears whole, synced, or not at
/// all. Never replaces a file. Throws `problem` and `evstore::error`.
backup_report back_up(const campaign_place& place, const std::optional<std::filesystem::path>& to);

/// The same for a damaged campaign to which nobody writes: every byte as it is, without a promise.
backup_report back_up_as_it_is(const campaign_place& place);

} // namespace dnd
