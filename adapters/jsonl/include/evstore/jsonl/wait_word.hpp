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
  void store(std::uint32_t value) noexcept { value_.store(value); }

  /// Returns when the word is not `old`; perhaps earlier.
  void wait_while(std::uint32_t old) const noexcept {
    waiting_.fetch_add(1);
    call(FUTEX_WAIT_PRIVATE, old);
    waiting_.fetch_sub(1);
  }
  /// The kernel is not called when nobody waits: who begins to wait behind our look at the count finds
  /// the word changed, because all of them are changed and looked at in one order.
  void wake_one() const noexcept { wake(1); }
  void wake_all() const noexcept { wake(INT_MAX); }

private:
  static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t) &&
                std::atomic<std::uint32_t>::is_always_lock_free);

  void wake(std::uint32_t most) const noexcept {
    if (waiting_.load() != 0) call(FUTEX_WAKE_PRIVATE, most);
  }
  void call(int operation, std::uint32_t argument) const noexcept {
    ::syscall(SYS_futex, &value_, operation, argument, nullptr, nullptr, 0);
  }

  std::atomic<std::uint32_t> value_;
  mutable std::atomic<std::uint32_t> waiting_{0};
};

} // namespace evstore::jsonl
