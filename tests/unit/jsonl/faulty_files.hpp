#pragma once

#include <evstore/jsonl/files.hpp>

#include <cerrno>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// The adapter's file calls with a script in between: a test sees each one and may let it fail.

namespace evstore::tests {

/// What a call should do instead: fail with an `errno`, or write at most so many bytes.
struct fault {
  int code = 0;
  std::size_t most_bytes = static_cast<std::size_t>(-1);
};

class faulty_files : public jsonl::posix_files {
public:
  struct script {
    std::mutex mutex;
    std::vector<std::string> calls; ///< names, in order
    std::set<int> locks;            ///< descriptors of lock files
    std::function<fault(std::string_view)> decide = [](std::string_view) { return fault{}; };
  };

  std::shared_ptr<script> shared = std::make_shared<script>();

  int open(const char* path, int flags, mode_t mode) {
    if (fails("open")) return -1;
    const int fd = posix_files::open(path, flags, mode);
    const std::lock_guard lock{shared->mutex};
    if (std::string_view{path}.ends_with(".lock")) shared->locks.insert(fd);
    return fd;
  }
  int close(int fd) {
    {
      const std::lock_guard lock{shared->mutex};
      shared->locks.erase(fd);
    }
    return posix_files::close(fd);
  }
  ssize_t pread(int fd, void* out, std::size_t size, off_t at) {
    return fails("pread") ? -1 : posix_files::pread(fd, out, size, at);
  }
  ssize_t pwrite(int fd, const void* in, std::size_t size, off_t at) {
    const fault wanted = ask(is_lock_file(fd) ? "pwrite of a lock" : "pwrite");
    errno = wanted.code;
    if (wanted.code != 0) return -1;
    return posix_files::pwrite(fd, in, size < wanted.most_bytes ? size : wanted.most_bytes, at);
  }
  int ftruncate(int fd, off_t size) {
    return fails("ftruncate") ? -1 : posix_files::ftruncate(fd, size);
  }
  int fdatasync(int) { return fails("fdatasync") ? -1 : 0; }
  int fsync(int) { return fails("fsync") ? -1 : 0; }
  int fstat(int fd, struct stat* status) {
    return fails("fstat") ? -1 : posix_files::fstat(fd, status);
  }
  int lstat(const char* path, struct stat* status) {
    return fails("lstat") ? -1 : posix_files::lstat(path, status);
  }
  int rename(const char* from, const char* to) {
    return fails("rename") ? -1 : posix_files::rename(from, to);
  }
  int mkdir(const char* path, mode_t mode) {
    return fails("mkdir") ? -1 : posix_files::mkdir(path, mode);
  }

  /// How often a call was made.
  [[nodiscard]] std::size_t count(std::string_view call) const {
    const std::lock_guard lock{shared->mutex};
    std::size_t found = 0;
    for (const std::string& one : shared->calls) found += one == call ? 1 : 0;
    return found;
  }
  void forget() const {
    const std::lock_guard lock{shared->mutex};
    shared->calls.clear();
  }
  /// From now on, calls of that name fail.
  void fail(std::string_view call, int code) const {
    const std::lock_guard lock{shared->mutex};
    shared->decide = [name = std::string{call}, code](std::string_view asked) {
      return fault{asked == name ? code : 0};
    };
  }
  void heal() const {
    const std::lock_guard lock{shared->mutex};
    shared->decide = [](std::string_view) { return fault{}; };
  }

private:
  [[nodiscard]] bool is_lock_file(int fd) const {
    const std::lock_guard lock{shared->mutex};
    return shared->locks.count(fd) != 0;
  }
  fault ask(std::string_view call) const {
    const std::lock_guard lock{shared->mutex};
    shared->calls.emplace_back(call);
    return shared->decide(call);
  }
  bool fails(std::string_view call) const {
    const fault wanted = ask(call);
    errno = wanted.code;
    return wanted.code != 0;
  }
};

} // namespace evstore::tests
