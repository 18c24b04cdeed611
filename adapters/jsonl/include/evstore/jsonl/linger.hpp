#pragma once

#include <evstore/config.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace evstore::jsonl {

/// Lets the thread that is to write a batch wait for a moment until most of those whom the last
/// batch has let go are back with another commit; without it they fall into two halves that wait
/// for each other. Who is late goes with the next batch, and is on its way while this one is synced.
/// Under the writer's mutex.
class linger {
public:
  using clock = std::chrono::steady_clock;

  /// A batch is through that took so long; if all who waited for it come back, there will be so many
  /// commits.
  void expect(std::size_t commits, clock::duration took) noexcept {
    due_ = commits - commits / 4;
    patience_ = std::min<clock::duration>(longest, took / 2);
  }

  /// Returns when there are enough commits, by `count()`, or when it takes too long.
  template <class Count>
  void wait(std::unique_lock<std::mutex>& lock, Count count) {
    if (count() < due_) back_.wait_for(lock, patience_, [&] { return count() >= due_; });
  }

  /// There are so many commits now.
  void note(std::size_t commits) noexcept {
    if (commits == due_) back_.notify_one();
  }

private:
  static constexpr std::chrono::microseconds longest{50};

  std::condition_variable back_;
  std::size_t due_ = 0;
  clock::duration patience_{};
};

} // namespace evstore::jsonl
