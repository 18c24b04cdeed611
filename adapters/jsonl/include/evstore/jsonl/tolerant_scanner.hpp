#pragma once

#include <evstore/detail/json_scan.hpp>
#include <evstore/event_record.hpp>
#include <evstore/jsonl/arena.hpp>
#include <evstore/jsonl/text_scan.hpp>
#include <evstore/raw_json.hpp>
#include <evstore/stream_name.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evstore::jsonl {

/// Reads records that another program wrote or a person edited: keys in any order, space between
/// tokens, unknown keys (passed over), any escapes. Needed are `stream`, `type` and `data`; what
/// else is absent is `std::nullopt` here or has its default. Checks everything, unlike the
/// canonical scanner, which relies on the checksum: about a tenth as fast.
///
/// Views that a scan puts out point into the line, or into the scanner until `forget`.
class tolerant_scanner {
public:
  struct found {
    std::optional<global_position> position{};
    std::optional<stream_version> version{};
    std::optional<global_position> durable{};
  };

  /// Why the line is no record, or nothing. Then `event` is filled, but for what `found` lacks.
  /// 32 bytes behind the line may be read.
  evstore::detail::json_defect scan(std::string_view line, event_view& event, found& beside) {
    if (const auto defect = evstore::detail::find_json_defect(line)) return defect;
    line_ = line;
    at_ = 0;
    defect_ = {};
    seen_ = 0;
    event = {};
    beside = {};
    skip_space();
    if (peek() != '{') return {"a record is a JSON object", at_};
    ++at_;
    skip_space();
    while (peek() != '}' && !defect_) {
      const std::string_view key = string();
      skip_space();
      ++at_; // the colon
      skip_space();
      const std::size_t begin = at_;
      member(key, value(), begin, event, beside);
      skip_space();
      if (peek() == ',') ++at_;
      skip_space();
    }
    if (defect_) return defect_;
    for (const std::string_view needed : {"stream", "type", "data"})
      if (!was_seen(needed)) return {missing(needed), 0};
    return {};
  }

  void forget() noexcept {
    chars_.clear();
    views_.clear();
  }

private:
  static constexpr std::string_view keys[] = {"position", "stream", "version", "type",
                                              "schema",   "id",     "time",    "commit",
                                              "durable",  "tags",   "data",    "metadata"};

  static constexpr std::string_view missing(std::string_view key) noexcept {
    if (key == "stream") return "the record lacks \"stream\"";
    if (key == "type") return "the record lacks \"type\"";
    return "the record lacks \"data\"";
  }

  void fail(std::string_view what, std::size_t at) noexcept {
    if (!defect_) defect_ = {what, at};
  }
  [[nodiscard]] bool was_seen(std::string_view key) const noexcept {
    const auto* const at = std::find(std::begin(keys), std::end(keys), key);
    return (seen_ >> (at - std::begin(keys)) & 1) != 0;
  }

  void member(std::string_view key, std::string_view text, std::size_t at, event_view& event,
              found& beside) {
    const auto* const known = std::find(std::begin(keys), std::end(keys), key);
    if (known == std::end(keys)) return;
    const std::uint32_t bit = std::uint32_t{1} << (known - std::begin(keys));
    if ((seen_ & bit) != 0) return fail("a key of the record stands there twice", at);
    seen_ |= bit;

    if (key == "position") {
      beside.position = global_position{number(text, at)};
    } else if (key == "stream") {
      event.stream = name(text, at);
    } else if (key == "version") {
      beside.version = stream_version{number(text, at)};
    } else if (key == "type") {
      event.type = name(text, at);
    } else if (key == "schema") {
      const std::uint64_t schema = number(text, at);
      if (schema == 0 || schema > UINT32_MAX) fail("\"schema\" is no schema version", at);
      event.schema = static_cast<std::uint32_t>(schema);
    } else if (key == "id") {
      event.id = event_id::parse(unquoted(text));
      if (!event.id) fail("\"id\" is no UUID", at);
    } else if (key == "time") {
      const auto time = parse_timestamp(unquoted(text));
      if (!time) return fail("\"time\" is no RFC 3339 time in UTC", at);
      event.time = *time;
    } else if (key == "commit") {
      part(text, at, event.commit);
    } else if (key == "durable") {
      beside.durable = global_position{number(text, at)};
    } else if (key == "tags") {
      tags(text, at, event);
    } else if (text.front() != '{') {
      fail(key == "data" ? "\"data\" is no object" : "\"metadata\" is no object", at);
    } else {
      (key == "data" ? event.data : event.metadata) = text;
    }
  }

  /// Exact whole numbers only; `1.0` and `1e3` are not.
  std::uint64_t number(std::string_view text, std::size_t at) noexcept {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, failed] = std::from_chars(text.data(), end, value);
    if (failed != std::errc{} || stopped != end) fail("expected a whole number", at);
    return value;
  }

  std::string_view name(std::string_view text, std::size_t at) {
    if (text.front() != '"') {
      fail("expected a name in quotes", at);
      return {};
    }
    const std::string_view plain = unescaped(unquoted(text));
    if (const auto defect = name_defect(plain); !defect.empty()) fail(defect, at);
    return plain;
  }

  static std::string_view unquoted(std::string_view text) noexcept {
    return text.size() >= 2 && text.front() == '"' ? text.substr(1, text.size() - 2) : text;
  }

  /// The elements of an array, each with its place in the line.
  template <class Visitor>
  void for_each_element(std::string_view text, std::size_t at, Visitor see) {
    if (text.front() != '[') return fail("expected an array", at);
    const std::size_t after = at_;
    at_ = at + 1;
    skip_space();
    while (peek() != ']' && !defect_) {
      const std::size_t begin = at_;
      see(value(), begin);
      skip_space();
      if (peek() == ',') ++at_;
      skip_space();
    }
    at_ = after;
  }

  void part(std::string_view text, std::size_t at, commit_part& out) {
    std::uint64_t numbers[2] = {};
    std::size_t count = 0;
    for_each_element(text, at, [&](std::string_view element, std::size_t place) {
      if (count == 2) return fail("\"commit\" is [index, count]", place);
      numbers[count++] = number(element, place);
    });
    if (count != 2 || numbers[0] == 0 || numbers[0] > numbers[1] || numbers[1] > UINT32_MAX)
      return fail("\"commit\" is [index, count]", at);
    out = {static_cast<std::uint32_t>(numbers[0]), static_cast<std::uint32_t>(numbers[1])};
  }

  void tags(std::string_view text, std::size_t at, event_view& event) {
    found_tags_.clear();
    for_each_element(text, at, [&](std::string_view element, std::size_t place) {
      found_tags_.push_back(name(element, place));
    });
    const std::span<std::string_view> kept = views_.take(found_tags_.size());
    std::copy(found_tags_.begin(), found_tags_.end(), kept.begin());
    event.tags = kept;
  }

  // The line is known to be valid JSON: what follows only walks it.

  [[nodiscard]] char peek() const noexcept { return at_ < line_.size() ? line_[at_] : '\0'; }
  void skip_space() noexcept {
    while (evstore::detail::json_space.find(peek()) != std::string_view::npos && at_ < line_.size())
      ++at_;
  }
  std::string_view string() {
    const std::string_view quoted = value();
    return unescaped(unquoted(quoted));
  }
  std::string_view value() noexcept {
    const std::size_t begin = at_;
    switch (peek()) {
    case '{':
    case '[': at_ += end_of_value(line_.substr(at_)); break;
    case '"': {
      const char* const end = line_.data() + line_.size();
      const char* at = find_string_end(line_.data() + at_ + 1, end);
      while (*at == '\\') at = find_string_end(at + 2, end);
      at_ = static_cast<std::size_t>(at - line_.data()) + 1;
      break;
    }
    default: at_ = std::min(line_.find_first_of(",}] \t\n\r", at_), line_.size());
    }
    return line_.substr(begin, at_ - begin);
  }

  std::string_view unescaped(std::string_view text) {
    if (text.find('\\') == std::string_view::npos) return text;
    const std::span<char> room = chars_.take(text.size()); // an escape is longer than what it says
    char* out = room.data();
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\') {
        *out++ = text[i];
        continue;
      }
      switch (text[++i]) {
      case 'b': *out++ = '\b'; break;
      case 'f': *out++ = '\f'; break;
      case 'n': *out++ = '\n'; break;
      case 'r': *out++ = '\r'; break;
      case 't': *out++ = '\t'; break;
      case 'u': out = write_utf8(out, code_point(text, i)); break;
      default: *out++ = text[i];
      }
    }
    return {room.data(), static_cast<std::size_t>(out - room.data())};
  }

  /// `i` stands on the `u` of an escape and moves to its last character.
  static std::uint32_t code_point(std::string_view text, std::size_t& i) noexcept {
    const auto unit = [&] {
      std::uint32_t value = 0;
      std::from_chars(text.data() + i + 1, text.data() + i + 5, value, 16);
      i += 4;
      return value;
    };
    const std::uint32_t first = unit();
    if (first < 0xD800 || first > 0xDBFF) return first;
    i += 2; // the backslash and the u of the second half
    return 0x10000 + ((first - 0xD800) << 10) + (unit() - 0xDC00);
  }

  static char* write_utf8(char* out, std::uint32_t code) noexcept {
    const auto put = [&](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xC0 | code >> 6);
      put(0x80 | (code & 63));
    } else if (code < 0x10000) {
      put(0xE0 | code >> 12);
      put(0x80 | (code >> 6 & 63));
      put(0x80 | (code & 63));
    } else {
      put(0xF0 | code >> 18);
      put(0x80 | (code >> 12 & 63));
      put(0x80 | (code >> 6 & 63));
      put(0x80 | (code & 63));
    }
    return out;
  }

  std::string_view line_;
  std::size_t at_ = 0;
  evstore::detail::json_defect defect_;
  std::uint32_t seen_ = 0;
  std::vector<std::string_view> found_tags_;
  arena<std::string_view> views_;
  arena<char> chars_;
};

} // namespace evstore::jsonl
