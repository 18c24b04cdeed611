// The program behind docs/guides/write_an_adapter.md: the smallest adapter that keeps the contract.
#include <evstore/admission.hpp>
#include <evstore/check.hpp>
#include <evstore/testing/conformance.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shelf {

using namespace evstore;

// region: contents
/// What the copies of a handle share: everything, in one list. The event at position p is at p - 1.
struct contents {
  std::mutex mutex;
  std::condition_variable grown;
  std::vector<event_record> events;
  std::map<std::string, stream_state, std::less<>> streams;
  std::map<std::string, snapshot_record, std::less<>> snapshots;

  bool shows(const event_record& event, global_position head) const;

  // The four questions of admit().
  global_position head() const { return global_position{events.size()}; }
  stream_state state_of(std::string_view stream) const {
    const auto found = streams.find(stream);
    return found == streams.end() ? stream_state{} : found->second;
  }
  std::optional<event_record> find_event(std::string_view stream, const event_id& id) const {
    for (const event_record& event : events)
      if (event.id == id && event.stream == stream) return event;
    return std::nullopt;
  }
  std::optional<global_position> first_match(const query& which, global_position after) const {
    std::vector<std::string_view> tags;
    for (std::uint64_t i = after.value(); i < events.size(); ++i)
      if (which.matches(view_of(events[i], tags)) && shows(events[i], head()))
        return events[i].position;
    return std::nullopt;
  }
};
static_assert(commit_index<contents>);
// endregion

// region: shows
bool contents::shows(const event_record& event, global_position head) const {
  if (event.version >= state_of(event.stream).first) return true; // and was shown at every head
  stream_state then;
  for (const event_record& earlier : events)
    if (earlier.stream == event.stream && earlier.position <= head)
      then = then.after(earlier.type, earlier.data);
  return event.version >= then.first;
}
// endregion

// region: cursor
class cursor {
public:
  using choice = std::function<bool(const event_record&)>;

  /// Of the events that are there now. The caller holds the lock.
  cursor(std::shared_ptr<contents> of, direction order, std::optional<std::uint64_t> limit,
         choice wanted)
      : contents_{std::move(of)}, order_{order},
        left_{limit.value_or(std::numeric_limits<std::uint64_t>::max())},
        wanted_{std::move(wanted)}, end_{contents_->events.size()} {}

  std::span<const event_view> next() {
    constexpr std::size_t batch = 100;
    lent_.clear();
    const std::scoped_lock lock{contents_->mutex};
    while (begin_ < end_ && left_ > 0 && lent_.size() < batch) {
      const std::size_t i = order_ == direction::forwards ? begin_++ : --end_;
      if (!wanted_(contents_->events[i])) continue;
      lent_.push_back(contents_->events[i]); // a copy: the list moves when it grows
      --left_;
    }
    tags_.resize(lent_.size());
    views_.clear();
    for (std::size_t i = 0; i < lent_.size(); ++i) views_.push_back(view_of(lent_[i], tags_[i]));
    return views_;
  }

private:
  std::shared_ptr<contents> contents_;
  direction order_;
  std::uint64_t left_;
  choice wanted_;
  std::size_t begin_ = 0;
  std::size_t end_; // the events still to come are those in [begin_, end_)
  std::vector<event_record> lent_;
  std::vector<std::vector<std::string_view>> tags_;
  std::vector<event_view> views_;
};
// endregion

template <class Number>
bool lies_ahead(Number number, const std::optional<Number>& from, direction order) {
  return !from || (order == direction::forwards ? number >= *from : number <= *from);
}

class adapter {
public:
  // region: append
  append_result append(const commit_view& commit) {
    require_valid(commit);
    const std::scoped_lock lock{contents_->mutex};
    append_result verdict = admit(*contents_, commit);
    if (!verdict || verdict->replayed) return verdict; // nothing to write

    const auto now =
        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    std::vector<event_record> written;
    auto streams = contents_->streams;
    commit_part part{0, static_cast<std::uint32_t>(commit.event_count())};
    for (const stream_write& write : commit.writes)
      for (const new_event& event : write.events) {
        stream_state& state = streams[std::string{write.stream}];
        state = state.after(event.type, event.data.text());
        ++part.index;
        const global_position position{contents_->events.size() + part.index};
        written.emplace_back(placed(event, position, write.stream, state.version, part, now));
      }
    const std::size_t room = contents_->events.size() + written.size();
    if (contents_->events.capacity() < room) contents_->events.reserve(2 * room);
    // From here on nothing can fail: a commit is there as a whole or not at all.
    auto& events = contents_->events;
    std::move(written.begin(), written.end(), std::back_inserter(events));
    contents_->streams.swap(streams);
    contents_->grown.notify_all();
    return verdict;
  }
  // endregion

  // region: reading
  cursor read_stream(std::string_view name, const stream_range& range) const {
    const std::scoped_lock lock{contents_->mutex};
    const auto wanted = [name = std::string{name}, first = contents_->state_of(name).first,
                         range](const event_record& event) {
      return event.stream == name && event.version >= first &&
             lies_ahead(event.version, range.from, range.order);
    };
    return {contents_, range.order, range.limit, wanted};
  }
  cursor read_all(const query& which, const store_range& range) const {
    const std::scoped_lock lock{contents_->mutex};
    const auto wanted = [which, range, in = contents_.get(),
                         head = contents_->head()](const event_record& event) {
      std::vector<std::string_view> tags;
      return which.matches(view_of(event, tags)) && in->shows(event, head) &&
             lies_ahead(event.position, range.from, range.order);
    };
    return {contents_, range.order, range.limit, wanted};
  }
  // endregion

  // region: states
  stream_state state_of(std::string_view stream) const {
    const std::scoped_lock lock{contents_->mutex};
    return contents_->state_of(stream);
  }
  global_position head() const {
    const std::scoped_lock lock{contents_->mutex};
    return contents_->head();
  }
  global_position wait_beyond(global_position after, std::chrono::milliseconds patience) const {
    std::unique_lock lock{contents_->mutex};
    contents_->grown.wait_for(lock, bounded_patience(patience),
                              [&] { return contents_->head() > after; });
    return contents_->head();
  }
  // endregion

  // region: snapshots
  void save_snapshot(std::string_view key, const snapshot_view& snapshot) {
    require_snapshot_key(key);
    const std::scoped_lock lock{contents_->mutex};
    if (snapshot.position > contents_->head())
      throw error{errc::invalid_argument, "a snapshot is of a position that the store has"};
    contents_->snapshots[std::string{key}] = {snapshot.version, snapshot.position,
                                              snapshot.fingerprint, std::string{snapshot.state}};
  }
  snapshot_lookup load_snapshot(std::string_view key) const {
    require_snapshot_key(key);
    const std::scoped_lock lock{contents_->mutex};
    const auto found = contents_->snapshots.find(key);
    if (found == contents_->snapshots.end()) return {};
    return {found->second, {}};
  }
  // endregion

private:
  std::shared_ptr<contents> contents_ = std::make_shared<contents>();
};

// region: check
static_assert(evstore::check_adapter<adapter>());
// endregion

} // namespace shelf

// region: suite
TEST_CASE("the shelf keeps the contract") {
  using evstore::testing::subject;
  const subject<shelf::adapter> shelves{.open_fresh = [] { return shelf::adapter{}; }};
  for (const auto& check : evstore::testing::conformance_checks<shelf::adapter>())
    DYNAMIC_SECTION(check.name) {
      const auto outcome = evstore::testing::run(check, shelves);
      INFO(outcome.text);
      CHECK(!outcome.failed());
    }
}
// endregion
