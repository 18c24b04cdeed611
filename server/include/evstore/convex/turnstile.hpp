#pragma once

#include <atomic>
#include <mutex>
#include <shared_mutex>

namespace evstore::convex {

/// A lock for many readers, and for a writer who is not kept waiting by those who come later: the
/// `std::shared_mutex` of glibc lets readers in as long as there are others. While nobody writes, readers
/// pay one load for it. Models the standard's SharedLockable.
class turnstile {
public:
  void lock() {
    const std::lock_guard turn{turn_};
    is_closed_ = true;
    readers_.lock();
    is_closed_ = false;
  }
  void unlock() { readers_.unlock(); }

  void lock_shared() {
    if (is_closed_) const std::lock_guard turn{turn_};
    readers_.lock_shared();
  }
  void unlock_shared() { readers_.unlock_shared(); }

private:
  std::mutex turn_; // held by a writer until it has the other
  std::atomic<bool> is_closed_{false};
  std::shared_mutex readers_;
};

} // namespace evstore::convex
