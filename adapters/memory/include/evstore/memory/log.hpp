#pragma once

#include <evstore/admission.hpp>
#include <evstore/event_record.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <memory_resource>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

/// What the memory adapter stores, and how it finds it again. Knows nothing of threads.

namespace evstore::memory {

namespace detail {

struct stream;

/// A stored event never changes and never moves, so cursors lend views of it with no lock held.
struct stored_event {
  event_view view;    ///< of texts in front of it, and of the stream's name in the log's table
  stream_state after; ///< what the stream was once it had this event
  const stream* in;
};

/// The events of one stream: that of version v stands at v - 1. A stream is never removed.
struct stream {
  std::vector<const stored_event*> events;
  std::map<event_id, const stored_event*> ids;

  stream_state state() const noexcept {
    return events.empty() ? stream_state{} : events.back()->after;
  }
  /// What it was when the store's head was `head`. Logarithmic.
  stream_state state_at(global_position head) const noexcept {
    const auto later = std::partition_point(
        events.begin(), events.end(), [&](auto* event) { return event->view.position <= head; });
    return later == events.begin() ? stream_state{} : (*std::prev(later))->after;
  }
};

struct text_hash : std::hash<std::string_view> {
  using is_transparent = void;
};
template <class T>
using by_name = std::unordered_map<std::string, T, text_hash, std::equal_to<>>;

/// Everything that is stored. Models `commit_index`: what `admit` has to ask. `Clock` says when an
/// event is recorded that does not say so itself.
template <class Clock>
class log {
public:
  global_position head() const noexcept { return global_position{events_.size()}; }
  const stored_event& at(global_position position) const noexcept {
    return *events_[position.value() - 1];
  }
  const stream* find(std::string_view name) const noexcept {
    const auto found = streams_.find(name);
    return found == streams_.end() ? nullptr : &found->second;
  }
  stream_state state_of(std::string_view name) const noexcept {
    const stream* found = find(name);
    return found ? found->state() : stream_state{};
  }
  std::optional<event_record> find_event(std::string_view name, const event_id& id) const {
    const stream* in = find(name);
    if (in == nullptr || !in->ids.contains(id)) return std::nullopt;
    return event_record{in->ids.at(id)->view};
  }
  /// Linear in the number of events after `after`.
  std::optional<global_position> first_match(const query& which,
                                             global_position after) const noexcept {
    for (global_position p = after.next(); p <= head(); p = p.next())
      if (which.matches(at(p).view) && shows(at(p), head())) return p;
    return std::nullopt;
  }
  /// Whether a reader who sees the store up to `head` sees this event. What is shown now was shown
  /// at every head; only for an event that was hidden at some time there is something to look up.
  bool shows(const stored_event& event, global_position head) const noexcept {
    if (!has_facts_) return true;
    const stream& in = *event.in;
    return event.view.version >= in.state().first || event.view.version >= in.state_at(head).first;
  }

  /// Stores an admitted commit; if memory runs out on the way, nothing of it.
  void add(const commit_view& commit) {
    const global_position old_head = head();
    const auto now = std::chrono::time_point_cast<timestamp::duration>(Clock::now());
    commit_part part{0, static_cast<std::uint32_t>(commit.event_count())};
    try {
      for (const stream_write& write : commit.writes) {
        if (write.events.empty()) continue; // a guard makes no stream
        auto found = streams_.find(write.stream);
        if (found == streams_.end()) found = streams_.try_emplace(std::string{write.stream}).first;
        auto& [name, in] = *found;
        for (const new_event& event : write.events) {
          ++part.index;
          const stream_version version = in.state().version.next();
          const stored_event& stored =
              keep(placed(event, head().next(), name, version, part, now), in);
          events_.push_back(&stored);
          has_facts_ = has_facts_ || is_reserved(event.type);
          if (event.id) in.ids.emplace(*event.id, &stored);
          in.events.push_back(&stored);
        }
      }
    } catch (...) {
      while (head() > old_head) remove_last();
      throw;
    }
  }

private:
  /// A copy of the event, in one piece: its tags, its texts, and what looks at them. That stands
  /// behind the payload, so whole words of the payload may be loaded.
  const stored_event& keep(event_view event, const stream& in) {
    const std::size_t tags_size = event.tags.size() * sizeof(std::string_view);
    std::size_t size = event.metadata.size() + event.type.size() + event.data.size();
    for (std::string_view tag : event.tags) size += tag.size();
    constexpr std::size_t unit = alignof(stored_event);
    size = (tags_size + size + unit - 1) / unit * unit;
    char* const begin = static_cast<char*>(memory_.allocate(size + sizeof(stored_event), unit));

    char* end = begin + tags_size;
    const auto copy = [&end](std::string_view text) {
      char* const at = end;
      end = std::copy(text.begin(), text.end(), at);
      return std::string_view{at, text.size()};
    };
    auto* const tags = reinterpret_cast<std::string_view*>(begin);
    for (std::size_t i = 0; i < event.tags.size(); ++i)
      std::construct_at(tags + i, copy(event.tags[i]));
    event.tags = {tags, event.tags.size()};
    event.metadata = copy(event.metadata);
    event.type = copy(event.type);
    event.data = padded_text::with_room(copy(event.data), sizeof(stored_event));
    return *new (begin + size) stored_event{event, in.state().after(event.type, event.data), &in};
  }

  void remove_last() noexcept {
    const stored_event& last = *events_.back();
    stream& in = streams_.find(last.view.stream)->second;
    if (last.view.id) in.ids.erase(*last.view.id);
    if (!in.events.empty() && in.events.back() == &last) in.events.pop_back();
    events_.pop_back();
  }

  static_assert(std::is_trivially_destructible_v<stored_event>);
  std::pmr::monotonic_buffer_resource memory_; // of the stored events; all goes at once
  std::deque<const stored_event*> events_;     // that of position p stands at p - 1
  by_name<stream> streams_;                    // growing moves nothing in any of the three
  bool has_facts_ = false;                     // without which nothing is hidden
};

} // namespace detail

} // namespace evstore::memory
