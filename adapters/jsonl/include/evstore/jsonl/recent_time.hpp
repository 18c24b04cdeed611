#pragma once

#include <evstore/detail/hot.hpp>
#include <evstore/jsonl/digits.hpp>
#include <evstore/timestamp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace evstore::jsonl {

/// Reads `,"time":"2026-11-20T21:20:00.123456Z"` in records of which most are of the same minute as
/// the one before: the text up to the seconds is compared, and only the rest is read.
class recent_time {
public:
  /// Moves `at` behind it. False, and `at` stays, if no such member stands there.
  EVSTORE_DETAIL_HOT bool take(const char*& at, const char* end, timestamp& out) noexcept {
    if (static_cast<std::size_t>(end - at) <= size) return false;
    if (!begins_with(at, known_) && !learn(at)) return false;
    std::uint64_t microseconds = 0;
    const char* const seconds = at + (sizeof known_ - 1);
    if (!read_seconds(seconds, microseconds) || seconds[9] != 'Z' || seconds[10] != '"')
      return false;
    out = minute_ + std::chrono::microseconds{microseconds};
    at += size;
    return true;
  }

private:
  static constexpr char key[] = R"(,"time":")";
  static constexpr std::size_t key_size = sizeof key - 1;
  static constexpr std::size_t size = key_size + timestamp_text_size + 1;

  [[gnu::noinline]] bool learn(const char* at) noexcept {
    if (!begins_with(at, key)) return false;
    const auto parsed = parse_timestamp({at + key_size, timestamp_text_size});
    if (!parsed) return false;
    std::memcpy(known_, at, sizeof known_ - 1);
    minute_ = std::chrono::floor<std::chrono::minutes>(*parsed);
    return true;
  }

  std::chrono::sys_time<std::chrono::minutes> minute_{};
  char known_[sizeof R"(,"time":"2026-11-20T21:20:)"] = {'\n'}; // which is in no line
};

} // namespace evstore::jsonl
