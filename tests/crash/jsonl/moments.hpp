#pragma once

#include "promise.hpp"

#include <support/simulated_files.hpp>

#include <evstore/jsonl/adapter.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace evstore::tests {

inline constexpr const char* log_path = "/log.jsonl";

/// The disk and the promises when the power might have gone.
struct moment {
  simulated_disk disk{};
  std::shared_ptr<const promise> promised = std::make_shared<const promise>();
  bool is_after_power_cut = true; ///< false: what memory holds is still there
  bool has_writer = false;
};

/// The log, as another process reads it.
template <class Log, class Files>
Log reading(const Files& files) {
  try {
    return Log::open_read_only(log_path, {}, files);
  } catch (const error& why) {
    throw broken_promise{std::string{"the log cannot be read: "} + why.what()};
  }
}

/// The machine that another process reads on, as it was at the moment.
inline void put_in(simulated_machine& machine, const moment& now) {
  constexpr int of_the_writer = 1'000'000;
  machine.disk = now.disk;
  machine.descriptors.erase(of_the_writer);
  if (const auto lock = machine.disk.find(std::string{log_path} + ".lock"); now.has_writer && lock)
    machine.descriptors[of_the_writer] = {lock, true, true};
}

/// What is acknowledged only when it is synced is not shown before.
template <class Log>
void check_shown(Log& reader, const moment& now) {
  const auto lock = now.disk.find(std::string{log_path} + ".lock");
  if (!now.has_writer || lock == 0 || !now.disk.bytes(lock).starts_with("shown")) return;
  const std::uint64_t head = reader.head().value();
  const std::string last = "{\"position\":" + std::to_string(head) + ",";
  const std::string& synced = now.disk.synced_bytes(now.disk.find(log_path));
  hold(head == 0 || synced.find(last) != synced.npos, "a reader saw what was not synced");
}

/// Another process follows the log from moment to moment, and is shown all that was acknowledged,
/// and nothing that may still be lost. Throws `broken_promise`.
template <class Files>
void check_followers(const std::vector<moment>& moments) {
  using log = jsonl::basic_adapter<Files>;
  const auto machine = std::make_shared<simulated_machine>();
  std::optional<log> reader;
  std::size_t losses = 0;
  std::size_t before = 0;
  for (const moment& now : moments) {
    if (now.disk.find(log_path) == 0) continue;
    put_in(*machine, now);
    // What a failed sync has put in doubt may be seen, and then be gone.
    if (now.promised->losses != losses) reader.reset();
    losses = now.promised->losses;
    if (!reader) {
      reader.emplace(reading<log>(Files{simulated_files{machine}}));
      before = 0;
    }
    try {
      const std::size_t count = count_commits(*reader, *now.promised, now.promised->acknowledged);
      hold(count >= before, "a reader saw less than before");
      check_shown(*reader, now);
      before = count;
    } catch (const error& why) {
      const bool had_doubtful = before > now.promised->acknowledged;
      hold(why.code() == errc::changed_under || (had_doubtful && why.code() == errc::corrupt),
           std::string{"a reader fails: "} + why.what());
      reader.reset();
    }
  }
}

} // namespace evstore::tests
