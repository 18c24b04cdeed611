#pragma once

#include <evstore/postgres/adapter.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace evstore::tests {

/// Threads that append until they are told to stop, each to a stream of its own, and send what is not
/// acknowledged again.
class load {
public:
  explicit load(postgres::adapter store) {
    for (std::uint64_t thread = 0; thread < 4; ++thread)
      threads_.emplace_back([this, thread, store]() mutable { append_to(store, thread); });
  }
  ~load() { stop(); }

  /// Waits until so many more are acknowledged.
  void wait_for(std::size_t more) {
    const std::size_t until = acknowledged_ + more;
    while (acknowledged_ < until) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  /// The ids of what is acknowledged.
  std::set<event_id> stop() {
    stops_ = true;
    for (std::thread& thread : threads_)
      if (thread.joinable()) thread.join();
    return ids_;
  }
  [[nodiscard]] int doubts() const { return doubts_; }

private:
  void append_to(postgres::adapter& store, std::uint64_t thread) {
    for (std::uint64_t n = 0; !stops_; ++n) {
      const event_id id = testing::id_of(thread << 32U | n);
      const testing::plain_commit commit{
          {{"s-" + std::to_string(thread), exactly(n), {{.type = "a", .id = id}}}}, {}};
      if (!is_stored(store, commit)) return;
      const std::lock_guard lock{mutex_};
      ids_.insert(id);
      ++acknowledged_;
    }
  }
  bool is_stored(postgres::adapter& store, const testing::plain_commit& commit) {
    while (true) {
      try {
        testing::append(store, commit).value();
        return true;
      } catch (const error& why) {
        if (!why.retryable()) throw;
        if (why.code() == errc::append_in_doubt) ++doubts_;
        if (stops_) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
      }
    }
  }

  std::atomic<bool> stops_{false};
  std::atomic<std::size_t> acknowledged_{0};
  std::atomic<int> doubts_{0};
  std::mutex mutex_;
  std::set<event_id> ids_;
  std::vector<std::thread> threads_;
};

inline std::multiset<event_id> stored_ids(postgres::adapter store) {
  std::multiset<event_id> ids;
  for (const event_record& event : testing::collect(store.read_all(query::all(), {})))
    ids.insert(*event.id);
  return ids;
}

} // namespace evstore::tests
