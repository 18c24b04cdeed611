#pragma once

#include <evstore/config.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace evstore::jsonl {

/// Waits until one of two files may have changed: woken by the kernel (inotify) where it can, and
/// after a while anyway, because not every file system tells. One thread at a time.
class change_watch {
public:
  /// `beside` need not be there, nor come to be.
  change_watch(const std::string& path, std::string beside)
      : descriptor_{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)}, beside_{std::move(beside)} {
    if (descriptor_ >= 0 && !add(path)) close();
    if (descriptor_ >= 0) has_beside_ = add(beside_);
  }
  change_watch(const change_watch&) = delete;
  change_watch& operator=(const change_watch&) = delete;
  ~change_watch() { close(); }

  /// Returns after a change that happened since the watch was made or waited last, or after
  /// `patience`, or earlier for no reason.
  void wait(std::chrono::milliseconds patience) noexcept {
    constexpr std::chrono::milliseconds told{200};
    constexpr std::chrono::milliseconds untold{5};
    if (descriptor_ < 0) {
      std::this_thread::sleep_for(patience < untold ? patience : untold);
      return;
    }
    if (!has_beside_) has_beside_ = add(beside_);
    pollfd waited{descriptor_, POLLIN, 0};
    const auto longest = patience < told ? patience : told;
    if (::poll(&waited, 1, static_cast<int>(longest.count())) <= 0) return;
    std::array<char, 4096> events; // what they say is not needed, only that they came
    while (::read(descriptor_, events.data(), events.size()) > 0) {
    }
  }

private:
  bool add(const std::string& path) const noexcept {
    return ::inotify_add_watch(descriptor_, path.c_str(),
                               IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF) >= 0;
  }

  void close() noexcept {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

  int descriptor_;
  std::string beside_;
  bool has_beside_ = false;
};

} // namespace evstore::jsonl
