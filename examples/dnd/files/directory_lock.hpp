#pragma once

#include <filesystem>

namespace dnd {

/// A directory that this process alone writes to while it lives, among those that ask. Leaves
/// nothing behind, also when the process is killed.
class directory_lock {
public:
  /// Throws `problem` at once if somebody else holds the lock, and `evstore::error` for what is no
  /// directory.
  explicit directory_lock(const std::filesystem::path& directory);
  ~directory_lock();
  directory_lock(const directory_lock&) = delete;
  directory_lock& operator=(const directory_lock&) = delete;

private:
  int descriptor_;
};

} // namespace dnd
