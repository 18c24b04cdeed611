#pragma once

#include "backup/archive.hpp"
#include "backup/backup.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace dnd {

/// A backup that is read twice: to check it, and to unpack it.
class saved_campaign {
public:
  /// Reads all of it. Throws `problem` for a backup that is none, is damaged, or may not be restored.
  explicit saved_campaign(std::filesystem::path path);

  [[nodiscard]] const backup_manifest& manifest() const noexcept { return manifest_; }

  /// Writes and syncs all files.
  void unpack(const std::filesystem::path& into) const;

private:
  /// Bytes of a file, from an offset.
  using piece_taken =
      std::function<void(const saved_file& of, std::string_view bytes, std::uint64_t at)>;

  [[noreturn]] void refuse(const std::string& why) const;
  std::string read_first(archive_reader& archive) const;
  void check_names() const;
  void each_file(archive_reader& archive, const piece_taken& take) const;

  std::filesystem::path path_;
  backup_manifest manifest_;
};

} // namespace dnd
