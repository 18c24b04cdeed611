#pragma once

#include <evstore/adapter.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Commits that own their parts. The port borrows everything (`commit_view`), which is right for
/// speed and tiresome in a test; these are what tests write down, generate, keep and compare.

namespace evstore::testing {

struct plain_event {
  std::string type;
  std::string data = "{}";
  std::uint32_t schema = 1;
  std::optional<event_id> id{};
  std::vector<std::string> tags{};
  std::string metadata{};
  std::optional<timestamp> time{};

  friend bool operator==(const plain_event&, const plain_event&) = default;
};

struct plain_write {
  std::string stream;
  expected_version expected;
  std::vector<plain_event> events{};
};

struct plain_commit {
  std::vector<plain_write> writes{};
  std::vector<append_condition> conditions{};
};

/// One event for each word of the text, with the word for its type: `events("opened moved")`.
inline std::vector<plain_event> events(std::string_view types) {
  std::vector<plain_event> list;
  while (true) {
    types.remove_prefix(std::min(types.find_first_not_of(' '), types.size()));
    if (types.empty()) return list;
    const std::string_view word = types.substr(0, types.find(' '));
    list.push_back({.type = std::string{word}});
    types.remove_prefix(word.size());
  }
}

/// A different id for every number.
constexpr event_id id_of(std::uint64_t number) noexcept {
  event_id::bytes_type bytes{0x01, 0x8f, 0, 0, 0, 0, 0x70, 0, 0x80};
  for (std::size_t i = 0; i < 6; ++i, number >>= 8)
    bytes[bytes.size() - 1 - i] = static_cast<std::uint8_t>(number & 0xFF);
  return event_id{bytes};
}

/// Lends the commit to `take(const commit_view&)`. Data and metadata that are not one-line JSON
/// throw `errc::invalid_payload` here, as they do for users, who cannot make a `json_view` of them
/// either.
template <class Take>
decltype(auto) with_view(const plain_commit& plain, Take&& take) {
  // Spans point into the inner vectors, whose elements stay where they are when the outer one
  // grows.
  std::vector<std::vector<std::string_view>> tags;
  std::vector<std::vector<new_event>> events;
  std::vector<stream_write> writes;
  for (const plain_write& write : plain.writes) {
    std::vector<new_event>& views = events.emplace_back();
    for (const plain_event& event : write.events) {
      const auto& names = tags.emplace_back(event.tags.begin(), event.tags.end());
      views.push_back(
          {.type = event.type,
           .data = event.data.empty() ? json_view{} : json_view::checked(event.data),
           .schema = event.schema,
           .id = event.id,
           .tags = names,
           .metadata = event.metadata.empty() ? json_view{} : json_view::checked(event.metadata),
           .time = event.time});
    }
    writes.push_back({write.stream, write.expected, views});
  }
  return std::forward<Take>(take)(commit_view{writes, plain.conditions});
}

template <adapter A>
append_result append(A& store, const plain_commit& plain) {
  return with_view(plain, [&](const commit_view& commit) { return store.append(commit); });
}

/// All that the cursor still has, in owning copies.
template <event_cursor Cursor>
std::vector<event_record> collect(Cursor cursor) {
  std::vector<event_record> records;
  for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
    for (const event_view& event : batch) records.emplace_back(event);
  return records;
}

} // namespace evstore::testing
