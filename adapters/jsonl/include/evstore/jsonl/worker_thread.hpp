#pragma once

#include <evstore/error.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace evstore::jsonl {

/// Starts a thread of an open log. Throws `errc::io_failed` if the system has no room for one; then
/// nothing has happened, and the same call may succeed later.
template <class Work>
[[nodiscard]] std::thread start_thread(Work work) {
  try {
    return std::thread{std::move(work)};
  } catch (const std::system_error& why) {
    throw error{errc::io_failed,
                "the thread that writes this log in the background cannot be started (" +
                    why.code().message() + ")"};
  }
}

/// Work that a thread of its own does now and then, from `start` until `stop`.
class repeated_work {
public:
  repeated_work() = default;
  repeated_work(const repeated_work&) = delete;
  repeated_work& operator=(const repeated_work&) = delete;
  ~repeated_work() { stop(); }

  /// `work` says whether it is to be called again. Throws as `start_thread` does.
  void start(std::chrono::milliseconds pause, std::function<bool()> work) {
    thread_ = start_thread([this, pause, work = std::move(work)] {
      while (sleeps_through(pause) && work()) {
      }
    });
  }

  /// Returns when the work is not under way, and will not be again.
  void stop() {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

private:
  bool sleeps_through(std::chrono::milliseconds pause) {
    std::unique_lock lock{mutex_};
    return !wake_.wait_for(lock, pause, [this] { return stopping_; });
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace evstore::jsonl
