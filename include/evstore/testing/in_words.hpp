#pragma once

#include <evstore/commit.hpp>
#include <evstore/event_record.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What failing tests say: the library's values as text, on one line.

namespace evstore::testing {

inline std::string in_words(std::string_view text) { return std::string{text}; }
inline std::string in_words(const std::string& text) { return text; }
inline std::string in_words(const char* text) { return text; }
inline std::string in_words(bool value) { return value ? "true" : "false"; }
template <std::integral T>
  requires(!std::same_as<T, bool>)
std::string in_words(T value) {
  return std::to_string(value);
}
inline std::string in_words(stream_version version) {
  return "version " + std::to_string(version.value());
}
inline std::string in_words(global_position position) {
  return "position " + std::to_string(position.value());
}
inline std::string in_words(expected_version expected) { return expected.to_string(); }
inline std::string in_words(timestamp time) { return to_string(time); }
inline std::string in_words(const event_id& id) { return id.to_string(); }
inline std::string in_words(append_conflict::kind reason) {
  switch (reason) {
  case append_conflict::kind::version: return "a version conflict";
  case append_conflict::kind::condition: return "a condition conflict";
  case append_conflict::kind::event_id: return "an event id conflict";
  case append_conflict::kind::tombstoned: return "a tombstoned conflict";
  }
  return "an unknown conflict";
}
inline std::string in_words(const stream_state& state) {
  return in_words(state.version) + ", first " + std::to_string(state.first.value()) +
         (state.tombstoned ? ", tombstoned" : "");
}
inline std::string in_words(commit_part part) {
  return std::to_string(part.index) + " of " + std::to_string(part.count);
}
inline std::string in_words(const event_record& event) {
  std::string text = std::to_string(event.position.value()) + ": " + event.stream + "@" +
                     std::to_string(event.version.value()) + " " + event.type + "/" +
                     std::to_string(event.schema) + " " + in_words(event.commit);
  if (event.id) text += " " + event.id->to_string();
  for (const std::string& tag : event.tags) text += " #" + tag;
  return text + " " + to_string(event.time) + " " + event.data + " " + event.metadata;
}

template <class T>
std::string in_words(const std::optional<T>& value) {
  return value ? in_words(*value) : "none";
}
template <class T>
std::string in_words(const std::vector<T>& values) {
  std::string text{"["};
  for (const T& value : values) text.append(text.size() > 1 ? ", " : "").append(in_words(value));
  return text + "]";
}
inline std::string in_words(const append_receipt& receipt) {
  return std::to_string(receipt.first.value()) + "–" + std::to_string(receipt.last.value()) +
         ", now " + in_words(receipt.versions) + (receipt.replayed ? ", replayed" : "");
}
/// Long payloads are shown by their ends.
inline std::string shortened(std::string text) {
  constexpr std::size_t most = 600;
  if (text.size() <= most) return text;
  return text.substr(0, most / 2) + " ... (" + std::to_string(text.size()) + " bytes) ... " +
         text.substr(text.size() - most / 2);
}

} // namespace evstore::testing
