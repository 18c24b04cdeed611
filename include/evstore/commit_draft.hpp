#pragma once

#include <evstore/commit.hpp>
#include <evstore/decide.hpp>
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
  const auto member = [&](std::string_view name, const auto& value) {
    out.push_back(separator);
    separator = ',';
    out.append("\"").append(name).append("\":");
    json::write(value, out);
  };
  if (about.correlation) member("correlation", *about.correlation);
  if (about.causation) member("causation", *about.causation);
  if (!about.user.empty()) member("user", about.user);
  out.push_back('}');
}

/// A commit while it is put together: events are encoded as they are added, into one buffer that is
/// reused from commit to commit, so that a warm draft allocates nothing. Copies all that it is
/// given. One thread at a time.
class commit_draft {
public:
  /// The events added next are for this stream. Without any, it is a guard.
  void begin_write(std::string_view stream, expected_version expected) {
    writes_.push_back({keep(stream), expected, events_.size()});
  }

  /// Encodes an event, or several, in any form that a decision may answer with. Throws
  /// `errc::invalid_payload` for what JSON cannot say.
  template <class Set, class Events>
  void add(const Events& events) {
    for_each_emitted(events, [this](const auto& event, const event_details* details) {
      this->template add_event<Set>(event, details);
    });
  }

  template <class Set, class Event>
  void add_event(const Event& event, const event_details* details) {
    pending entry{.type = event_name<Set, Event>, .schema = event_schema<Set, Event>};
    entry.data.at = bytes_.size();
    json::write(event, bytes_);
    entry.data.size = bytes_.size() - entry.data.at;
    entry.first_tag = tags_.size();
    if (details) add_details(*details, entry);
    events_.push_back(entry);
  }

  /// A fact of the library: `type` outlives the draft.
  void add_fact(std::string_view type, std::string_view data) {
    events_.push_back({.type = type, .data = keep(data), .first_tag = tags_.size()});
  }

  void require(query matching, global_position after) {
    conditions_.push_back({std::move(matching), after});
  }

  /// The commit; borrowed until the draft changes.
  [[nodiscard]] commit_view view() {
    tag_views_.clear();
    for (const slice& tag : tags_) tag_views_.push_back(text(tag));
    event_views_.clear();
    for (const pending& entry : events_)
      event_views_.push_back({.type = entry.type,
                              .data = json_view::trusted(text(entry.data)),
                              .schema = entry.schema,
                              .id = entry.id,
                              .tags = {tag_views_.data() + entry.first_tag, entry.tag_count},
                              .metadata = json_view::trusted(text(entry.metadata)),
                              .time = entry.time});
    write_views_.clear();
    for (std::size_t i = 0; i < writes_.size(); ++i) {
      const std::size_t end = i + 1 < writes_.size() ? writes_[i + 1].first_event : events_.size();
      write_views_.push_back(
          {text(writes_[i].stream),
           writes_[i].expected,
           {event_views_.data() + writes_[i].first_event, end - writes_[i].first_event}});
    }
    return {write_views_, conditions_};
  }

  [[nodiscard]] std::size_t event_count() const noexcept { return events_.size(); }
  /// Whether an event of a type that `wanted(type)` accepts is in the draft.
  template <class Predicate>
  [[nodiscard]] bool any_type(Predicate&& wanted) const {
    for (const pending& entry : events_)
      if (wanted(entry.type)) return true;
    return false;
  }

  /// Empty again; keeps its memory, up to a limit, for the next commit.
  void clear() noexcept {
    constexpr std::size_t most_kept = std::size_t{1} << 20;
    if (bytes_.capacity() > most_kept) bytes_ = std::string{};
    bytes_.clear();
    tags_.clear();
    events_.clear();
    writes_.clear();
    conditions_.clear();
  }

private:
  // Offsets, because the buffer moves while it grows.
  struct slice {
    std::size_t at = 0;
    std::size_t size = 0;
  };
  struct pending {
    std::string_view type;
    std::uint32_t schema = 1;
    slice data{};
    slice metadata{};
    std::size_t first_tag = 0;
    std::size_t tag_count = 0;
    std::optional<event_id> id{};
    std::optional<timestamp> time{};
  };
  struct pending_write {
    slice stream;
    expected_version expected;
    std::size_t first_event;
  };

  slice keep(std::string_view text) {
    bytes_.append(text);
    return {bytes_.size() - text.size(), text.size()};
  }
  [[nodiscard]] std::string_view text(slice of) const noexcept {
    return std::string_view{bytes_}.substr(of.at, of.size);
  }

  void add_details(const event_details& details, pending& entry) {
    for (const std::string& tag : details.tags) tags_.push_back(keep(tag));
    entry.tag_count = details.tags.size();
    entry.metadata.at = bytes_.size();
    write_metadata(details.metadata, bytes_);
    entry.metadata.size = bytes_.size() - entry.metadata.at;
    entry.id = details.id;
    entry.time = details.time;
  }

  std::string bytes_;
  std::vector<slice> tags_;
  std::vector<pending> events_;
  std::vector<pending_write> writes_;
  std::vector<append_condition> conditions_;
  std::vector<std::string_view> tag_views_;
  std::vector<new_event> event_views_;
  std::vector<stream_write> write_views_;
};

/// An empty draft, taken from the thread's own spare one and given back: any number of threads
/// append at once, and an append within an append gets another draft.
class draft_lease {
public:
  draft_lease() : draft_{std::move(spare())} {
    if (!draft_) draft_ = std::make_unique<commit_draft>();
  }
  ~draft_lease() {
    if (!draft_) return;
    draft_->clear();
    spare() = std::move(draft_);
  }
  draft_lease(draft_lease&&) noexcept = default;
  draft_lease& operator=(draft_lease&&) = delete;

  commit_draft& operator*() const noexcept { return *draft_; }
  commit_draft* operator->() const noexcept { return draft_.get(); }

private:
  static std::unique_ptr<commit_draft>& spare() {
    thread_local std::unique_ptr<commit_draft> kept;
    return kept;
  }

  std::unique_ptr<commit_draft> draft_;
};

} // namespace evstore
