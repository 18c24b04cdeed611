#pragma once

#include <evstore/adapter.hpp>
#include <evstore/jsonl/log_replay.hpp>
#include <evstore/jsonl/record_fetch.hpp>
#include <evstore/jsonl/shared_log.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::jsonl {

/// Models `event_cursor` over a log. Keeps the file open, and takes the log's lock only to look up
/// where the next records stand. Replays the file from front to back when everything is asked for,
/// and otherwise fetches the records that the index names.
template <file_calls Files>
class basic_cursor {
public:
  /// The events of a stream.
  basic_cursor(std::shared_ptr<const shared_log<Files>> log, std::string_view stream,
               const stream_range& range)
      : basic_cursor{std::move(log), range.order, range.limit} {
    stream_ = stream;
    const stream_state state = log_->ask([&] {
      head_ = log_->end.position;
      return log_->index.state_of(stream);
    });
    first_ = state.first.value();
    last_ = state.version.value();
    narrow(range.from ? std::optional{range.from->value()} : std::nullopt);
  }

  /// The events of the store that a query matches.
  basic_cursor(std::shared_ptr<const shared_log<Files>> log, const query& which,
               const store_range& range)
      : basic_cursor{std::move(log), range.order, range.limit} {
    which_ = which;
    struct {
      std::uint64_t from = 0;
      std::uint64_t to = 0;
      std::uint64_t unsealed = 0;
    } bytes;
    const bool replays = log_->ask([&] {
      head_ = log_->end.position;
      first_ = 1;
      last_ = head_;
      narrow(range.from ? std::optional{range.from->value()} : std::nullopt);
      if (!which_.is_all() || range.order == direction::backwards || log_->index.hides_any() ||
          first_ > last_ || left_ == 0)
        return false;
      last_ = std::min(last_, left_ > last_ - first_ ? last_ : first_ + left_ - 1);
      bytes = {log_->index.offset_of(first_), log_->offset_behind(last_), log_->end.unsealed};
      return true;
    });
    if (replays)
      replay_ = std::make_unique<log_replay<Files>>(log_, first_, last_, bytes.from, bytes.to,
                                                    bytes.unsealed);
  }

  [[nodiscard]] std::span<const event_view> next() {
    if (replay_) return replay_->next(std::numeric_limits<std::uint64_t>::max());
    if (next_wanted_ == wanted_.size()) look_up();
    if (next_wanted_ == wanted_.size()) return {};
    const auto ahead = std::span<const located>{wanted_}.subspan(next_wanted_);
    if (order_ == direction::forwards) {
      const std::span<event_view> events = fetch_.fetch(ahead);
      next_wanted_ += events.size();
      return events;
    }
    // What is wanted ascends, and its last part comes first: all that is fetched in one piece.
    std::size_t most = ahead.size();
    std::span<event_view> events = fetch_.fetch(ahead);
    while (events.size() < most) {
      most = std::max<std::size_t>(1, most / 2);
      events = fetch_.fetch(ahead.last(most));
    }
    wanted_.resize(wanted_.size() - most);
    std::reverse(events.begin(), events.end());
    return events;
  }

private:
  static constexpr std::size_t step = 128;

  basic_cursor(std::shared_ptr<const shared_log<Files>> log, direction order,
               std::optional<std::uint64_t> limit)
      : log_{std::move(log)}, fetch_{log_}, order_{order},
        left_{limit.value_or(std::numeric_limits<std::uint64_t>::max())} {}

  void narrow(std::optional<std::uint64_t> from) noexcept {
    if (from && order_ == direction::forwards) first_ = std::max(first_, *from);
    if (from && order_ == direction::backwards) last_ = std::min(last_, *from);
  }

  /// Asks the index for the next records. [first_, last_] is what has not been asked for: versions
  /// of a stream, positions of the store.
  void look_up() {
    wanted_.clear();
    next_wanted_ = 0;
    if (first_ > last_ || left_ == 0) return;
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(step, left_));
    const bool backwards = order_ == direction::backwards;
    const std::uint64_t count = std::min<std::uint64_t>(most, last_ - first_ + 1);
    const std::uint64_t begin = backwards ? last_ - count + 1 : first_; // of the versions
    log_->ask([&] {
      if (stream_)
        log_->index.positions_of(*stream_, begin, begin + count - 1, found_);
      else
        log_->index.matches(which_, first_, last_, backwards, head_, most, found_);
      wanted_.clear();
      for (const std::uint32_t position : found_) wanted_.push_back(log_->locate(position));
    });
    left_ -= found_.size();
    if (stream_)
      (backwards ? last_ : first_) = backwards ? begin - 1 : begin + count;
    else if (found_.size() < most)
      first_ = last_ + 1; // that was all
    else
      (backwards ? last_ : first_) =
          backwards ? found_.back() - std::uint64_t{1} : found_.back() + std::uint64_t{1};
    if (backwards && !stream_) std::reverse(wanted_.begin(), wanted_.end());
  }

  std::shared_ptr<const shared_log<Files>> log_;
  std::unique_ptr<log_replay<Files>> replay_;
  record_fetch<Files> fetch_;
  std::optional<std::string> stream_;
  query which_ = query::all();
  direction order_;
  std::uint64_t left_;
  std::uint64_t head_ = 0;
  std::uint64_t first_ = 1;
  std::uint64_t last_ = 0;
  std::vector<std::uint32_t> found_;
  std::vector<located> wanted_; // ascending
  std::size_t next_wanted_ = 0;
};

} // namespace evstore::jsonl
