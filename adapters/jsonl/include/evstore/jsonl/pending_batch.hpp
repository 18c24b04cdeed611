#pragma once

#include <evstore/admission.hpp>
#include <evstore/jsonl/byte_buffer.hpp>
#include <evstore/jsonl/commit_scan.hpp>
#include <evstore/jsonl/id_table.hpp>
#include <evstore/jsonl/record_scanner.hpp>
#include <evstore/jsonl/record_writer.hpp>
#include <evstore/jsonl/seal.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
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
    streams_.clear();
    ids_.clear();
    first_position_ = 0;
    has_facts_ = false;
  }

  /// Encodes an admitted commit behind `end`, which moves on. `state_of(stream)` is that before it;
  /// `durable` goes onto the batch's first record. If memory runs out, the batch is as before.
  template <class StateOf>
  void add(const commit_view& commit, log_end& end, timestamp now,
           std::optional<global_position> durable, record_writer& writer, const StateOf& state_of) {
    const std::size_t size_before = bytes_.size();
    log_end after = end;
    try {
      commits_.reserve(commits_.size() + 1);
      commit_part part{0, static_cast<std::uint32_t>(commit.event_count())};
      for (const stream_write& write : commit.writes) {
        if (write.events.empty()) continue;
        stream_state state = state_of(write.stream);
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
          after.crc = writer.write(bytes_, event, place);
          ++after.position;
          state = state.after(event.type, event.data.text());
          if (event.id) ids_.insert(id_table::key(write.stream, *event.id));
          has_facts_ = has_facts_ || is_reserved(event.type);
        }
        streams_.insert_or_assign(std::string{write.stream}, state);
      }
    } catch (...) {
      bytes_.cut(size_before);
      if (commits_.empty()) clear();
      throw;
    }
    if (commits_.empty()) first_position_ = end.position + 1;
    after.offset += bytes_.size() - size_before;
    commits_.push_back({bytes_.size(), after.position});
    end = after;
  }

  [[nodiscard]] std::optional<stream_state> state_of(std::string_view stream) const {
    const auto found = streams_.find(stream);
    return found == streams_.end() ? std::nullopt : std::optional{found->second};
  }

  [[nodiscard]] std::optional<event_record> find_event(std::string_view stream,
                                                       const event_id& id) const {
    std::optional<event_record> found;
    if (ids_.contains(id_table::key(stream, id)))
      for_each_record([&](const event_view& event, std::size_t) {
        if (event.id == id && event.stream == stream) found.emplace(event);
        return !found;
      });
    return found;
  }

  [[nodiscard]] std::optional<global_position> first_match(const query& which,
                                                           global_position after) const {
    std::optional<global_position> found;
    if (!empty() && commits_.back().position > after.value())
      for_each_record([&](const event_view& event, std::size_t) {
        if (event.position > after && which.matches(event)) found = event.position;
        return !found;
      });
    return found;
  }

  /// Calls `see(event, offset)` for each record until it says false. The records are our own, so
  /// they are canonical.
  template <class Visitor>
  void for_each_record(Visitor see) const {
    record_scanner scanner;
    event_view event;
    std::string_view left = bytes_.view();
    while (!left.empty()) {
      const std::string_view line = left.substr(0, left.find('\n'));
      EVSTORE_ASSERT(scanner.scan(sealed_part(line), event), "what was encoded can be read");
      if (!see(std::as_const(event), static_cast<std::size_t>(line.data() - bytes_.data()))) return;
      left.remove_prefix(line.size() + 1);
      scanner.forget();
    }
  }

private:
  struct by_text {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

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
  std::unordered_map<std::string, stream_state, by_text, std::equal_to<>> streams_;
  std::unordered_set<std::uint64_t> ids_; // keys of `id_table`: a hint where to look
  std::uint64_t first_position_ = 0;
  bool has_facts_ = false;
};

} // namespace evstore::jsonl
