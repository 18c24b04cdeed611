#pragma once

#include <evstore/error.hpp>
#include <evstore/jsonl/files.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace evstore::jsonl {

/// What an `errno` means to the caller of the adapter.
inline errc classify(int code) noexcept {
  switch (code) {
  case ENOSPC:
  case EDQUOT:
  case EFBIG: return errc::storage_full;
  case EACCES:
  case EPERM:
  case EROFS: return errc::read_only;
  case ENOENT: return errc::not_found;
  case EISDIR:
  case ENOTDIR:
  case ELOOP:
  case ENXIO:
  case ENAMETOOLONG: return errc::invalid_argument;
  default: return errc::io_failed;
  }
}

/// The error for a call that failed with `code` while doing `what` to the file at `path`.
inline error file_error(int code, std::string_view what, std::string_view path) {
  error_place place;
  place.file = path;
  std::string message{what};
  message.append(": ").append(std::generic_category().message(code));
  return error{classify(code), message, std::move(place)};
}

/// An error about the bytes of a file, from `byte` on.
inline error data_error(errc code, std::string_view message, std::string_view path,
                        std::uint64_t byte, std::optional<std::uint64_t> line = {}) {
  error_place place;
  place.file = path;
  place.line = line;
  place.byte = byte;
  return error{code, message, std::move(place)};
}

inline std::string directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string{path.substr(0, slash == 0 ? 1 : slash)};
}

/// An open file that closes itself. Calls that a signal interrupts, and short reads and writes, are
/// continued. Not synchronised: `pread` and `pwrite` have no shared offset, so threads may share
/// it.
template <file_calls Files>
class file {
public:
  file() = default;
  /// Throws when the file cannot be opened. Never follows a symbolic link at the end of the path,
  /// never waits for the other end of a FIFO.
  file(Files files, std::string path, int flags, mode_t mode = 0666)
      : file{std::move(files), std::move(path)} {
    if (const int code = open(flags, mode); code != 0) throw file_error(code, "cannot open", path_);
  }
  /// A new file for writing; not open if the name is taken.
  static file create_new(Files files, std::string path) {
    file created{std::move(files), std::move(path)};
    const int code = created.open(O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (code != 0 && code != EEXIST) throw file_error(code, "cannot create", created.path_);
    return created;
  }
  file(file&& other) noexcept
      : files_{other.files_}, path_{std::move(other.path_)}, fd_{std::exchange(other.fd_, -1)} {}
  file& operator=(file&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(fd_, other.fd_);
    std::swap(files_, other.files_);
    return *this;
  }
  ~file() { close(); }

  void close() noexcept {
    if (fd_ >= 0) files_.close(std::exchange(fd_, -1)); // not repeated on EINTR: it is closed
  }

  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int descriptor() const noexcept { return fd_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] Files& calls() const noexcept { return files_; }

  /// Reads up to `size` bytes; fewer only at the end of the file.
  std::size_t read(char* out, std::size_t size, std::uint64_t at) const {
    std::size_t done = 0;
    while (done < size) {
      const ssize_t got = files_.pread(fd_, out + done, size - done, static_cast<off_t>(at + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw file_error(errno, "cannot read", path_);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  struct written {
    std::size_t bytes; ///< how many of the first bytes the file has now
    int error;         ///< why not all; 0 if all
  };

  /// Writes everything, or says how far it came.
  written write(std::string_view bytes, std::uint64_t at) const noexcept {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t put = files_.pwrite(fd_, bytes.data() + done, bytes.size() - done,
                                        static_cast<off_t>(at + done));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return {done, errno};
      if (put == 0) return {done, EIO}; // no progress and no reason: not a file to go on with
      done += static_cast<std::size_t>(put);
    }
    return {done, 0};
  }

  void write_or_throw(std::string_view bytes, std::uint64_t at) const {
    if (const written outcome = write(bytes, at); outcome.error != 0)
      throw file_error(outcome.error, "cannot write", path_);
  }

  /// 0, or the `errno`. A failed sync is final: it must not be tried again.
  [[nodiscard]] int sync_data() const noexcept { return files_.fdatasync(fd_) == 0 ? 0 : errno; }
  void sync() const {
    if (files_.fsync(fd_) != 0) throw file_error(errno, "cannot sync", path_);
  }

  [[nodiscard]] int truncate(std::uint64_t size) const noexcept {
    int outcome = 0;
    do {
      outcome = files_.ftruncate(fd_, static_cast<off_t>(size));
    } while (outcome != 0 && errno == EINTR);
    return outcome == 0 ? 0 : errno;
  }
  void truncate_or_throw(std::uint64_t size) const {
    if (const int code = truncate(size); code != 0) throw file_error(code, "cannot cut", path_);
  }

  /// Everything about the file. Costly for who writes to it: on a file system of Linux 6.13 or
  /// newer, a write after somebody has asked for the times notes a time of its own, and its sync
  /// takes half as long again. What is asked for again and again goes without the times, below.
  [[nodiscard]] struct stat status() const {
    struct stat found {};
    if (files_.fstat(fd_, &found) != 0) throw file_error(errno, "cannot look at", path_);
    return found;
  }
  [[nodiscard]] std::uint64_t size() const {
    const auto found = identity();
    if (!found) throw file_error(errno, "cannot look at", path_);
    return found->stx_size;
  }

  /// Whether the path still leads to this very file.
  [[nodiscard]] bool is_in_place() const noexcept { return size_in_place(identity()).has_value(); }
  /// Which file this is, for as long as it is open. Nothing if it cannot be looked at.
  [[nodiscard]] std::optional<struct statx> identity() const noexcept {
    struct statx found {};
    if (files_.statx(fd_, "", AT_EMPTY_PATH, STATX_INO | STATX_SIZE, &found) != 0)
      return std::nullopt;
    return found;
  }
  /// How many bytes the file has now, if the path still leads to this very file. One call instead of
  /// two if its identity is known.
  [[nodiscard]] std::optional<std::uint64_t> size_in_place(
      const std::optional<struct statx>& known) const noexcept {
    const auto mine = known ? known : identity();
    const auto found = at_path();
    if (!mine || !found || !is_same(*mine, *found)) return std::nullopt;
    return found->stx_size;
  }

private:
  file(Files files, std::string path) : files_{std::move(files)}, path_{std::move(path)} {}

  [[nodiscard]] std::optional<struct statx> at_path() const noexcept {
    struct statx found {};
    if (files_.statx(AT_FDCWD, path_.c_str(), AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_SIZE,
                     &found) != 0)
      return std::nullopt;
    return found;
  }
  static bool is_same(const struct statx& one, const struct statx& other) noexcept {
    return one.stx_ino == other.stx_ino && one.stx_dev_major == other.stx_dev_major &&
           one.stx_dev_minor == other.stx_dev_minor;
  }

  int open(int flags, mode_t mode) noexcept {
    do {
      fd_ =
          files_.open(path_.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, mode);
    } while (fd_ < 0 && errno == EINTR);
    return fd_ < 0 ? errno : 0;
  }

  [[no_unique_address]] mutable Files files_{};
  std::string path_;
  int fd_ = -1;
};

/// The page cache drops whole pages only, of up to 2 MiB, and leaves the one that `offset` is in: to
/// drop what is behind the offset, begin where its page does.
constexpr std::uint64_t page_begin(std::uint64_t offset) noexcept {
  constexpr std::uint64_t largest_page = std::uint64_t{1} << 21;
  return offset - offset % largest_page;
}

/// Makes names created in, or renamed into, the directory survive a power cut.
template <file_calls Files>
void sync_directory(const Files& files, const std::string& path) {
  file<Files>{files, path, O_RDONLY | O_DIRECTORY}.sync();
}

} // namespace evstore::jsonl
