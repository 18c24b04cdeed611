#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct archive;

namespace dnd {

/// A new `.tar.gz` of regular files. The only part of the program that knows libarchive, with
/// `archive_reader`. Failures are thrown as `evstore::error`.
class archive_writer {
public:
  /// Writes to the descriptor, which is borrowed; `path` is for messages.
  archive_writer(int descriptor, std::string path);

  void add(const std::string& name, std::string_view contents);
  void add_file(const std::string& name, const std::filesystem::path& from);

  /// Writes what is left; nothing may be added any more.
  void finish();

private:
  struct closing {
    void operator()(archive* opened) const noexcept;
  };

  void begin(const std::string& name, std::uint64_t size);
  void write(std::string_view bytes);
  void check(int outcome) const;

  std::string path_;
  std::unique_ptr<archive, closing> archive_;
};

/// The files of a `.tar` or `.tar.gz`, in order. A damaged one is `errc::corrupt`.
class archive_reader {
public:
  struct entry {
    std::string name;
    bool is_file = false; ///< a regular one
    std::uint64_t size = 0;
  };

  explicit archive_reader(std::string path);

  /// Nothing after the last.
  std::optional<entry> next();

  /// The next bytes of the current entry; 0 at its end.
  std::size_t read(char* into, std::size_t size);

private:
  struct closing {
    void operator()(archive* opened) const noexcept;
  };

  [[noreturn]] void damaged() const;

  std::string path_;
  std::unique_ptr<archive, closing> archive_;
};

} // namespace dnd
