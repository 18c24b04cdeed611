#pragma once

#include <support/call_gate.hpp>
#include <support/simulated_disk.hpp>

#include <evstore/jsonl/files.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string_view>

namespace evstore::tests {

inline constexpr std::uint64_t unlimited = static_cast<std::uint64_t>(-1);

/// A computer with a simulated disk: the descriptors and locks of what runs on it, and what is to go
/// wrong. Calls are counted by name; a test may let any of them fail.
struct simulated_machine {
  /// What a call is to do instead of what it should.
  struct trouble {
    int code = 0;                                          ///< fail with this `errno`
    std::size_t most_bytes = static_cast<std::size_t>(-1); ///< read or write no more than these
  };
  struct opened {
    simulated_disk::number which;
    bool is_lock_file = false;
    bool locks = false;
  };

  explicit simulated_machine(simulated_disk begin = {}, std::uint64_t seed = 1)
      : disk{std::move(begin)}, draw{seed} {}

  /// Whether a program has locked anything.
  [[nodiscard]] bool has_locks() const {
    return std::any_of(descriptors.begin(), descriptors.end(),
                       [](const auto& one) { return one.second.locks; });
  }

  simulated_disk disk;
  random_source draw;
  std::uint64_t capacity = unlimited;                 ///< bytes that all files may have
  std::function<trouble(std::string_view)> disturb{}; ///< asked before each call
  std::function<void()> changed{};                    ///< told of each change to the disk
  call_gate* gate = nullptr;                          ///< before which calls of threads may wait
  std::map<int, opened> descriptors{};
  std::mutex mutex{}; ///< guards all of it while calls are made
};

/// The adapter's file calls, on such a computer. Links and FIFOs are not simulated, and neither are
/// two names of one directory.
class simulated_files {
public:
  static constexpr std::size_t most_buffered_bytes = 1500; ///< a few commits are much

  simulated_files() = default;
  explicit simulated_files(std::shared_ptr<simulated_machine> machine)
      : machine_{std::move(machine)} {}

  [[nodiscard]] simulated_machine& machine() const noexcept { return *machine_; }

  int open(const char* path, int flags, mode_t) {
    return call("open", [&]() -> int {
      simulated_disk& disk = machine_->disk;
      simulated_disk::number found = disk.find(path);
      if (found != 0 && (flags & O_EXCL) != 0) return failed(EEXIST);
      if (found == 0 && (flags & O_CREAT) == 0) return failed(ENOENT);
      if (found == 0 && disk.find(disk.parent_of(path)) == 0) return failed(ENOENT);
      if (found == 0) {
        found = disk.make(path, false);
        tell();
      }
      if (disk.is_directory(found) && (flags & O_ACCMODE) != O_RDONLY) return failed(EISDIR);
      if (!disk.is_directory(found) && (flags & O_DIRECTORY) != 0) return failed(ENOTDIR);
      int fd = 3;
      while (machine_->descriptors.contains(fd)) ++fd;
      machine_->descriptors[fd] = {found, std::string_view{path}.ends_with(".lock")};
      return fd;
    });
  }
  /// Closes it also when it fails, as Linux does.
  int close(int fd) {
    const int outcome = call("close", [] { return 0; });
    const int code = errno;
    const std::lock_guard lock{machine_->mutex};
    machine_->descriptors.erase(fd);
    errno = code;
    return outcome;
  }
  ssize_t pread(int fd, void* out, std::size_t size, off_t at) {
    std::size_t most = size;
    return call("pread", most, [&]() -> ssize_t {
      const std::string& bytes = machine_->disk.bytes(node(fd));
      const auto from = std::min(static_cast<std::size_t>(at), bytes.size());
      const std::size_t got = std::min({size, most, bytes.size() - from});
      std::memcpy(out, bytes.data() + from, got);
      return static_cast<ssize_t>(got);
    });
  }
  ssize_t pwrite(int fd, const void* in, std::size_t size, off_t at) {
    std::size_t most = size;
    return call(is_lock_file(fd) ? "pwrite of a lock" : "pwrite", most, [&]() -> ssize_t {
      most = std::min(most, size);
      const std::size_t end = static_cast<std::size_t>(at) + most;
      const std::size_t has = machine_->disk.bytes(node(fd)).size();
      if (machine_->capacity != unlimited && end > has) {
        const std::uint64_t used = machine_->disk.used();
        const std::uint64_t room = machine_->capacity > used ? machine_->capacity - used : 0;
        if (end - has > room) most -= std::min<std::size_t>(most, end - has - room);
        if (most == 0) return failed(ENOSPC);
      }
      machine_->disk.write(node(fd), {static_cast<const char*>(in), most},
                           static_cast<std::size_t>(at));
      tell();
      return static_cast<ssize_t>(most);
    });
  }
  int ftruncate(int fd, off_t size) {
    return call("ftruncate", [&] {
      machine_->disk.truncate(node(fd), static_cast<std::size_t>(size));
      return done();
    });
  }
  int fdatasync(int fd) { return sync("fdatasync", fd); }
  int fsync(int fd) { return sync("fsync", fd); }
  int fstat(int fd, struct stat* status) {
    return call("fstat", [&] {
      describe(node(fd), *status);
      return 0;
    });
  }
  int lstat(const char* path, struct stat* status) {
    return call("lstat", [&]() -> int {
      const simulated_disk::number found = machine_->disk.find(path);
      if (found == 0) return failed(ENOENT);
      describe(found, *status);
      return 0;
    });
  }
  int statx(int fd, const char* path, int, unsigned, struct statx* status) {
    return call("statx", [&]() -> int {
      const simulated_disk::number found = *path == '\0' ? node(fd) : machine_->disk.find(path);
      if (found == 0) return failed(ENOENT);
      *status = {};
      status->stx_ino = found;
      status->stx_size = machine_->disk.bytes(found).size();
      return 0;
    });
  }
  int rename(const char* from, const char* to) {
    return call("rename", [&]() -> int {
      if (machine_->disk.find(from) == 0) return failed(ENOENT);
      machine_->disk.rename(from, to);
      return done();
    });
  }
  int link(const char* from, const char* to) {
    return call("link", [&]() -> int {
      if (machine_->disk.find(from) == 0) return failed(ENOENT);
      if (machine_->disk.find(to) != 0) return failed(EEXIST);
      machine_->disk.link(machine_->disk.find(from), to);
      return done();
    });
  }
  int unlink(const char* path) {
    return call("unlink", [&]() -> int {
      if (machine_->disk.find(path) == 0) return failed(ENOENT);
      machine_->disk.unlink(path);
      return done();
    });
  }
  int mkdir(const char* path, mode_t) {
    return call("mkdir", [&]() -> int {
      if (machine_->disk.find(path) != 0) return failed(EEXIST);
      if (machine_->disk.find(simulated_disk::parent_of(path)) == 0) return failed(ENOENT);
      machine_->disk.make(path, true);
      return done();
    });
  }
  int try_lock(int fd) {
    return call("try_lock", [&]() -> int {
      for (const auto& [other, one] : machine_->descriptors)
        if (other != fd && one.locks && one.which == node(fd)) return failed(EAGAIN);
      machine_->descriptors.at(fd).locks = true;
      return 0;
    });
  }
  bool is_locked(int fd) {
    const std::lock_guard lock{machine_->mutex};
    return std::any_of(
        machine_->descriptors.begin(), machine_->descriptors.end(), [&](const auto& other) {
          return other.first != fd && other.second.locks && other.second.which == node(fd);
        });
  }
  void drop_cache(int fd, off_t at) {
    const std::lock_guard lock{machine_->mutex};
    machine_->disk.drop_cache(node(fd), static_cast<std::size_t>(at));
  }
  static const void* map(int, std::size_t, off_t, jsonl::mapped_for) noexcept { return nullptr; }
  static void unmap(const void*, std::size_t) noexcept {}

private:
  static int failed(int code) noexcept {
    errno = code;
    return -1;
  }
  void tell() const {
    if (machine_->changed) machine_->changed();
  }
  [[nodiscard]] int done() const {
    tell();
    return 0;
  }
  [[nodiscard]] bool is_lock_file(int fd) const {
    const std::lock_guard lock{machine_->mutex};
    return machine_->descriptors.at(fd).is_lock_file;
  }
  [[nodiscard]] simulated_disk::number node(int fd) const {
    return machine_->descriptors.at(fd).which;
  }

  template <class Action>
  auto call(std::string_view name, std::size_t& most, Action action) -> decltype(action()) {
    const call_gate::passage through{machine_->gate, name};
    const std::lock_guard lock{machine_->mutex};
    if (machine_->disturb) {
      const auto trouble = machine_->disturb(name);
      if (trouble.code != 0) return failed(trouble.code);
      most = std::min(most, trouble.most_bytes);
    }
    return action();
  }
  template <class Action>
  int call(std::string_view name, Action action) {
    std::size_t most = 0; // bytes, of which it moves none
    return call(name, most, action);
  }

  int sync(std::string_view name, int fd) {
    const call_gate::passage through{machine_->gate, name};
    const std::lock_guard lock{machine_->mutex};
    if (machine_->disk.is_directory(node(fd))) name = "fsync of a directory";
    const int code = machine_->disturb ? machine_->disturb(name).code : 0;
    const bool changes = !machine_->disk.is_synced(node(fd));
    if (code != 0)
      machine_->disk.fail_to_sync(node(fd), machine_->draw);
    else
      machine_->disk.sync(node(fd));
    if (changes) tell();
    return code == 0 ? 0 : failed(code);
  }

  void describe(simulated_disk::number which, struct stat& status) const {
    const simulated_disk& disk = machine_->disk;
    status = {};
    status.st_ino = which;
    status.st_mode = disk.is_directory(which) ? S_IFDIR | 0777 : S_IFREG | 0666;
    status.st_size = static_cast<off_t>(disk.bytes(which).size());
    status.st_mtim.tv_sec = static_cast<time_t>(disk.modified(which));
  }

  std::shared_ptr<simulated_machine> machine_;
};

/// The same, for which a few events are a long log, that has an index beside it.
class indexing_files : public simulated_files {
public:
  indexing_files() = default;
  explicit indexing_files(const simulated_files& files) : simulated_files{files} {}
  static constexpr std::uint64_t least_indexed_events = 2;
};

static_assert(jsonl::file_calls<simulated_files>);

} // namespace evstore::tests
