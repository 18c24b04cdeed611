#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace evstore::cli {

/// What stands around a value in a file of lines: with it, an export is what the import read.
struct framing {
  std::string before{};     ///< a byte order mark, empty lines, space
  std::string after = "\n"; ///< space, and the end of the line; behind the last value all there is
};

struct foreign_line {
  std::uint64_t number = 0; ///< from 1
  std::uint64_t byte = 0;   ///< where the text begins in the file
  std::string text{};       ///< without space around it
  framing around{};
};

/// A file of lines that another program wrote, and that can be read more than once: what is no file
/// (a pipe) is copied into a temporary one first. Memory: the longest line.
class foreign_file {
public:
  /// Throws `evstore::error` for a path that leads to nothing that can be read; `-` is standard input.
  explicit foreign_file(const std::string& path);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  /// Back to the first line.
  void rewind();
  /// The next line that is not empty; null at the end. Good until the next call. Throws for a line
  /// that is longer than any record may be.
  const foreign_line* next();

private:
  struct close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  bool read_raw();
  [[noreturn]] void fail(const char* what) const;

  std::string name_;
  std::unique_ptr<std::FILE, close> file_;
  std::uint64_t size_ = 0;
  std::string raw_; // the line ahead, with its end
  std::uint64_t raw_number_ = 0;
  std::uint64_t raw_byte_ = 0;
  foreign_line line_;
};

/// A member of a JSON object that is a scalar.
struct scalar {
  std::string text; ///< of a string what it says, of a number its digits as they stand there
  bool is_number = false;
};

/// The member `field` of the object, or with `/a/b` the member of a member (RFC 6901). Nothing if
/// there is none. Throws `errc::invalid_payload` for one that is no string or number, or that is
/// there twice.
std::optional<scalar> find_scalar(std::string_view object, std::string_view field);
bool has_member(std::string_view object, std::string_view name);

/// Where an imported event came from, kept in its metadata among the user's pairs: `import.line`,
/// and `import.before`, `import.after` where they are not the usual.
std::string metadata_of(const foreign_line& line);
/// Nothing for an event that was not imported.
std::optional<framing> framing_of(std::string_view metadata);

} // namespace evstore::cli
