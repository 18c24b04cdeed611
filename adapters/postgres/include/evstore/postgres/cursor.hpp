#pragma once

#include <evstore/adapter.hpp>
#include <evstore/postgres/commit_batch.hpp>
#include <evstore/postgres/connection_pool.hpp>
#include <evstore/postgres/page_query.hpp>
#include <evstore/postgres/stored_events.hpp>

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

namespace evstore::postgres {

/// Models `event_cursor`. The first page is read when the cursor is made, in one round trip that also
/// tells what the store is at that moment; later pages keep to that. Between pages nothing is held
/// open on the server. From the second page on the next one is under way while a page is looked at,
/// and who reads on has two under way, if there are connections to spare.
///
/// Memory: about 2 MiB, 24 MiB where small payloads are followed by long ones, and the longest payload.
class cursor {
public:
  /// The events of a stream.
  cursor(std::shared_ptr<connection_pool> pool, std::string_view stream, const stream_range& range)
      : cursor{std::move(pool), range} {
    // No stream has such a name, and some of them are no text to the server either.
    if (!name_defect(stream).empty()) left_ = 0;
    stream_ = stream;
    is_covered_ = pool_->has_covered_streams();
    const bool is_asked = is_more();
    begin();
    if (is_asked && is_covered_ && may_lack_long_ones()) {
      is_covered_ = false;
      rewind(range);
      begin();
    }
    if (!is_more()) return;
    const int last_row = page_.size() - 1;
    last_ = std::min(last_, page_.bigint(last_row, detail::behind_columns));
    first_ = std::max(first_, page_.bigint(last_row, detail::behind_columns + 1));
  }

  /// The events of the store that a query matches.
  cursor(std::shared_ptr<connection_pool> pool, const query& which, const store_range& range)
      : cursor{std::move(pool), range} {
    which_ = which;
    if (pool_->is_fenced()) {
      fence_ = fence_of(*pool_->take());
      rewind(range);
    }
    begin();
    // Nearly no store has deletions, and to look for them in each row is not free.
    if (page_.size() != 0 && page_.boolean(0, detail::behind_columns + 1)) {
      hides_ = true;
      rewind(range);
      begin();
    }
    if (page_.size() == 0) return;
    head_ = std::min(fence_, page_.bigint(0, detail::behind_columns));
    last_ = std::min(last_, head_);
  }

  [[nodiscard]] std::span<const event_view> next() {
    batch_.clear();
    while (row_ == page_.size()) {
      if (under_way_.empty() && !is_more()) return {};
      read_page();
    }
    if (detail::is_left_out(page_, row_))
      add_long_one();
    else
      while (row_ < page_.size() && !detail::is_left_out(page_, row_)) batch_.add(page_, row_++);
    return batch_.lend();
  }

private:
  static constexpr std::int64_t no_bound = std::numeric_limits<std::int64_t>::max();
  static constexpr std::int64_t most_rows = 2000;
  static constexpr std::int64_t first_rows = 128;
  static constexpr std::int64_t page_bytes = std::int64_t{1} << 20;
  static constexpr std::int64_t most_page_bytes = std::int64_t{1} << 23;
  static constexpr std::int64_t pages_of_short_reads = 4;

  /// A page that the server was sent for, and what had not been asked for before.
  struct request {
    connection_pool::lease on;
    std::int64_t rows;
    std::int64_t first;
    std::int64_t last;
    std::int64_t left;
    bool is_of_range;
  };

  template <class Range>
  cursor(std::shared_ptr<connection_pool> pool, const Range& range) : pool_{std::move(pool)} {
    rewind(range);
  }

  template <class Range>
  void rewind(const Range& range) {
    order_ = range.order;
    left_ = range.limit ? detail::to_bigint(*range.limit) : no_bound;
    first_ = 1;
    last_ = fence_;
    if (!range.from) return;
    const std::int64_t from = detail::to_bigint(range.from->value());
    if (order_ == direction::forwards)
      first_ = from;
    else
      last_ = std::min(from, fence_);
  }

  void begin() {
    is_first_ = true;
    rows_ = first_rows;
    if (is_more())
      read_page();
    else
      page_ = answer{};
    is_first_ = false;
  }

  /// There may be rows that have not been asked for.
  [[nodiscard]] bool is_more() const noexcept { return left_ > 0 && first_ <= last_; }

  /// Whether the next page has a row for each number between its bounds, so that what is behind it is
  /// known before it has come.
  [[nodiscard]] bool is_dense() const noexcept {
    const bool is_numbered = stream_ || (which_.is_all() && !hides_ && !pool_->is_fenced());
    return is_numbered && !is_first_ && !has_holes_;
  }

  void read_page() {
    row_ = 0;
    page_ = answer{};
    if (under_way_.empty()) ask(pool_->take());
    request one = std::move(under_way_.front());
    under_way_.erase(under_way_.begin());
    try {
      page_ = one.on->receive();
    } catch (...) {
      go_back(one);
      throw;
    }
    ++pages_;
    move_behind_page(one);
    if (is_first_ || !is_more() || !one.on.try_to_keep()) return;
    ask(std::move(one.on));
    if (pages_ < pages_of_short_reads || under_way_.size() > 1 || !is_dense() || !is_more()) return;
    if (auto spare = pool_->take_spare()) ask(*std::move(spare));
  }

  /// Whether the first page, of the covering index, may lack events that are too long for it.
  [[nodiscard]] bool may_lack_long_ones() const noexcept {
    return page_.size() == 0 || page_.boolean(0, detail::behind_columns + 2);
  }

  /// Sends for the next page.
  void ask(connection_pool::lease on) {
    request one{std::move(on), std::min(rows_, left_), first_, last_, left_, is_dense()};
    if (one.is_of_range) {
      one.rows = std::min(one.rows, last_ - first_ + 1);
      if (order_ == direction::forwards)
        last_ = first_ + one.rows - 1;
      else
        first_ = last_ - one.rows + 1;
    }
    try {
      send(*one.on, one.rows);
    } catch (...) {
      go_back(under_way_.empty() ? one : under_way_.front());
      throw;
    }
    if (one.is_of_range) {
      left_ -= one.rows;
      move_behind(order_ == direction::forwards ? std::exchange(last_, one.last)
                                                : std::exchange(first_, one.first));
    }
    under_way_.push_back(std::move(one));
  }
  void send(connection& on, std::int64_t rows) {
    parameters with;
    if (stream_) with.add(std::string_view{*stream_});
    with.add(first_).add(last_).add(rows);
    if (!is_covered_) with.add(most_page_bytes / rows_ / 2);
    if (stream_) return on.send(detail::page_of_stream({order_, is_first_, is_covered_}), with);
    const detail::page_shape shape{order_, is_first_, hides_};
    if (hides_) with.add(head_);
    if (which_.is_all()) return on.send(detail::page_of_all(shape), with);
    const auto behind = static_cast<int>(with.size()) + 1;
    detail::add_names(which_, with);
    on.send(detail::page_of_store(shape, detail::condition_of(which_, behind)), with);
  }

  /// Nothing was asked for since before this was.
  void go_back(const request& to) noexcept {
    first_ = to.first;
    last_ = to.last;
    left_ = to.left;
    under_way_.clear(); // `to` may be one of them
  }
  void move_behind(std::int64_t reached) noexcept {
    if (order_ == direction::forwards)
      first_ = reached + 1;
    else
      last_ = reached - 1;
  }
  void move_behind_page(const request& was) {
    const int size = page_.size();
    if (size < was.rows) {
      if (!was.is_of_range) { // that was all
        left_ = 0;
        return;
      }
      // Somebody's hand has taken events away, or a standby does not have them yet. This connection
      // says where it goes on.
      go_back(was);
      has_holes_ = true;
      is_covered_ = false; // or an event is too long for the index
    }
    if (size == 0) return;
    if (!was.is_of_range || has_holes_) {
      left_ -= size;
      move_behind(
          page_.bigint(size - 1, stream_ ? detail::version_column : detail::position_column));
    }
    // As many rows as have the bytes of a page, going by this one.
    std::int64_t bytes = 0;
    for (int row = 0; row < size; ++row)
      bytes += detail::is_left_out(page_, row)
                   ? most_page_bytes / rows_
                   : static_cast<std::int64_t>(page_.bytes(row, detail::data_column).size());
    constexpr std::int64_t other_columns = 100;
    rows_ = std::clamp<std::int64_t>(page_bytes / (bytes / size + other_columns), 1, most_rows);
  }

  /// A payload that the page leaves out is a batch of its own.
  void add_long_one() {
    batch_.add(page_, row_);
    long_one_ = pool_->take()->execute(
        detail::read_payload, parameters{}.add(page_.bigint(row_, detail::position_column)));
    if (long_one_.size() == 0)
      throw error{errc::changed_under, "an event of the log is gone; only a hand can have done it"};
    batch_.set_payload(long_one_.bytes(0, 0), long_one_.bytes(0, 1));
    ++row_;
  }

  std::shared_ptr<connection_pool> pool_;
  std::optional<std::string> stream_; // else the store
  query which_ = query::all();
  direction order_ = direction::forwards;
  bool hides_ = false;    // something was deleted
  bool is_first_ = false; // this page is the first
  std::int64_t left_ = 0; // rows of the limit
  std::int64_t first_ = 1;
  std::int64_t last_ = no_bound;  // versions or positions that have not been asked for
  std::int64_t fence_ = no_bound; // behind which the store is not to be read
  std::int64_t head_ = no_bound;  // as of which the store is shown
  std::int64_t rows_ = first_rows;
  std::int64_t pages_ = 0;
  bool has_holes_ = false;
  bool is_covered_ = false; // asks the covering index

  answer page_;
  int row_ = 0; // of the page, the next
  answer long_one_;
  event_batch batch_;
  std::vector<request> under_way_; // in their order
};

} // namespace evstore::postgres
