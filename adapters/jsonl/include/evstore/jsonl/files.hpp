#pragma once

#include <evstore/error.hpp>

#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

namespace evstore::jsonl {

namespace detail {

/// Which rule a test breaks on purpose, to see that the tests notice: where that cannot be done in
/// the calls below. Nothing in a program that does not ask for it.
enum class rule {
  none,
  damage_is_never_cut,
  filler_hides_no_records,
  forked_children_are_refused,
  indexes_are_checked,
  indexes_fit_their_log,
  snapshots_are_checked,
  snapshots_fit_their_log,
};
#if defined(EVSTORE_JSONL_BREAKABLE)
inline rule broken_rule = rule::none;
#else
inline constexpr rule broken_rule = rule::none;
#endif

} // namespace detail

/// How what is mapped will be touched.
enum class mapped_for {
  reading_on, ///< from front to back, soon: its pages are to be in place
  jumping,    ///< here and there: a page that is asked for says nothing of its neighbours
};

/// The seam between the adapter and the operating system: every call on a file goes through one of
/// these, with the meaning, the return value and the `errno` of the system call of that name. A
/// test puts a failing or a simulated disk here (the object is kept and copied, so it may hold a
/// pointer); in production it is empty and every call is direct.
template <class F>
concept file_calls = std::copyable<F> && requires(F& files, const char* path, int fd, void* out,
                                                  const void* in, std::size_t size, off_t at,
                                                  struct stat* status, struct statx* found) {
  { files.open(path, 0, mode_t{}) } -> std::same_as<int>;
  { files.close(fd) } -> std::same_as<int>;
  { files.pread(fd, out, size, at) } -> std::same_as<ssize_t>;
  { files.pwrite(fd, in, size, at) } -> std::same_as<ssize_t>;
  { files.ftruncate(fd, at) } -> std::same_as<int>;
  { files.fdatasync(fd) } -> std::same_as<int>;
  { files.fsync(fd) } -> std::same_as<int>;
  { files.fstat(fd, status) } -> std::same_as<int>;
  { files.lstat(path, status) } -> std::same_as<int>;
  { files.statx(fd, path, 0, 0U, found) } -> std::same_as<int>;
  { files.rename(path, path) } -> std::same_as<int>;
  { files.link(path, path) } -> std::same_as<int>;
  { files.unlink(path) } -> std::same_as<int>;
  { files.mkdir(path, mode_t{}) } -> std::same_as<int>;
  { files.try_lock(fd) } -> std::same_as<int>;
  { files.is_locked(fd) } -> std::same_as<bool>;
  { files.drop_cache(fd, at) } -> std::same_as<void>;
  { files.map(fd, size, at, mapped_for{}) } -> std::same_as<const void*>;
  { files.unmap(in, size) } -> std::same_as<void>;
};

/// Where a path leads, whatever the working directory will be. Refuses a NUL, at which the operating
/// system would end it. Files of tests may have no directories.
template <class Files>
std::string settled_path(const Files& files, const std::string& path) {
  if (path.find('\0') != std::string::npos)
    throw error{errc::invalid_argument, "a path ends at its NUL byte"};
  if constexpr (requires { files.working_directory(); })
    if (!path.starts_with('/')) return files.working_directory() + '/' + path;
  return path;
}

struct posix_files {
  static std::string working_directory() {
    char* const found = ::getcwd(nullptr, 0);
    if (found == nullptr) throw error{errc::io_failed, "the working directory is gone"};
    std::string path{found};
    std::free(found);
    return path;
  }
  static int open(const char* path, int flags, mode_t mode) noexcept {
    return ::open(path, flags, mode);
  }
  static int close(int fd) noexcept { return ::close(fd); }
  static ssize_t pread(int fd, void* out, std::size_t size, off_t at) noexcept {
    return ::pread(fd, out, size, at);
  }
  static ssize_t pwrite(int fd, const void* in, std::size_t size, off_t at) noexcept {
    return ::pwrite(fd, in, size, at);
  }
  static int ftruncate(int fd, off_t size) noexcept { return ::ftruncate(fd, size); }
  static int fdatasync(int fd) noexcept { return ::fdatasync(fd); }
  static int fsync(int fd) noexcept { return ::fsync(fd); }
  static int fstat(int fd, struct stat* status) noexcept { return ::fstat(fd, status); }
  static int lstat(const char* path, struct stat* status) noexcept { return ::lstat(path, status); }
  static int statx(int fd, const char* path, int flags, unsigned what,
                   struct statx* found) noexcept {
    return ::statx(fd, path, flags, what, found);
  }
  static int rename(const char* from, const char* to) noexcept { return ::rename(from, to); }
  static int link(const char* from, const char* to) noexcept { return ::link(from, to); }
  static int unlink(const char* path) noexcept { return ::unlink(path); }
  static int mkdir(const char* path, mode_t mode) noexcept { return ::mkdir(path, mode); }

  /// An exclusive lock of the open file description (`F_OFD_SETLK`): another handle of the same
  /// process is refused too, and closing some other descriptor of the file does not drop it.
  static int try_lock(int fd) noexcept {
#if defined(F_OFD_SETLK)
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return ::fcntl(fd, F_OFD_SETLK, &whole);
#else
#error "evstore's JSONL adapter needs locks of open file descriptions (F_OFD_SETLK)"
#endif
  }

  /// Whether somebody else has such a lock (`F_OFD_GETLK`).
  static bool is_locked(int fd) noexcept {
    struct flock found {};
    found.l_type = F_RDLCK;
    found.l_whence = SEEK_SET;
    return ::fcntl(fd, F_OFD_GETLK, &found) == 0 && found.l_type != F_UNLCK;
  }

  /// Forgets what the page cache holds of the file from `at` on. After a failed sync it may hold
  /// bytes that never reached the disk.
  static void drop_cache(int fd, off_t at) noexcept {
    ::posix_fadvise(fd, at, 0, POSIX_FADV_DONTNEED);
  }

  /// A part of the file, from a page of it on, as memory to read; null if that cannot be had.
  static const void* map(int fd, std::size_t size, off_t at, mapped_for what) noexcept {
    const int flags = MAP_SHARED | (what == mapped_for::reading_on ? MAP_POPULATE : 0);
    void* const mapped = ::mmap(nullptr, size, PROT_READ, flags, fd, at);
    if (mapped == MAP_FAILED) return nullptr;
    if (what == mapped_for::jumping) ::madvise(mapped, size, MADV_RANDOM);
    return mapped;
  }
  static void unmap(const void* mapped, std::size_t size) noexcept {
    ::munmap(const_cast<void*>(mapped), size);
  }
};

} // namespace evstore::jsonl
