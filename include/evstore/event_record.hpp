#pragma once

#include <evstore/detail/borrow.hpp>
#include <evstore/event_id.hpp>
#include <evstore/padded_text.hpp>
#include <evstore/position.hpp>
#include <evstore/timestamp.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace evstore {

/// Which part of its commit an event is: the `index`-th (from 1) of `count`.
struct commit_part {
  std::uint32_t index = 1;
  std::uint32_t count = 1;

  friend constexpr bool operator==(commit_part, commit_part) = default;
};

/// A stored event as a cursor lends it: every view stays valid until the cursor's next pull.
struct event_view {
  global_position position;
  std::string_view stream;
  stream_version version;
  std::string_view type;
  std::uint32_t schema = 1;
  std::optional<event_id> id;
  timestamp time;
  commit_part commit;
  std::span<const std::string_view> tags;
  padded_text data;          ///< the payload: a JSON object on one line, byte for byte as appended
  std::string_view metadata; ///< a JSON object on one line; empty when absent

  [[nodiscard]] bool has_tag(std::string_view tag) const noexcept {
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
  }
};

/// A stored event that owns its bytes.
struct event_record {
  global_position position;
  std::string stream;
  stream_version version;
  std::string type;
  std::uint32_t schema = 1;
  std::optional<event_id> id;
  timestamp time;
  commit_part commit;
  std::vector<std::string> tags;
  std::string data;
  std::string metadata;

  event_record() = default;
  explicit event_record(const event_view& event)
      : position{event.position}, stream{event.stream}, version{event.version}, type{event.type},
        schema{event.schema}, id{event.id}, time{event.time}, commit{event.commit},
        tags{event.tags.begin(), event.tags.end()}, data{event.data}, metadata{event.metadata} {}

  friend bool operator==(const event_record&, const event_record&) = default;
};

/// A view of the record. Its tags are views in `tags`, which is overwritten and must outlive it.
inline event_view view_of(const event_record& event, std::vector<std::string_view>& tags) {
  tags.clear();
  for (const std::string& tag : event.tags) tags.push_back(tag);
  return {event.position, event.stream, event.version,        event.type, event.schema,  event.id,
          event.time,     event.commit, detail::borrow(tags), event.data, event.metadata};
}

} // namespace evstore
