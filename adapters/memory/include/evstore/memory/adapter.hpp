#pragma once

#include <evstore/adapter.hpp>
#include <evstore/admission.hpp>
#include <evstore/memory/log.hpp>
#include <evstore/pending_append.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The reference adapter: a store in the memory of one process, and the first file to read, or to
/// copy, for whoever writes another. It has the three parts that every adapter has: what is stored
/// and how it is found again (log.hpp), a cursor over that, and the handle that users hold, which
/// does the locking. The rules of append are not here: `admit` knows them and asks the log.

namespace evstore::memory {

namespace detail {

/// What the copies of a handle share.
template <class Clock>
struct shared_store {
  std::shared_mutex mutex;
  std::condition_variable_any grown;
  log<Clock> events;
  by_name<snapshot_record> snapshots;
};

} // namespace detail

/// Models `event_cursor`. Keeps the store alive; holds its lock only while it gathers a batch.
template <class Clock>
class basic_cursor {
public:
  [[nodiscard]] std::span<const event_view> next() {
    batch_.clear();
    while (batch_.empty() && begin_ < end_ && left_ > 0) {
      // The lock is given back between steps, so a search for a rare event does not stop writers.
      const std::shared_lock lock{store_->mutex};
      for (std::size_t step = 0; step < step_size && begin_ < end_ && left_ > 0; ++step) {
        const std::uint64_t number = order_ == direction::forwards ? begin_++ : --end_;
        const detail::stored_event& event =
            stream_ ? *stream_->events[number - 1] : store_->events.at(global_position{number});
        if (!stream_ && !(which_.matches(event.view) && store_->events.shows(event, head_)))
          continue;
        batch_.push_back(event.view);
        --left_;
      }
    }
    return {batch_.data(), batch_.size()};
  }

private:
  template <class>
  friend class basic_adapter;
  static constexpr std::size_t step_size = 256;

  /// Of the events with the numbers (versions or positions) from `first` to `last`. The store is
  /// locked by the caller.
  template <class Range>
  basic_cursor(std::shared_ptr<detail::shared_store<Clock>> store, const detail::stream* in,
               const query& which, const Range& range, std::uint64_t first, std::uint64_t last)
      : store_{std::move(store)}, stream_{in}, which_{which}, order_{range.order},
        left_{range.limit.value_or(std::numeric_limits<std::uint64_t>::max())},
        head_{store_->events.head()}, begin_{first}, end_{last + 1} {
    if (range.from && order_ == direction::forwards) begin_ = std::max(first, range.from->value());
    if (range.from && order_ == direction::backwards)
      end_ = std::min(last, range.from->value()) + 1;
  }

  std::shared_ptr<detail::shared_store<Clock>> store_;
  const detail::stream* stream_; // null: the whole store
  query which_;
  direction order_;
  std::uint64_t left_;
  global_position head_;
  std::uint64_t begin_; // the numbers still to come are those in [begin_, end_)
  std::uint64_t end_;
  std::vector<event_view> batch_;
};

/// A store in memory, gone with its last handle and cursor. Copies of a handle share one store. Any
/// number of threads may use it at once; readers do not wait for each other. An append takes
/// constant time per event, except that a condition searches the events after its position. A handle
/// that was moved from answers every call with `errc::invalid_argument`.
///
/// `Clock` is the clock of recorded times: a test that compares stored bytes brings one that stands
/// still. It must show UTC.
template <class Clock>
class basic_adapter {
public:
  /// See `async_adapter`: there is nothing to wait for.
  completed_append append_async(const commit_view& commit) {
    return completed_append{append(commit)};
  }

  append_result append(const commit_view& commit) {
    require_valid(commit);
    std::unique_lock lock{store().mutex};
    append_result verdict = admit(store().events, commit);
    if (!verdict || verdict->replayed) return verdict;
    store().events.add(commit);
    lock.unlock();
    store().grown.notify_all();
    return verdict;
  }

  [[nodiscard]] basic_cursor<Clock> read_stream(std::string_view name,
                                                const stream_range& range) const {
    static const detail::stream nothing;
    const std::shared_lock lock{store().mutex};
    const detail::stream* found = store().events.find(name);
    const stream_state state = store().events.state_of(name);
    return {store_, found ? found : &nothing, query::all(),
            range,  state.first.value(),      state.version.value()};
  }

  [[nodiscard]] basic_cursor<Clock> read_all(const query& which, const store_range& range) const {
    const std::shared_lock lock{store().mutex};
    return {store_, nullptr, which, range, 1, store().events.head().value()};
  }

  [[nodiscard]] stream_state state_of(std::string_view name) const {
    const std::shared_lock lock{store().mutex};
    return store().events.state_of(name);
  }

  [[nodiscard]] global_position head() const {
    const std::shared_lock lock{store().mutex};
    return store().events.head();
  }

  [[nodiscard]] global_position wait_beyond(global_position after,
                                            std::chrono::milliseconds patience) const {
    std::shared_lock lock{store().mutex};
    store().grown.wait_for(lock, bounded_patience(patience),
                           [&] { return store().events.head() > after; });
    return store().events.head();
  }

  void save_snapshot(std::string_view key, const snapshot_view& snapshot) {
    require_snapshot_key(key);
    snapshot_record record{snapshot.version, snapshot.position, snapshot.fingerprint,
                           std::string{snapshot.state}};
    const std::unique_lock lock{store().mutex};
    if (snapshot.position > store().events.head())
      throw error{errc::invalid_argument, "a snapshot is of a position that the store has"};
    store().snapshots.insert_or_assign(std::string{key}, std::move(record));
  }

  [[nodiscard]] snapshot_lookup load_snapshot(std::string_view key) const {
    require_snapshot_key(key);
    const std::shared_lock lock{store().mutex};
    const auto found = store().snapshots.find(key);
    if (found == store().snapshots.end()) return {};
    return {found->second, {}};
  }

private:
  [[nodiscard]] detail::shared_store<Clock>& store() const {
    if (!store_) throw error{errc::invalid_argument, "this handle was moved from"};
    return *store_;
  }

  std::shared_ptr<detail::shared_store<Clock>> store_ =
      std::make_shared<detail::shared_store<Clock>>();
};

using adapter = basic_adapter<std::chrono::system_clock>;
using cursor = basic_cursor<std::chrono::system_clock>;

} // namespace evstore::memory
