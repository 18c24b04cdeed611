#pragma once

#include <evstore/commit.hpp>
#include <evstore/decide.hpp>
#include <evstore/detail/borrow.hpp>
#include <evstore/detail/spare.hpp>
#include <evstore/envelope.hpp>
#include <evstore/event_set.hpp>
#include <evstore/json/write.hpp>
#include <evstore/metadata.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore {

/// Appends the stored form of `about`: a JSON object, or nothing when there is nothing to say.
inline void write_metadata(const metadata& about, std::string& out) {
  if (about.empty()) return;
  char separator = '{';
  const auto member = [&](const std::string& name, const std::string& value) {
    out.push_back(std::exchange(separator, ','));
    json::write(name, out);
    out.push_back(':');
    json::write(value, out);
  };
  if (about.correlation) member("correlation", *about.correlation);
  if (about.causation) member("causation", *about.causation);
  if (!about.user.empty()) {
    out.push_back(std::exchange(separator, '{'));
    out.append("\"user\":");
    for (const auto& [name, value] : about.user) member(name, value);
    out.push_back('}');
  }
  out.push_back('}');
}

/// A commit of events of `Set` while it is put together: events are encoded as they are added, into one
/// buffer that is reused from commit to commit, so that a warm draft allocates nothing. Copies all
/// that it is given. One thread at a time.
template <class Set>
class commit_draft {
public:
  /// The events added next are for this stream. Without any, it is a guard.
  void begin_write(std::string_view stream, expected_version expected) {
    writes_.push_back({{}, expected, {}});
    write_places_.push_back({keep(stream), events_.size()});
  }

  /// A stream and the events for it, in any form that a decision may answer with. What one of them
  /// throws leaves the draft as it was, without any of them.
  template <class... Events>
  void add_write(std::string_view stream, expected_version expected, const Events&... events) {
    const extent before = reached();
    try {
      begin_write(stream, expected);
      (add(events), ...);
    } catch (...) {
      go_back_to(before);
      throw;
    }
  }

  /// Encodes an event, or several, in any form that a decision may answer with. Throws
  /// `errc::invalid_payload` for what JSON cannot say; the draft then holds a part of them, and is
  /// good for `clear` only.
  template <class Events>
  void add(const Events& events) {
    if constexpr (contains<Set, Events>)
      add_event(events, nullptr); // the usual case, and by far the cheapest to compile
    else
      for_each_emitted(events, [this](const auto& event, const event_details* details) {
        this->add_event(event, details);
      });
  }

  template <class Event>
  void add_event(const Event& event, const event_details* details) {
    new_event& added = add_entry(event_name<Set, Event>, event_schema<Set, Event>);
    slice& data = event_places_.back().data;
    json::write(event, bytes_);
    data.size = bytes_.size() - data.at;
    if (details) add_details(*details, added, event_places_.back());
  }

  /// A fact of the library: `type` outlives the draft.
  void add_fact(std::string_view type, std::string_view data) {
    add_entry(type, 1);
    event_places_.back().data = keep(data);
  }

  void require(query matching, global_position after) {
    conditions_.push_back({std::move(matching), after});
  }

  /// The commit; borrowed until the draft changes.
  [[nodiscard]] commit_view view() {
    tags_.clear();
    for (const slice& tag : tag_places_) tags_.push_back(text(tag));
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const event_place& place = event_places_[i];
      events_[i].data = json_view::trusted(text(place.data));
      events_[i].metadata = json_view::trusted(text(place.metadata));
      events_[i].tags = {tags_.data() + place.first_tag, place.tag_count};
    }
    std::size_t end = events_.size();
    for (std::size_t i = writes_.size(); i-- > 0;) {
      const std::size_t begin = write_places_[i].first_event;
      writes_[i].stream = text(write_places_[i].stream);
      writes_[i].events = {events_.data() + begin, end - begin};
      end = begin;
    }
    return {detail::borrow(writes_), detail::borrow(conditions_)};
  }

  [[nodiscard]] std::size_t event_count() const noexcept { return events_.size(); }
  /// Whether an event of a type that `wanted(type)` accepts is in the draft.
  template <class Predicate>
  [[nodiscard]] bool any_type(Predicate&& wanted) const {
    for (const new_event& event : events_)
      if (wanted(event.type)) return true;
    return false;
  }

  /// Empty again; keeps its memory, up to a limit, for the next commit.
  void clear() noexcept {
    constexpr std::size_t most_kept = std::size_t{1} << 20;
    if (bytes_.capacity() > most_kept) bytes_ = std::string{};
    bytes_.clear();
    tag_places_.clear();
    event_places_.clear();
    write_places_.clear();
    events_.clear();
    writes_.clear();
    conditions_.clear();
  }

private:
  // Places in the buffer, which moves while it grows; `view` turns them into pointers.
  struct slice {
    std::size_t at = 0;
    std::size_t size = 0;
  };
  struct event_place {
    slice data{};
    slice metadata{};
    std::size_t first_tag = 0;
    std::size_t tag_count = 0;
  };
  struct write_place {
    slice stream;
    std::size_t first_event;
  };

  /// How far a draft has come: what `go_back_to` keeps of it.
  struct extent {
    std::size_t bytes, tags, event_places, write_places, events, writes;
  };
  [[nodiscard]] extent reached() const noexcept {
    return {bytes_.size(),        tag_places_.size(), event_places_.size(),
            write_places_.size(), events_.size(),     writes_.size()};
  }
  void go_back_to(const extent& before) noexcept {
    const auto cut = [](auto& list, std::size_t size) {
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(size), list.end());
    };
    bytes_.resize(before.bytes);
    cut(tag_places_, before.tags);
    cut(event_places_, before.event_places);
    cut(write_places_, before.write_places);
    cut(events_, before.events);
    cut(writes_, before.writes);
  }

  slice keep(std::string_view text) {
    bytes_.append(text);
    return {bytes_.size() - text.size(), text.size()};
  }
  [[nodiscard]] std::string_view text(slice of) const noexcept {
    return {bytes_.data() + of.at, of.size};
  }

  new_event& add_entry(std::string_view type, std::uint32_t schema) {
    event_places_.push_back({.data = {bytes_.size(), 0}, .first_tag = tag_places_.size()});
    return events_.emplace_back(new_event{.type = type, .data = {}, .schema = schema});
  }

  void add_details(const event_details& details, new_event& event, event_place& place) {
    for (const std::string& tag : details.tags) tag_places_.push_back(keep(tag));
    place.tag_count = details.tags.size();
    place.metadata.at = bytes_.size();
    write_metadata(details.metadata, bytes_);
    place.metadata.size = bytes_.size() - place.metadata.at;
    event.id = details.id;
    event.time = details.time;
  }

  std::string bytes_;
  std::vector<slice> tag_places_;
  std::vector<event_place> event_places_;
  std::vector<write_place> write_places_;
  std::vector<std::string_view> tags_;
  std::vector<new_event> events_;
  std::vector<stream_write> writes_;
  std::vector<append_condition> conditions_;
};

/// An empty draft, taken from the thread's own spare one and given back: any number of threads
/// append at once, and an append within an append gets another draft.
template <class Set>
class draft_lease {
public:
  draft_lease() : draft_{spare::take()} {
    if (!draft_) draft_ = std::make_unique<commit_draft<Set>>();
  }
  ~draft_lease() {
    if (!draft_) return;
    draft_->clear();
    spare::give_back(draft_.release());
  }
  draft_lease(draft_lease&&) noexcept = default;
  draft_lease& operator=(draft_lease&&) = delete;

  commit_draft<Set>& operator*() const noexcept { return *draft_; }
  commit_draft<Set>* operator->() const noexcept { return draft_.get(); }

private:
  using spare = detail::spare<commit_draft<Set>>;

  std::unique_ptr<commit_draft<Set>> draft_;
};

} // namespace evstore
