#pragma once

#include <evstore/commit.hpp>
#include <evstore/fold.hpp>
#include <evstore/position.hpp>
#include <evstore/store.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace evstore::convex {

/// Takes in the log behind what the state has, up to a position. Linear in the events between.
template <class Set, class Adapter, class State>
void fold_up_to(store<Set, Adapter>& log, folded<State>& state, global_position upto) {
  if (upto <= state.position) return;
  auto cursor = log.adapter().read_all(query::all(), {.from = state.position.next()});
  for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next()) {
    const auto beyond = std::find_if(
        batch.begin(), batch.end(), [&](const event_view& event) { return event.position > upto; });
    fold_events<Set>(state, batch.first(static_cast<std::size_t>(beyond - batch.begin())),
                     log.options().unknown);
    if (beyond != batch.end()) break;
  }
}

/// Takes in a commit as the log has it, or will have it.
template <class Set, class State>
void fold_commit(folded<State>& state, const commit_view& commit, const append_receipt& receipt,
                 unknown_events policy) {
  std::vector<event_view> events;
  commit_part part{0, static_cast<std::uint32_t>(commit.event_count())};
  for (std::size_t i = 0; i < commit.writes.size(); ++i) {
    const stream_write& write = commit.writes[i];
    std::uint64_t version = receipt.versions[i].value() - write.events.size();
    for (const new_event& event : write.events) {
      const global_position position{receipt.first.value() + part.index++};
      events.push_back(
          placed(event, position, write.stream, stream_version{++version}, part, timestamp{}));
    }
  }
  fold_events<Set>(state, events, policy);
}

/// The last event of the last commit that is whole at a position.
template <class Set, class Adapter>
global_position end_of_commit_at(store<Set, Adapter>& log, global_position at) {
  if (at == global_position::origin()) return at;
  std::uint64_t passed = 0;
  std::uint64_t partial = 0; // events of a commit that is not
  auto cursor = log.adapter().read_all(
      query::all(), {.order = direction::backwards, .from = at, .limit = std::nullopt});
  for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
    for (const event_view& event : batch) {
      if (passed == 0 && event.commit.index != event.commit.count) partial = event.commit.index;
      if (passed++ == partial) return event.position;
    }
  return global_position::origin();
}

/// The past states that were asked for last. Who looks at one asks more than one question of it, and then
/// for the next. Any thread.
template <class State>
class recent_pasts {
public:
  using shared_past = std::shared_ptr<const folded<State>>;

  /// The state at a position, or the newest before it; null if there is none.
  [[nodiscard]] shared_past newest_before(global_position at) {
    const std::lock_guard lock{mutex_};
    shared_past found;
    for (const shared_past& known : kept_)
      if (known && known->position <= at && (!found || known->position > found->position))
        found = known;
    return found;
  }

  /// Instead of the oldest.
  void keep(shared_past past) {
    const std::lock_guard lock{mutex_};
    kept_[next_++ % kept_.size()] = std::move(past);
  }

private:
  std::mutex mutex_; // guards what follows
  std::array<shared_past, 2> kept_;
  std::size_t next_ = 0;
};

/// When the newest event was recorded.
template <class Set, class Adapter>
timestamp newest_time(store<Set, Adapter>& log) {
  auto cursor = log.adapter().read_all(
      query::all(), {.order = direction::backwards, .from = std::nullopt, .limit = 1});
  const auto newest = cursor.next();
  return newest.empty() ? timestamp{} : newest.front().time;
}

} // namespace evstore::convex
