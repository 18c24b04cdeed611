#pragma once

#include <evstore/adapter.hpp>
#include <evstore/admission.hpp>
#include <evstore/check.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// The reference adapter: a store in the memory of one process, and the first file to read, or to
/// copy, for whoever writes another. It has three parts, as every adapter has: what is stored and
/// how it is found again (`detail::log`), a cursor over it, and the handle that users hold, which
/// does the locking. The rules of append are not here: `admit` knows them, and asks the log four
/// questions.

namespace evstore::memory {

namespace detail {

/// A stored event never changes and never moves, so cursors lend views of it with no lock held.
struct stored_event {
  stored_event(const new_event& event, global_position position, std::string_view stream,
               const stream_state& before, timestamp now, commit_part part)
      : after{before.after(event.type, event.data.text())} {
    std::size_t size = event.type.size() + event.data.text().size() + event.metadata.text().size();
    for (std::string_view tag : event.tags) size += tag.size();
    bytes = std::make_unique_for_overwrite<char[]>(size);
    char* end = bytes.get();
    const auto keep = [&](std::string_view text) {
      std::copy(text.begin(), text.end(), end);
      end += text.size();
      return std::string_view{end - text.size(), text.size()};
    };
    tags.reserve(event.tags.size());
    for (std::string_view tag : event.tags) tags.push_back(keep(tag));
    view = {.position = position,
            .stream = stream,
            .version = after.version,
            .type = keep(event.type),
            .schema = event.schema,
            .id = event.id,
            .time = event.time.value_or(now),
            .commit = part,
            .tags = tags,
            .data = keep(event.data.text()),
            .metadata = keep(event.metadata.text())};
  }
  stored_event(const stored_event&) = delete;

  stream_state after; ///< what the stream was once it had this event
  event_view view;    ///< borrows from the members below, and the name from the log's table
  std::vector<std::string_view> tags;
  std::unique_ptr<char[]> bytes;
};

struct by_bytes {
  std::size_t operator()(const event_id& id) const noexcept {
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()});
  }
};
struct by_text {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

/// The events of one stream: that of version v stands at v - 1. Streams are never removed.
struct stream {
  std::vector<const stored_event*> events;
  std::unordered_map<event_id, const stored_event*, by_bytes> ids;

  [[nodiscard]] stream_state state() const noexcept {
    return events.empty() ? stream_state{} : events.back()->after;
  }
  /// What the stream was when the store's head was `head`. Logarithmic.
  [[nodiscard]] stream_state state_at(global_position head) const noexcept {
    const auto later =
        std::upper_bound(events.begin(), events.end(), head,
                         [](auto at, const auto* event) { return at < event->view.position; });
    return later == events.begin() ? stream_state{} : (*std::prev(later))->after;
  }
};

/// Everything that is stored. Models `commit_index`. Does no locking: the handle does.
class log {
public:
  [[nodiscard]] global_position head() const noexcept { return global_position{events_.size()}; }
  [[nodiscard]] const stored_event& at(global_position position) const noexcept {
    return events_[position.value() - 1];
  }
  [[nodiscard]] const stream* find(std::string_view name) const noexcept {
    const auto found = streams_.find(name);
    return found == streams_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] stream_state state_of(std::string_view name) const noexcept {
    const stream* found = find(name);
    return found ? found->state() : stream_state{};
  }
  [[nodiscard]] std::optional<event_record> find_event(std::string_view name,
                                                       const event_id& id) const {
    const stream* in = find(name);
    if (in == nullptr) return std::nullopt;
    const auto found = in->ids.find(id);
    if (found == in->ids.end()) return std::nullopt;
    return event_record{found->second->view};
  }
  /// Linear in the number of events after `after`.
  [[nodiscard]] std::optional<global_position> first_match(const query& which,
                                                           global_position after) const noexcept {
    for (global_position p = after.next(); p <= head(); p = p.next())
      if (const stored_event& event = at(p); which.matches(event.view) && shows(event, head()))
        return p;
    return std::nullopt;
  }
  /// Whether a reader who sees the store up to `head` sees this event. What is shown now was shown
  /// before; only an event that was deleted since takes a search.
  [[nodiscard]] bool shows(const stored_event& event, global_position head) const noexcept {
    const stream& in = *find(event.view.stream);
    return event.view.version >= in.state().first || event.view.version >= in.state_at(head).first;
  }

  /// Stores an admitted commit; if memory runs out on the way, nothing of it.
  void add(const commit_view& commit) {
    const global_position before = head();
    const auto now =
        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    commit_part part{0, static_cast<std::uint32_t>(commit.event_count())};
    try {
      for (const stream_write& write : commit.writes) {
        if (write.events.empty()) continue; // a guard does not make the stream
        const auto found = streams_.try_emplace(std::string{write.stream}).first;
        for (const new_event& event : write.events) {
          ++part.index;
          add(event, found->first, found->second, now, part);
        }
      }
    } catch (...) {
      while (head() > before) remove_last();
      throw;
    }
  }

private:
  void add(const new_event& event, std::string_view name, stream& in, timestamp now,
           commit_part part) {
    const stored_event& stored =
        events_.emplace_back(event, head().next(), name, in.state(), now, part);
    if (event.id) in.ids.emplace(*event.id, &stored);
    in.events.push_back(&stored);
  }
  void remove_last() noexcept {
    const stored_event& last = events_.back();
    stream& in = streams_.find(last.view.stream)->second;
    if (last.view.id) in.ids.erase(*last.view.id);
    if (!in.events.empty() && in.events.back() == &last) in.events.pop_back();
    events_.pop_back();
  }

  std::deque<stored_event> events_; // a deque: growing at the end moves nothing
  std::unordered_map<std::string, stream, by_text, std::equal_to<>> streams_;
};

/// What the copies of a handle share.
struct shared_store {
  std::shared_mutex mutex;
  std::condition_variable_any grown;
  log events;
  std::unordered_map<std::string, snapshot_record, by_text, std::equal_to<>> snapshots;
};

} // namespace detail

/// Models `event_cursor`. Keeps the store alive, and holds its lock only while it gathers a batch.
class cursor {
public:
  [[nodiscard]] std::span<const event_view> next() {
    batch_.clear();
    while (batch_.empty() && first_ < end_ && left_ > 0) {
      // The lock is given back between steps, so a search for a rare event does not stop writers.
      const std::shared_lock lock{store_->mutex};
      for (std::size_t step = 0; step < step_size && first_ < end_ && left_ > 0; ++step) {
        const std::uint64_t number = order_ == direction::forwards ? ++first_ : end_--;
        const detail::stored_event& event =
            stream_ ? *stream_->events[number - 1] : store_->events.at(global_position{number});
        if (!stream_ && !(which_.matches(event.view) && store_->events.shows(event, head_)))
          continue;
        batch_.push_back(event.view);
        --left_;
      }
    }
    return batch_;
  }

private:
  friend class adapter;
  static constexpr std::size_t step_size = 256;

  cursor(std::shared_ptr<detail::shared_store> store, const detail::stream* in, query which,
         direction order, std::optional<std::uint64_t> limit)
      : store_{std::move(store)}, stream_{in}, which_{std::move(which)}, order_{order},
        left_{limit.value_or(std::numeric_limits<std::uint64_t>::max())},
        head_{store_->events.head()} {}

  /// Numbers (versions or positions) first to last are there; the reader begins at `from`.
  void span_numbers(std::uint64_t first, std::uint64_t last, std::optional<std::uint64_t> from) {
    if (from && order_ == direction::forwards) first = std::max(first, *from);
    if (from && order_ == direction::backwards) last = std::min(last, *from);
    first_ = first - 1;
    end_ = last;
  }

  std::shared_ptr<detail::shared_store> store_;
  const detail::stream* stream_; // absent: the whole store
  query which_;
  direction order_;
  std::uint64_t left_;
  global_position head_;
  std::uint64_t first_ = 0; // the numbers still to come are those in (first_, end_]
  std::uint64_t end_ = 0;
  std::vector<event_view> batch_;
};

/// A store in memory, gone with its last handle. Copies of a handle share one store. Any number of
/// threads may use one handle or several; readers never wait for each other. An append is constant
/// time per event, except that a condition searches the events after its position.
class adapter {
public:
  append_result append(const commit_view& commit) {
    require_valid(commit);
    append_result verdict = [&] {
      const std::unique_lock lock{store_->mutex};
      append_result admitted = admit(store_->events, commit);
      if (admitted && !admitted->replayed) store_->events.add(commit);
      return admitted;
    }();
    if (verdict) store_->grown.notify_all();
    return verdict;
  }

  [[nodiscard]] cursor read_stream(std::string_view name, const stream_range& range) const {
    const std::shared_lock lock{store_->mutex};
    const detail::stream* found = store_->events.find(name);
    cursor reader{store_, found, query::all(), range.order, range.limit};
    const stream_state state = found ? found->state() : stream_state{};
    reader.span_numbers(state.first.value(), state.version.value(),
                        range.from ? std::optional{range.from->value()} : std::nullopt);
    return reader;
  }

  [[nodiscard]] cursor read_all(const query& which, const store_range& range) const {
    const std::shared_lock lock{store_->mutex};
    cursor reader{store_, nullptr, which, range.order, range.limit};
    reader.span_numbers(1, store_->events.head().value(),
                        range.from ? std::optional{range.from->value()} : std::nullopt);
    return reader;
  }

  [[nodiscard]] stream_state state_of(std::string_view name) const {
    const std::shared_lock lock{store_->mutex};
    return store_->events.state_of(name);
  }

  [[nodiscard]] global_position head() const {
    const std::shared_lock lock{store_->mutex};
    return store_->events.head();
  }

  [[nodiscard]] global_position wait_beyond(global_position after,
                                            std::chrono::milliseconds patience) const {
    constexpr std::chrono::hours longest{24 * 365}; // the clock's arithmetic must not overflow
    std::shared_lock lock{store_->mutex};
    store_->grown.wait_for(lock, std::min<std::chrono::milliseconds>(patience, longest),
                           [&] { return store_->events.head() > after; });
    return store_->events.head();
  }

  void save_snapshot(std::string_view key, const snapshot_view& snapshot) {
    snapshot_record kept{snapshot.version, snapshot.position, snapshot.fingerprint,
                         std::string{snapshot.state}};
    const std::unique_lock lock{store_->mutex};
    store_->snapshots.insert_or_assign(std::string{key}, std::move(kept));
  }

  [[nodiscard]] snapshot_lookup load_snapshot(std::string_view key) const {
    const std::shared_lock lock{store_->mutex};
    const auto found = store_->snapshots.find(key);
    if (found == store_->snapshots.end()) return {};
    if (found->second.position > store_->events.head())
      return {std::nullopt, "the snapshot is of a position that the store has not reached"};
    return {found->second, {}};
  }

private:
  std::shared_ptr<detail::shared_store> store_ = std::make_shared<detail::shared_store>();
};

static_assert(check_adapter<adapter>());

} // namespace evstore::memory
