#pragma once

#include <evstore/adapter.hpp>
#include <evstore/position.hpp>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace evstore::convex {

/// Looks out for commits that others have made, and says when there are some. A thread of its own,
/// which does nothing while nothing is appended. One's own commits, of which it hears too, cost it a
/// look every few milliseconds at most; commits of others are then seen as much later.
template <class Adapter>
class commit_watch {
public:
  /// `known` says up to where commits need no word, one's own in flight among them; `catch_up` takes in
  /// what is beyond and returns when it has, or could not, after which it is tried again.
  commit_watch(Adapter log, std::function<global_position()> known, std::function<void()> catch_up)
      : log_{std::move(log)}, known_{std::move(known)}, catch_up_{std::move(catch_up)},
        thread_{[this] { watch(); }} {}
  commit_watch(const commit_watch&) = delete;
  commit_watch& operator=(const commit_watch&) = delete;
  ~commit_watch() {
    {
      const std::lock_guard lock{mutex_};
      closing_ = true;
    }
    closed_.notify_all();
    thread_.join();
  }

private:
  static constexpr std::chrono::milliseconds slice{100}; // so long an end may take
  static constexpr std::chrono::milliseconds breath{2};

  void watch() {
    for (auto pause = breath; !is_closing_within(pause);) {
      pause = slice; // unless all is well
      try {
        const global_position from = known_();
        const global_position head = log_.wait_beyond(from, slice);
        if (head > known_()) catch_up_();
        if (head <= known_()) pause = head > from ? breath : std::chrono::milliseconds{0};
      } catch (const std::exception&) { // the store cannot be asked; who appends or reads is told
      }
    }
  }

  bool is_closing_within(std::chrono::milliseconds time) {
    std::unique_lock lock{mutex_};
    return closed_.wait_for(lock, time, [this] { return closing_; });
  }

  Adapter log_;
  const std::function<global_position()> known_;
  const std::function<void()> catch_up_;
  std::mutex mutex_; // guards what follows
  std::condition_variable closed_;
  bool closing_ = false;
  std::thread thread_; // last: it uses all of the above
};

} // namespace evstore::convex
