#pragma once

#include <evstore/event_id.hpp>
#include <evstore/event_record.hpp>
#include <evstore/timestamp.hpp>

#include <boost/uuid/name_generator_sha1.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace evstore {

/// A digest of a log as its readers see it: equal for equal events in equal order, whichever
/// adapter keeps them, and different (but for chance) otherwise. Positions do not count: they may
/// have gaps.
///
/// A chain of version 5 UUIDs (RFC 9562: SHA-1, cut to 122 bits), from the nil UUID on; the name
/// hashed into each link is one event, its fields as netstrings (`<length>:<bytes>,`) in this
/// order: stream, version, type, schema, id, time, number of tags, the tags, data, metadata, index
/// and count in its commit among the events that are shown. Finds accidents, not attacks.
class log_digest {
public:
  /// `tags` is a range of texts, so that views and records of an event give the same digest.
  void add(const event_record& event, commit_part part) {
    text_.clear();
    put(event.stream);
    put(event.version.value());
    put(event.type);
    put(event.schema);
    put(event.id ? event.id->to_string() : std::string{});
    put(evstore::to_string(event.time));
    put(event.tags.size());
    for (const std::string& tag : event.tags) put(tag);
    put(event.data);
    put(event.metadata);
    put(part.index);
    put(part.count);
    link_ = boost::uuids::name_generator_sha1{link_}(text_.data(), text_.size());
    ++events_;
  }

  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }
  /// In the form of a UUID.
  [[nodiscard]] std::string to_string() const {
    event_id::bytes_type bytes{};
    std::copy(link_.begin(), link_.end(), bytes.begin());
    return event_id{bytes}.to_string();
  }

  friend bool operator==(const log_digest& a, const log_digest& b) noexcept {
    return a.events_ == b.events_ && a.link_ == b.link_;
  }

private:
  void put(std::string_view field) {
    text_.append(std::to_string(field.size())).append(":").append(field).append(",");
  }
  void put(std::uint64_t number) { put(std::string_view{std::to_string(number)}); }

  boost::uuids::uuid link_{};
  std::uint64_t events_ = 0;
  std::string text_; // of one event; kept for its memory
};

} // namespace evstore
