#pragma once

#include <evstore/config.hpp>

#include <atomic>
#include <climits>
#include <cstdint>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace evstore::jsonl {

/// A word that threads wait for, in the kernel, until it is another. What `std::atomic` has for that
/// (`wait`, `notify_all`) yields the processor a few times before it sleeps, and where other programs
/// want the processor each yield can take a scheduler's tick of 4 ms: group commit of 32 threads was
/// three times slower with it.
class wait_word {
public:
  explicit wait_word(std::uint32_t value) noexcept : value_{value} {}

  [[nodiscard]] std::uint32_t load() const noexcept {
    return value_.load(std::memory_order_acquire);
  }
  /// Changes the word without waking anybody.
  void store(std::uint32_t value) noexcept { value_.store(value, std::memory_order_release); }

  /// Returns when the word is not `old`; perhaps earlier.
  void wait_while(std::uint32_t old) const noexcept { call(FUTEX_WAIT_PRIVATE, old); }
  void wake_one() const noexcept { call(FUTEX_WAKE_PRIVATE, 1); }
  void wake_all() const noexcept { call(FUTEX_WAKE_PRIVATE, INT_MAX); }

private:
  static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t) &&
                std::atomic<std::uint32_t>::is_always_lock_free);

  void call(int operation, std::uint32_t argument) const noexcept {
    ::syscall(SYS_futex, &value_, operation, argument, nullptr, nullptr, 0);
  }

  std::atomic<std::uint32_t> value_;
};

} // namespace evstore::jsonl
