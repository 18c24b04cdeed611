#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace evstore::tests {

/// An empty folder of its own for each test that writes files, removed with everything in it at the
/// end of the scope. Below `TMPDIR`, so that a run can be sent to another file system.
class scratch_folder {
public:
  scratch_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "evstore-test-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::system_error{errno, std::generic_category(), name};
    path_ = name;
  }
  ~scratch_folder() {
    std::error_code leftover_is_harmless;
    std::filesystem::remove_all(path_, leftover_is_harmless);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// A path below the folder.
  [[nodiscard]] std::filesystem::path operator/(const std::filesystem::path& name) const {
    return path_ / name;
  }

private:
  std::filesystem::path path_;
};

} // namespace evstore::tests
