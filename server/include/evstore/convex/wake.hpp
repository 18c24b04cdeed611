#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace evstore::convex {

/// Called when somebody may have to look again; by any thread, and soon done.
using wake_call = std::shared_ptr<const std::function<void()>>;

/// Who is woken after each commit. Any thread. A call may still be under way when a place is given up.
class wake_list {
public:
  /// In the list, until it is destroyed; not longer than the list.
  class place {
  public:
    place(wake_list& list, wake_call wake) : list_{&list}, wake_{std::move(wake)} {
      const std::lock_guard lock{list_->mutex_};
      list_->calls_.insert(wake_);
    }
    place(place&& other) noexcept
        : list_{std::exchange(other.list_, nullptr)}, wake_{std::move(other.wake_)} {}
    place& operator=(place&&) = delete;
    ~place() {
      if (list_ == nullptr) return;
      const std::lock_guard lock{list_->mutex_};
      list_->calls_.erase(list_->calls_.find(wake_));
    }

  private:
    wake_list* list_;
    wake_call wake_;
  };

  void wake_all() {
    std::vector<wake_call> all;
    {
      const std::lock_guard lock{mutex_};
      all.assign(calls_.begin(), calls_.end());
    }
    for (const wake_call& each : all) (*each)();
  }

private:
  std::mutex mutex_;
  std::multiset<wake_call> calls_;
};

} // namespace evstore::convex
