#pragma once

#include <evstore/adapter.hpp>
#include <evstore/event_range.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace evstore {

/// The log from a position on, without an end: first what is there, then what is appended, by any
/// thread and, where the adapter can, by any process. Each event once, in the order of positions.
///
/// Pulled, not pushed: a slow consumer slows nobody. `next` lends a batch; `checkpoint()` is where
/// to go on after a restart once that batch is dealt with. One thread pulls; a `stopper()` works
/// from any thread. Facts of the library are passed over; unknown types as the policy says.
template <class Set, class Adapter>
class subscription {
public:
  /// Begins behind `after`; only events that `which` matches.
  subscription(Adapter adapter, global_position after, query which, unknown_events policy)
      : adapter_{std::move(adapter)}, seen_{after}, which_{std::move(which)}, policy_{policy},
        stopped_{std::make_shared<std::atomic<bool>>(false)} {}

  /// The next events, good until the next call: at once if some are there, else as soon as some are
  /// appended. Empty when the subscription was stopped, or when the time is up and all that was there
  /// at the call has been looked at: `next(0ms)` that is empty means that we have caught up. Throws
  /// what the adapter throws; the next call then goes on where this one began.
  std::span<const typed_event<Set>> next(std::chrono::milliseconds patience) {
    using clock = std::chrono::steady_clock;
    const auto deadline = clock::now() + bounded_patience(patience);
    std::optional<global_position> there; // at the call or a little later: looked at in any case
    batch_.clear();
    while (!stopped()) {
      const bool at_head = !pull();
      if (!batch_.empty()) return batch_;
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now());
      if (!at_head) { // events that do not concern us; writers may be faster at those than we are
        if (!there) there = adapter_.head();
        if (left <= std::chrono::milliseconds{0} && seen_ >= *there) break;
        continue;
      }
      // In slices, so that a stop is noticed while nothing happens.
      const auto slice = std::clamp(left, std::chrono::milliseconds{0}, most_wait);
      if (adapter_.wait_beyond(seen_, slice) <= seen_ && left <= slice) break;
    }
    return batch_;
  }

  /// Hands every event to `consume(typed_event)` until stopped. What it throws ends the run. Either
  /// way the event at hand counts as delivered, and those behind it do not: the checkpoint stands at
  /// it, whatever was pulled ahead.
  template <class Consumer>
  void run(Consumer&& consume) {
    while (!stopped())
      for (const typed_event<Set>& event : next(most_wait)) {
        const global_position at = event.position();
        try {
          consume(event);
        } catch (...) {
          go_back_to(at);
          throw;
        }
        if (stopped()) return go_back_to(at);
      }
  }

  /// Everything up to here has been handed out: to be stored when the last batch is dealt with, and
  /// given to the next subscription as `after`.
  [[nodiscard]] global_position checkpoint() const noexcept { return seen_; }

  /// Ends the subscription: `next` returns nothing, within a tenth of a second if it waits. Any
  /// thread; may be called after the subscription is gone.
  [[nodiscard]] auto stopper() const {
    return [flag = stopped_] { flag->store(true, std::memory_order_release); };
  }
  void stop() const noexcept { stopped_->store(true, std::memory_order_release); }
  [[nodiscard]] bool stopped() const noexcept { return stopped_->load(std::memory_order_acquire); }

private:
  using cursor_type =
      decltype(std::declval<Adapter&>().read_all(std::declval<const query&>(), store_range{}));

  static constexpr std::chrono::milliseconds most_wait{100};

  /// Gives up what was pulled ahead.
  void go_back_to(global_position delivered) noexcept {
    seen_ = delivered;
    stale_ = true;
  }

  /// Reads on: into the batch, or past what does not concern us. False at the head of the log.
  bool pull() {
    // Not before: the batch that was handed out last lives in it.
    if (std::exchange(stale_, false)) cursor_.reset();
    if (!cursor_) {
      const global_position head = adapter_.head();
      if (head <= seen_) return false;
      cursor_.emplace(adapter_.read_all(which_, {.from = seen_.next()}));
      ahead_ = head;
    }
    const auto events = next_of_cursor();
    if (events.empty()) {
      // What the filter passed over below the head that was seen first need not be read again.
      seen_ = std::max(seen_, ahead_);
      stale_ = true;
    }
    for (const event_view& event : events) {
      if (!take(event)) {
        if (batch_.empty()) detail::throw_unknown(event);
        break;
      }
      seen_ = event.position;
    }
    return true;
  }

  /// A cursor that failed is given up: the next pull makes another one, from what was seen.
  std::span<const event_view> next_of_cursor() try { return cursor_->next(); } catch (...) {
    stale_ = true;
    throw;
  }

  /// False for an event that may not be passed over: what stands before it is handed out first, and the
  /// next pull comes back to it.
  bool take(const event_view& event) {
    if (is_reserved(event.type)) return true;
    if (policy_ == unknown_events::preserve || index_of<Set>(event.type)) {
      batch_.emplace_back(event);
      return true;
    }
    if (policy_ == unknown_events::skip) return true;
    stale_ = true;
    return false;
  }

  Adapter adapter_;
  global_position seen_;
  global_position ahead_{};
  query which_;
  unknown_events policy_;
  std::shared_ptr<std::atomic<bool>> stopped_;
  std::optional<cursor_type> cursor_;
  bool stale_ = false; // the cursor is to be replaced
  std::vector<typed_event<Set>> batch_;
};

} // namespace evstore
