#pragma once

#include <support/scratch_folder.hpp>

#include <evstore/jsonl/adapter.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

/// What tests of the JSONL adapter have in common: files as bytes, logs as words.

namespace evstore::tests {

inline std::string bytes_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline void put_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream{path, std::ios::binary | std::ios::trunc}.write(
      bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Where each line of the text begins, and where the text ends.
inline std::vector<std::size_t> line_starts(std::string_view text) {
  std::vector<std::size_t> starts{0};
  for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos;) starts.push_back(++at);
  return starts;
}

/// Appends events of these types to a stream, one commit for all of them.
template <adapter A>
append_receipt append_words(A& log, std::string stream, std::string_view types) {
  return testing::append(log, {{{std::move(stream), any, testing::events(types)}}, {}}).value();
}

/// The types of everything in the log, in order.
template <adapter A>
std::string words_of(A& log) {
  std::string words;
  for (const event_record& event : testing::collect(log.read_all(query::all(), {})))
    words.append(words.empty() ? "" : " ").append(event.type);
  return words;
}

/// For tests that open thousands of logs, and of which none is about syncing.
struct unsynced_files : jsonl::posix_files {
  static int fdatasync(int) noexcept { return 0; }
  static int fsync(int) noexcept { return 0; }
  static void drop_cache(int, off_t) noexcept {}
  static const void* map(int, std::size_t, off_t, jsonl::mapped_for) noexcept { return nullptr; }
  static void unmap(const void*, std::size_t) noexcept {}
};
using quick_adapter = jsonl::basic_adapter<unsynced_files>;

inline quick_adapter quick_open(const std::string& path) { return quick_adapter::open(path, {}); }

/// A closed log of one-event commits, each synced by itself.
inline void make_log(const std::string& path, std::string_view types) {
  quick_adapter log = quick_open(path);
  for (const testing::plain_event& event : testing::events(types))
    static_cast<void>(testing::append(log, {{{"s", any, {event}}}, {}}).value());
}

/// What the action throws; fails if it throws nothing.
template <class Action>
error error_of(Action&& action) {
  try {
    action();
  } catch (const error& thrown) {
    return thrown;
  }
  throw std::logic_error{"nothing was thrown"};
}

} // namespace evstore::tests
