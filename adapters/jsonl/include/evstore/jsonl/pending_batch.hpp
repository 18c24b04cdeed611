#pragma once

#include <evstore/admission.hpp>
#include <evstore/jsonl/arena.hpp>
#include <evstore/jsonl/byte_buffer.hpp>
#include <evstore/jsonl/commit_scan.hpp>
#include <evstore/jsonl/id_table.hpp>
#include <evstore/jsonl/name_table.hpp>
#include <evstore/jsonl/record_scanner.hpp>
#include <evstore/jsonl/record_writer.hpp>
#include <evstore/jsonl/seal.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace evstore::jsonl {

/// Commits that are admitted and encoded and wait for one write and one sync, or that are being
/// written: what the log will have once they are through. Later commits are judged as if they were.
class pending_batch {
public:
  /// A commit's place in the batch.
  struct commit_end {
    std::size_t bytes;      ///< of the batch, up to the commit's end
    std::uint64_t position; ///< of its last event
  };

  [[nodiscard]] const byte_buffer& bytes() const noexcept { return bytes_; }
  [[nodiscard]] const std::vector<commit_end>& commits() const noexcept { return commits_; }
  [[nodiscard]] bool empty() const noexcept { return commits_.empty(); }
  [[nodiscard]] std::uint64_t first_position() const noexcept { return first_position_; }
  [[nodiscard]] bool has_facts() const noexcept { return has_facts_; }

  void clear() noexcept {
    bytes_.clear();
    commits_.clear();
    events_.clear();
    streams_.clear();
    states_.clear();
    ids_.clear();
    names_.clear();
    tags_.clear();
    first_position_ = 0;
    has_facts_ = false;
  }

  /// Forgets the first commits, which are in the log. Linear in what is left.
  void drop_front(std::size_t commits) {
    if (commits == commits_.size()) return clear();
    if (commits == 0) return;
    const commit_end last = commits_[commits - 1];
    bytes_.drop_front(last.bytes);
    commits_.erase(commits_.begin(), commits_.begin() + static_cast<std::ptrdiff_t>(commits));
    for (commit_end& one : commits_) one.bytes -= last.bytes;
    events_.erase(events_.begin(),
                  std::find_if(events_.begin(), events_.end(), [&](const auto& one) {
                    return one.event.position.value() > last.position;
                  }));
    for (noted_event& one : events_) one.offset -= last.bytes;
    first_position_ = last.position + 1;
  }

  /// Encodes an admitted commit behind `end`, which moves on. `state_of(stream)` is that before it;
  /// `durable` goes onto the batch's first record. Throws, and the batch is as before, if a record
  /// is too long or memory runs out.
  template <class StateOf>
  void add(const commit_view& commit, log_end& end, timestamp now,
           std::optional<global_position> durable, record_writer& writer, const StateOf& state_of) {
    const std::size_t size_before = bytes_.size();
    const std::size_t events_before = events_.size();
    log_end after = end;
    changed_.clear();
    bool has_facts = false;
    try {
      commit_part part{0, static_cast<std::uint32_t>(commit.event_count())};
      for (const stream_write& write : commit.writes) {
        if (write.events.empty()) continue;
        const std::uint32_t number = number_of(write.stream, state_of);
        const std::string_view stream = streams_[number];
        stream_state state = states_[number];
        for (const new_event& event : write.events) {
          ++part.index;
          record_place place{global_position{after.position + 1},
                             write.stream,
                             state.version.next(),
                             part,
                             now,
                             {},
                             after.crc};
          if (size_before == 0 && part.index == 1) place.durable = durable;
          require_room(event, place);
          note(event, place, stream);
          after.crc = writer.write(bytes_, event, place);
          ++after.position;
          state = state.after(event.type, event.data.text());
          if (event.id) ids_.insert(id_table::key(stream, *event.id));
          has_facts = has_facts || is_reserved(event.type);
        }
        changed_.emplace_back(number, state);
      }
      commits_.push_back({bytes_.size(), after.position});
    } catch (...) {
      bytes_.cut(size_before);
      events_.resize(events_before);
      if (commits_.empty()) clear();
      throw;
    }
    for (const auto& [number, state] : changed_) states_[number] = state;
    if (commits_.size() == 1) first_position_ = end.position + 1;
    has_facts_ = has_facts_ || has_facts;
    after.offset += bytes_.size() - size_before;
    end = after;
  }

  [[nodiscard]] std::optional<stream_state> state_of(const hashed_text& stream) const {
    const auto found = streams_.find(stream);
    return found ? std::optional{states_[*found]} : std::nullopt;
  }

  [[nodiscard]] std::optional<event_record> find_event(std::string_view stream,
                                                       const event_id& id) const {
    if (ids_.contains(id_table::key(stream, id)))
      for (const noted_event& one : events_)
        if (one.event.id == id && one.event.stream == stream) return record_at(one.offset);
    return std::nullopt;
  }

  [[nodiscard]] std::optional<global_position> first_match(const query& which,
                                                           global_position after) const {
    if (!empty() && commits_.back().position > after.value())
      for (const noted_event& one : events_)
        if (one.event.position > after && which.matches(one.event)) return one.event.position;
    return std::nullopt;
  }

  /// What an index keeps of an event: where it stands, its stream, version and type, its id and
  /// tags, and of a fact about a stream the payload.
  struct noted_event {
    event_view event;
    std::size_t offset; ///< of the record in the batch
  };
  [[nodiscard]] const std::vector<noted_event>& events() const noexcept { return events_; }

private:
  /// The stream's number in the batch, where it has its present state.
  template <class StateOf>
  std::uint32_t number_of(std::string_view stream, const StateOf& state_of) {
    const hashed_text name{stream};
    if (const auto known = streams_.find(name)) return *known;
    states_.push_back(state_of(stream));
    try {
      return streams_.number_of(name);
    } catch (...) {
      states_.pop_back();
      throw;
    }
  }

  std::string_view keep(std::string_view text) {
    const std::span<char> kept = names_.take(text.size());
    std::copy(text.begin(), text.end(), kept.begin());
    return {kept.data(), kept.size()};
  }

  /// `stream` is that of the place, where it stays.
  void note(const new_event& event, const record_place& place, std::string_view stream) {
    noted_event& noted = events_.emplace_back();
    noted.offset = bytes_.size();
    noted.event.position = place.position;
    noted.event.stream = stream;
    noted.event.version = place.version;
    noted.event.type = keep(event.type);
    noted.event.id = event.id;
    const std::span<std::string_view> tags = tags_.take(event.tags.size());
    for (std::size_t i = 0; i < tags.size(); ++i) tags[i] = keep(event.tags[i]);
    noted.event.tags = tags;
    if (is_reserved(event.type)) noted.event.data = keep(event.data.text());
  }

  /// The record is our own, so it is canonical.
  [[nodiscard]] event_record record_at(std::size_t offset) const {
    record_scanner scanner;
    event_view event;
    const std::string_view from = bytes_.view().substr(offset);
    EVSTORE_ASSERT(scanner.scan(sealed_part(from.substr(0, from.find('\n'))), event),
                   "what was encoded can be read");
    return event_record{event};
  }

  static void require_room(const new_event& event, const record_place& place) {
    if (record_writer::most_bytes(event, place) <= max_record_size) return;
    error_place where;
    where.stream = place.stream;
    where.type = event.type;
    throw error{errc::invalid_payload, "a record of a JSONL log is at most 256 MiB long",
                std::move(where)};
  }

  byte_buffer bytes_;
  std::vector<commit_end> commits_;
  std::vector<noted_event> events_;
  arena<char> names_;            // what they point to
  arena<std::string_view> tags_; // likewise
  name_table streams_;
  std::vector<stream_state> states_;                            // by number of the stream
  std::vector<std::pair<std::uint32_t, stream_state>> changed_; // by the commit that is added
  std::unordered_set<std::uint64_t> ids_; // keys of `id_table`: a hint where to look
  std::uint64_t first_position_ = 0;
  bool has_facts_ = false;
};

} // namespace evstore::jsonl
