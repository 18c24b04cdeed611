#pragma once

#include <evstore/commit.hpp>
#include <evstore/event_record.hpp>
#include <evstore/jsonl/byte_buffer.hpp>
#include <evstore/jsonl/seal.hpp>
#include <evstore/jsonl/text_scan.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace evstore::jsonl {

/// No record is longer, so that a damaged log cannot ask for any amount of memory.
inline constexpr std::size_t max_record_size = std::size_t{1} << 28;

/// How every record of ours begins.
inline constexpr std::string_view record_begin = R"({"position":)";

/// What the log knows of an event beside what the caller said.
struct record_place {
  global_position position;
  std::string_view stream;
  stream_version version;
  commit_part part;
  timestamp recorded;                       ///< unless the event says when
  std::optional<global_position> durable{}; ///< on the first record of a sync batch
  std::uint32_t seed = 0;                   ///< the crc of the record before
};

/// Writes records in the canonical form: one line of JSON each, these keys in this order, absent
/// when not used, no space between tokens.
///
///     {"position":42,"stream":"encounter-3","version":7,"type":"damage_taken","schema":2,
///      "id":"018f…","time":"2026-11-20T21:20:00.123456Z","commit":[1,3],"durable":41,
///      "tags":["creature:zombie-1"],"data":{…},"metadata":{…},"crc":"9ae0daaf"}
///
/// `schema` is absent for 1, `commit` for a commit of one event. `docs/internals/jsonl_format.md`
/// has every detail. One thread at a time.
class record_writer {
public:
  /// Appends one line and returns its crc. The names and payloads are known to be valid.
  std::uint32_t write(byte_buffer& out, const new_event& event, const record_place& place) {
    char* const begin = out.room_for(most_bytes(event, place));
    char* at = begin;
    at = number(literal(at, record_begin), place.position.value());
    at = literal(name(literal(at, R"(,"stream":")"), place.stream), R"(")");
    at = number(literal(at, R"(,"version":)"), place.version.value());
    at = literal(name(literal(at, R"(,"type":")"), event.type), R"(")");
    if (event.schema != 1) at = number(literal(at, R"(,"schema":)"), event.schema);
    if (event.id) at = literal(event.id->write(literal(at, R"(,"id":")")), R"(")");
    at = literal(time(literal(at, R"(,"time":")"), event.time.value_or(place.recorded)), R"(")");
    if (place.part.count > 1) {
      at = number(literal(at, R"(,"commit":[)"), place.part.index);
      at = literal(number(literal(at, ","), place.part.count), "]");
    }
    if (place.durable) at = number(literal(at, R"(,"durable":)"), place.durable->value());
    if (!event.tags.empty()) {
      at = literal(at, R"(,"tags":)");
      char separator = '[';
      for (std::string_view tag : event.tags) {
        *at++ = separator;
        *at++ = '"';
        at = name(at, tag);
        *at++ = '"';
        separator = ',';
      }
      *at++ = ']';
    }
    at = literal(literal(at, R"(,"data":)"), event.data.text());
    if (!event.metadata.empty())
      at = literal(literal(at, R"(,"metadata":)"), event.metadata.text());
    const std::uint32_t crc = crc32c(place.seed, {begin, static_cast<std::size_t>(at - begin)});
    at = literal(write_crc(literal(at, seal_begin), crc), seal_end);
    *at++ = '\n';
    out.grow_by(static_cast<std::size_t>(at - begin));
    return crc;
  }

  /// An upper bound of the line's length.
  static std::size_t most_bytes(const new_event& event, const record_place& place) noexcept {
    constexpr std::size_t keys_and_numbers = 384;
    std::size_t names = place.stream.size() + event.type.size();
    for (std::string_view tag : event.tags) names += tag.size() + 2;
    return keys_and_numbers + 2 * names + event.data.text().size() + event.metadata.text().size();
  }

private:
  static char* literal(char* out, std::string_view text) noexcept {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
  }
  static char* number(char* out, std::uint64_t value) noexcept {
    constexpr std::size_t most_digits = 20;
    return std::to_chars(out, out + most_digits, value).ptr;
  }
  /// Names hold no control characters: only the quote and the backslash need an escape, and hardly
  /// a name has one.
  static char* name(char* out, std::string_view text) noexcept {
    if (!has_string_end(text)) return literal(out, text);
    for (char c : text) {
      if (c == '"' || c == '\\') *out++ = '\\';
      *out++ = c;
    }
    return out;
  }
  /// As `write_timestamp`, but the calendar is asked once a minute.
  char* time(char* out, timestamp when) noexcept {
    using namespace std::chrono;
    const auto minute = floor<minutes>(when);
    if (minute != minute_) {
      minute_ = minute;
      write_timestamp(minute_text_, when);
    }
    const auto rest = static_cast<std::uint64_t>((when - minute).count());
    out = literal(out, {minute_text_, sizeof "2026-11-20T21:20:" - 1});
    out = evstore::detail::write_digits(out, rest / 1'000'000, 2);
    *out++ = '.';
    out = evstore::detail::write_digits(out, rest % 1'000'000, 6);
    *out++ = 'Z';
    return out;
  }

  std::chrono::sys_time<std::chrono::minutes> minute_ =
      std::chrono::sys_time<std::chrono::minutes>::min();
  char minute_text_[timestamp_text_size] = {};
};

} // namespace evstore::jsonl
