#pragma once

#include <evstore/adapter.hpp>
#include <evstore/postgres/connection_pool.hpp>
#include <evstore/postgres/stored_events.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace evstore::postgres {

namespace detail {
inline constexpr statement read_channel{"read_channel", "select channel(), pg_is_in_recovery()"};
} // namespace detail

/// Who waits for commits, of this process or of any other. The first to wait starts a thread with a
/// connection of its own, on which the server says the head after each commit (LISTEN). A
/// notification is a hint: the server is also asked when the connection is new, and now and then, so
/// nothing is missed when it is lost, which is how a standby, that cannot notify, is followed at all.
class head_watch {
public:
  explicit head_watch(std::shared_ptr<connection_pool> pool) : pool_{std::move(pool)} {}
  ~head_watch() {
    if (!follower_.joinable()) return;
    {
      const std::lock_guard lock{mutex_};
      is_closing_ = true;
    }
    static_cast<void>(::write(wake_[1], "", 1));
    follower_.join();
    ::close(wake_[0]);
    ::close(wake_[1]);
  }
  head_watch(const head_watch&) = delete;
  head_watch& operator=(const head_watch&) = delete;

  /// Somebody knows that the log reaches so far.
  void tell(global_position head) {
    {
      const std::lock_guard lock{mutex_};
      if (head <= head_) return;
      head_ = head;
    }
    grown_.notify_all();
  }

  global_position wait_beyond(global_position after, std::chrono::milliseconds patience) {
    tell(head_of(*pool_->take(), pool_->is_fenced()));
    std::unique_lock lock{mutex_};
    if (head_ > after || patience.count() <= 0) return head_;
    if (!follower_.joinable()) start();
    grown_.wait_for(lock, bounded_patience(patience), [&] { return head_ > after; });
    return head_;
  }

private:
  static constexpr std::chrono::milliseconds longest_pause{2000};

  void start() {
    if (::pipe(wake_) != 0)
      throw error{errc::io_failed, "cannot make a pipe: " + std::system_category().message(errno)};
    for (const int end : wake_) ::fcntl(end, F_SETFD, FD_CLOEXEC);
    follower_ = std::thread{[this] { follow(); }};
  }

  [[nodiscard]] bool is_closing() {
    const std::lock_guard lock{mutex_};
    return is_closing_;
  }

  /// Listens, and begins again whenever the connection is lost.
  void follow() noexcept {
    std::chrono::milliseconds pause{0};
    while (!is_closing()) {
      try {
        const std::unique_ptr<connection> on = pool_->open();
        const answer asked = on->execute(detail::read_channel, {});
        const bool can_listen = !asked.boolean(0, 1);
        if (can_listen) on->execute(("listen " + std::string{asked.bytes(0, 0)}).c_str());
        while (!is_closing()) {
          tell(head_of(*on, pool_->is_fenced()));
          pause = std::chrono::milliseconds{0};
          listen(*on);
        }
      } catch (const std::exception&) { // whoever reads or appends is told
        pollfd closing{wake_[0], POLLIN, 0};
        ::poll(&closing, 1, static_cast<int>(pause.count()));
        pause = std::min(2 * pause + std::chrono::milliseconds{50}, longest_pause);
      }
    }
  }

  /// Until it is time to ask the server again.
  void listen(connection& on) {
    using clock = std::chrono::steady_clock;
    const auto until = clock::now() + pool_->how().poll_interval;
    while (!is_closing()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
      if (left.count() <= 0) return;
      on.wait_for_input(wake_[0], static_cast<int>(left.count()));
      bool is_to_ask = false;
      while (const auto said = on.next_notification()) {
        is_to_ask = pool_->is_fenced(); // where a commit that is told of may not be shown yet
        if (is_to_ask) continue;
        std::uint64_t head = 0;
        std::from_chars(said->data(), said->data() + said->size(), head);
        tell(global_position{head});
      }
      if (is_to_ask) return;
    }
  }

  std::shared_ptr<connection_pool> pool_;
  std::mutex mutex_; // guards what follows
  std::condition_variable grown_;
  global_position head_;
  bool is_closing_ = false;
  int wake_[2] = {-1, -1};
  std::thread follower_;
};

} // namespace evstore::postgres
