#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace evstore::tests {

/// Holds calls that other threads make until the thread that made the gate lets them go on. So what
/// several threads do happens in one order, which is the same in each run.
class call_gate {
public:
  /// From now on, calls of that name wait, one at a time.
  void hold(std::string_view call) {
    const std::lock_guard lock{mutex_};
    held_.try_emplace(std::string{call});
  }
  /// Returns when a call waits, or once none is to be expected any more.
  template <class Predicate>
  void wait_for(std::string_view call, Predicate is_over) {
    constexpr std::chrono::milliseconds now_and_then{1};
    constexpr std::chrono::minutes patience{1};
    const auto end = std::chrono::steady_clock::now() + patience;
    std::unique_lock lock{mutex_};
    const door& here = held_.find(call)->second;
    while (here.came == here.let_in && !is_over()) {
      if (std::chrono::steady_clock::now() > end)
        throw std::runtime_error{"no thread comes to call " + std::string{call}};
      changed_.wait_for(lock, now_and_then);
    }
  }
  void wait_for(std::string_view call) {
    wait_for(call, [] { return false; });
  }
  /// Lets the call that waits go on, and returns when it is done. The next one waits again.
  void pass(std::string_view call) {
    std::unique_lock lock{mutex_};
    door& here = held_.find(call)->second;
    const std::uint64_t mine = ++here.let_in;
    changed_.notify_all();
    changed_.wait(lock, [&] { return here.done >= mine; });
  }
  /// Lets all of them go on.
  void release(std::string_view call) {
    const std::lock_guard lock{mutex_};
    held_.erase(std::string{call});
    changed_.notify_all();
  }

  /// A call, for as long as this exists. Without a gate nobody waits.
  class passage {
  public:
    passage(call_gate* gate, std::string_view call) : gate_{gate}, call_{call} {
      if (gate_ != nullptr) gate_->enter(call_);
    }
    passage(const passage&) = delete;
    passage& operator=(const passage&) = delete;
    ~passage() {
      if (gate_ != nullptr) gate_->leave(call_);
    }

  private:
    call_gate* gate_;
    std::string_view call_;
  };

private:
  struct door {
    std::uint64_t came = 0;
    std::uint64_t let_in = 0;
    std::uint64_t done = 0;
  };

  void enter(std::string_view call) {
    if (std::this_thread::get_id() == owner_) return;
    std::unique_lock lock{mutex_};
    const auto here = held_.find(call);
    if (here == held_.end()) return;
    const std::uint64_t mine = ++here->second.came;
    changed_.notify_all();
    changed_.wait(lock, [&] {
      const auto now = held_.find(call);
      return now == held_.end() || now->second.let_in >= mine;
    });
  }
  void leave(std::string_view call) {
    if (std::this_thread::get_id() == owner_) return;
    const std::lock_guard lock{mutex_};
    if (const auto here = held_.find(call); here != held_.end()) ++here->second.done;
    changed_.notify_all();
  }

  const std::thread::id owner_ = std::this_thread::get_id();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, door, std::less<>> held_;
};

} // namespace evstore::tests
