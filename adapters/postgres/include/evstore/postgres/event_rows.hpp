#pragma once

#include <evstore/event_record.hpp>
#include <evstore/postgres/connection.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace evstore::postgres {

namespace detail {

/// An event's columns, in the order in which `event_of` reads them. The payloads come from a text of
/// their own, so that long ones can be left out. What is nearly always 1 is null then: a value costs the
/// server and libpq as much as three nulls, in each row of every replay.
inline constexpr std::string_view event_columns =
    "e.position, e.stream, e.version, e.type, nullif(e.schema, 1), e.id, e.time,"
    " case when e.parts > 1 then e.part::bigint << 32 | e.parts end, e.tags";
enum column : int {
  position_column,
  stream_column,
  version_column,
  type_column,
  schema_column,
  id_column,
  time_column,
  commit_column, // the part above, the parts below
  tags_column,
  data_column,
  metadata_column,
  behind_columns,
};

} // namespace detail

/// The event in a row of an answer, but for its tags, which go to the end of `tags`: the view gets
/// them when no more are added.
inline event_view event_of(const answer& rows, int row, std::vector<std::string_view>& tags) {
  using namespace detail;
  event_view event;
  event.position = global_position{static_cast<std::uint64_t>(rows.bigint(row, position_column))};
  event.stream = rows.bytes(row, stream_column);
  event.version = stream_version{static_cast<std::uint64_t>(rows.bigint(row, version_column))};
  event.type = rows.bytes(row, type_column);
  if (!rows.is_null(row, schema_column))
    event.schema = static_cast<std::uint32_t>(rows.bigint(row, schema_column));
  if (!rows.is_null(row, id_column)) {
    event_id::bytes_type id;
    std::memcpy(id.data(), rows.bytes(row, id_column).data(), id.size());
    event.id.emplace(id);
  }
  event.time = timestamp{std::chrono::microseconds{rows.bigint(row, time_column)}};
  if (!rows.is_null(row, commit_column)) {
    const auto place = static_cast<std::uint64_t>(rows.bigint(row, commit_column));
    event.commit = {static_cast<std::uint32_t>(place >> 32), static_cast<std::uint32_t>(place)};
  }
  if (!rows.is_null(row, tags_column))
    for_each_element(rows.bytes(row, tags_column),
                     [&](std::string_view tag) { tags.push_back(tag); });
  event.data = rows.bytes(row, data_column);
  event.metadata = rows.bytes(row, metadata_column);
  return event;
}

/// A batch of events as views of the rows of answers.
class event_batch {
public:
  void clear() noexcept {
    events_.clear();
    tags_.clear();
    tag_ends_.clear();
  }
  void add(const answer& rows, int row) {
    events_.push_back(event_of(rows, row, tags_));
    tag_ends_.push_back(tags_.size());
  }
  /// Of the event that was added last.
  void set_payload(std::string_view data, std::string_view metadata) noexcept {
    events_.back().data = data;
    events_.back().metadata = metadata;
  }
  [[nodiscard]] std::span<const event_view> lend() noexcept {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      events_[i].tags = {tags_.data() + begin, tag_ends_[i] - begin};
      begin = tag_ends_[i];
    }
    return {events_.data(), events_.size()};
  }

private:
  std::vector<event_view> events_;
  std::vector<std::string_view> tags_; // of all events
  std::vector<std::size_t> tag_ends_;
};

} // namespace evstore::postgres
