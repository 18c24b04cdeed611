#pragma once

#include <evstore/event_record.hpp>
#include <evstore/jsonl/arena.hpp>
#include <evstore/jsonl/digits.hpp>
#include <evstore/jsonl/next_position.hpp>
#include <evstore/jsonl/recent_time.hpp>
#include <evstore/jsonl/text_scan.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

namespace evstore::jsonl {

/// Reads records in the form that `record_writer` writes and no other: keys are compared as
/// literals in their order, the payload is passed over, nothing is allocated for an event without
/// tags. A line in any other form is for `tolerant_scanner`.
///
/// Views that a scan puts out point into the line, or into the scanner until `forget`. One thread
/// at a time.
class record_scanner {
public:
  /// `body` is a line without its seal, which stands behind it; 64 bytes behind it may be read. False:
  /// not canonical, and `event` holds anything. Who knows that `},"metadata":{` is nowhere in it may say so.
  bool scan(std::string_view body, event_view& event, bool maybe_metadata = true) {
    // Behind the body stands the comma of the seal, so numbers and names that run out of it end.
    const char* at = body.data();
    const char* const end = at + body.size();
    std::uint64_t number = 0;

    if (!position_.take(at, number)) return false;
    event.position = global_position{number};
    if (!take_name(at, end, event.stream)) return false;
    if (!take(at, R"(,"version":)") || !take_number(at, number)) return false;
    event.version = stream_version{number};
    if (!take(at, R"(,"type":")") || !take_name(at, end, event.type)) return false;

    event.schema = 1;
    event.id.reset();
    if (!time_.take(at, end, event.time)) {
      at = read_before_time(at, end, event);
      if (at == nullptr || !time_.take(at, end, event.time)) return false;
    }

    event.commit = commit_part{};
    durable_.reset();
    event.tags = {};
    if (!take(at, R"(,"data":{)")) {
      at = read_before_data(at, end, event);
      if (at == nullptr || !take(at, R"(,"data":{)")) return false;
    }
    --at;
    if (at >= end || end[-1] != '}') return false;
    event.data = with_room({at, static_cast<std::size_t>(end - at)});
    event.metadata = {};
    return !maybe_metadata || split_metadata(event);
  }

  /// What the record scanned last says was durable when it was written: the first record of each
  /// sync batch does.
  [[nodiscard]] const std::optional<global_position>& durable() const noexcept { return durable_; }

  /// Ends the life of all views into the scanner.
  void forget() noexcept {
    chars_.clear();
    views_.clear();
  }

private:
  /// So much may be read behind any part of a line.
  static padded_text with_room(std::string_view text) noexcept {
    return padded_text::with_room(text, 64);
  }

  /// Keys hold no line end, so a comparison that runs over the end of the line fails there.
  template <std::size_t N>
  EVSTORE_DETAIL_HOT static bool take(const char*& at, const char (&literal)[N]) noexcept {
    if (!begins_with(at, literal)) return false;
    at += N - 1;
    return true;
  }

  /// The keys that many records do without. Not inlined, and given `at` by value, so that it stays
  /// in a register.
  [[gnu::noinline]] static const char* read_before_time(const char* at, const char* end,
                                                        event_view& event) noexcept {
    if (take(at, R"(,"schema":)")) {
      std::uint64_t number = 0;
      if (!take_number(at, number) || number == 0 || number > UINT32_MAX) return nullptr;
      event.schema = static_cast<std::uint32_t>(number);
    }
    if (take(at, R"(,"id":")") && !take_id(at, end, event.id)) return nullptr;
    return at;
  }
  [[gnu::noinline]] const char* read_before_data(const char* at, const char* end,
                                                 event_view& event) {
    if (take(at, R"(,"commit":[)") && !take_part(at, event.commit)) return nullptr;
    if (take(at, R"(,"durable":)")) {
      std::uint64_t number = 0;
      if (!take_number(at, number)) return nullptr;
      durable_ = global_position{number};
    }
    if (take(at, R"(,"tags":[)") && !take_tags(at, end, event.tags)) return nullptr;
    return at;
  }

  EVSTORE_DETAIL_HOT bool take_name(const char*& at, const char* end, std::string_view& out) {
    const char* const begin = at;
    at = find_string_end(begin, end);
    if (at >= end) return false;
    if (*at == '\\') [[unlikely]] {
      at = read_escaped_name(begin, at, end, out);
      return at != nullptr;
    }
    out = {begin, static_cast<std::size_t>(at - begin)};
    ++at;
    return true;
  }

  /// Names have no escapes but `\"` and `\\`.
  [[gnu::noinline]] const char* read_escaped_name(const char* begin, const char* at,
                                                  const char* end, std::string_view& out) {
    while (at < end && *at != '"') at = find_string_end(*at == '\\' ? at + 2 : at, end);
    if (at >= end) return nullptr;
    const std::span<char> room = chars_.take(static_cast<std::size_t>(at - begin));
    char* to = room.data();
    for (const char* from = begin; from < at; ++from) {
      if (*from == '\\') {
        ++from;
        if (*from != '"' && *from != '\\') return nullptr;
      }
      *to++ = *from;
    }
    out = {room.data(), static_cast<std::size_t>(to - room.data())};
    return at + 1;
  }

  static bool take_id(const char*& at, const char* end, std::optional<event_id>& out) noexcept {
    constexpr std::size_t size = event_id::text_size;
    if (static_cast<std::size_t>(end - at) <= size || at[size] != '"') return false;
    out = event_id::parse({at, size});
    at += size + 1;
    return out.has_value();
  }

  static bool take_part(const char*& at, commit_part& out) noexcept {
    std::uint64_t index = 0;
    std::uint64_t count = 0;
    if (!take_number(at, index) || !take(at, ",") || !take_number(at, count) || !take(at, "]"))
      return false;
    if (index == 0 || index > count || count > UINT32_MAX) return false;
    out = {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(count)};
    return true;
  }

  bool take_tags(const char*& at, const char* end, std::span<const std::string_view>& out) {
    found_tags_.clear();
    do {
      std::string_view tag;
      if (!take(at, "\"") || !take_name(at, end, tag)) return false;
      found_tags_.push_back(tag);
    } while (take(at, ","));
    if (!take(at, "]")) return false;
    const std::span<std::string_view> kept = views_.take(found_tags_.size());
    std::copy(found_tags_.begin(), found_tags_.end(), kept.begin());
    out = kept;
    return true;
  }

  /// `data` holds everything up to the end of the record: cuts it where the payload ends.
  static bool split_metadata(event_view& event) noexcept {
    const std::string_view both = event.data;
    if (both.find(R"(},"metadata":{)") == both.npos) return true;
    const std::size_t end = end_of_value(both);
    if (end == both.size()) return true; // the words stand within the payload
    constexpr std::string_view key = R"(,"metadata":)";
    const std::string_view rest = both.substr(end);
    if (!rest.starts_with(key)) return false;
    event.data = with_room(both.substr(0, end));
    event.metadata = rest.substr(key.size());
    return event.metadata.starts_with('{') && end_of_value(event.metadata) == event.metadata.size();
  }

  next_position position_;
  recent_time time_;
  std::optional<global_position> durable_;
  std::vector<std::string_view> found_tags_;
  arena<std::string_view> views_;
  arena<char> chars_;
};

} // namespace evstore::jsonl
