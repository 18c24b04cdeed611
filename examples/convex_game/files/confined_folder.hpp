#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Files of a folder, and nothing outside of it: whoever names a file may be anybody.

namespace convex_game {

/// A descriptor that is closed.
class descriptor {
public:
  explicit descriptor(int number) noexcept : number_{number} {}
  descriptor(descriptor&& other) noexcept;
  descriptor& operator=(descriptor&& other) noexcept;
  ~descriptor();

  [[nodiscard]] int get() const noexcept { return number_; }
  [[nodiscard]] bool valid() const noexcept { return number_ >= 0; }

private:
  int number_;
};

/// Whether a text is a relative path that names a file below a folder, in one way only: parts of
/// visible or other Unicode characters with one slash between them, none of which is `.` or `..`, or
/// begins with a dot; no control characters and no backslash. At most 1000 bytes.
bool is_plain_path(std::string_view path) noexcept;

/// A folder whose files are read and written by relative paths. A path that is not plain names nothing,
/// and no part of one is followed where it is a symbolic link: folders are opened one in the other
/// (`openat`, O_NOFOLLOW), so that nobody who changes them meanwhile leads out either.
///
/// Any number of threads and processes. What fails is thrown as `evstore::error` with the path.
class confined_folder {
public:
  /// Makes it, and what is above it, if it is not there.
  static confined_folder make(const std::filesystem::path& folder);
  /// Throws if it is not there.
  static confined_folder open(const std::filesystem::path& folder);

  /// Whether there is a folder of that name in it.
  [[nodiscard]] bool has_folder(std::string_view name) const;

  /// The contents of a regular file: nothing if there is none of that name. Throws
  /// `errc::io_failed` for more than `most` bytes.
  [[nodiscard]] std::optional<std::string> read(std::string_view path,
                                                std::uint64_t most = std::uint64_t{256}
                                                                     << 20) const;

  /// Puts the contents under that name, whole or not at all: written beside it under a name that no
  /// plain path has, synced, renamed, and the folder synced. Makes the folders that the path names.
  void write(std::string_view path, std::string_view contents) const;

  /// A file that there is.
  struct entry {
    std::string path;
    std::uint64_t size = 0;
  };
  /// What is below a folder of it and could be read, sorted: none if there is no such folder.
  [[nodiscard]] std::vector<entry> files_below(std::string_view folder) const;

  /// Deletes a folder with all that is in it, also what has no plain name; of a link the link. Does
  /// nothing if there is none.
  void remove_folder(std::string_view name) const;

  /// The names of the folders in it, sorted, but for those that begin with a dot.
  [[nodiscard]] std::vector<std::string> folders() const;

private:
  explicit confined_folder(descriptor opened) noexcept : opened_{std::move(opened)} {}

  enum class absent_folders : std::uint8_t { are_made, stay_absent };
  /// The folder that a path is in, and the name of the file there; not valid if there is none.
  [[nodiscard]] std::pair<descriptor, std::string> parent_of(std::string_view path,
                                                             absent_folders which) const;

  descriptor opened_;
};

} // namespace convex_game
