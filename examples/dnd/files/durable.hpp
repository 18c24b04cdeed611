#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// Files that are there whole or not at all, whatever happens in between. Failures are thrown as
/// `evstore::error` with the path.

namespace dnd {

/// The contents of a file. Refuses what is no regular file, and more than 16 MiB.
std::string read_file(const std::filesystem::path& path);

/// Puts `contents` in place of the file: written beside it, synced, renamed over it, and the
/// directory synced. Readers, and whoever comes after a crash, find the old file or the new one.
void replace_file(const std::filesystem::path& path, std::string_view contents);

/// Creates and syncs a new file.
void create_file(const std::filesystem::path& path, std::string_view contents);

/// Makes entries created in, or renamed into, the directory survive a power cut.
void sync_directory(const std::filesystem::path& path);

/// A directory that takes shape under a hidden name and appears under its own all at once. Until
/// `appear` has returned, its destruction leaves nothing behind, unless it was told to.
class new_directory {
public:
  /// Creates `<parent>/.new-<name>-<process id>`.
  new_directory(const std::filesystem::path& parent, const std::string& name);
  ~new_directory();

  /// Those that others have left behind under that name, or under one that goes on with a `-`.
  [[nodiscard]] static std::vector<std::filesystem::path> left_behind(
      const std::filesystem::path& parent, const std::string& name);
  new_directory(const new_directory&) = delete;
  new_directory& operator=(const new_directory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return hidden_; }

  /// False if an entry of that name exists by now; it is not touched.
  bool appear();

  /// Takes the place of the directory of that name, in one step, and removes that. Throws if the
  /// file system cannot do it (`RENAME_EXCHANGE`: ext4, XFS, btrfs and tmpfs can) or there is none.
  void replace();

  /// Throws what `replace` would if the file system cannot do it.
  void rehearse_replacing() const;

  /// Whether it stays under its hidden name, to be put in its place by another process.
  void stay(bool whether) noexcept { stays_ = whether; }

private:
  std::filesystem::path hidden_;
  std::filesystem::path final_;
  bool stays_ = false;
};

/// `replace` for a directory that was left behind.
void replace_directory(const std::filesystem::path& hidden, const std::filesystem::path& final);

} // namespace dnd
