#pragma once

#include "promise.hpp"

#include <support/simulated_files.hpp>

#include <evstore/jsonl/adapter.hpp>

#include <cstddef>
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

/// Another process follows the log from moment to moment, and is shown all that was acknowledged.
/// Throws `broken_promise`.
template <class Files>
void check_followers(const std::vector<moment>& moments) {
  using log = jsonl::basic_adapter<Files>;
  const auto machine = std::make_shared<simulated_machine>();
  std::optional<log> reader;
  std::size_t losses = 0;
  std::size_t before = 0;
  for (const moment& now : moments) {
    if (now.disk.find(log_path) == 0) continue;
    machine->disk = now.disk;
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
