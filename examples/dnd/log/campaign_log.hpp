#pragma once

#include "campaign/state.hpp"
#include "events.hpp"
#include "files/worlds.hpp"
#include "log/access.hpp"
#include "log/snapshot_rhythm.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dnd {

/// How the state came to be when the campaign was opened.
struct load_report {
  std::uint64_t position = 0; ///< events in the log
  std::optional<std::uint64_t> from_snapshot;
  std::uint64_t replayed = 0;
  std::vector<std::string> warnings; ///< a torn tail, a snapshot that was passed over
};

/// An event of the log with the state that has just seen it. Borrowed for the length of a call.
struct log_entry {
  std::uint64_t position;
  std::string time;
  std::string said;      ///< the command that it comes from, as it was typed; empty if unknown
  std::uint64_t command; ///< the position of the first event of that command
  const event& happened;
  const campaign_state& after;
};

/// What an append wrote, beyond what it was asked to.
struct recorded {
  std::vector<event> events;         ///< all of them, in order
  std::vector<std::string> warnings; ///< a snapshot that could not be written
};

/// A campaign's log and its snapshot. The only part of the program that knows how events are kept.
/// One thread at a time. Damage, a second writer, a full disk are thrown as `evstore::error`.
class campaign_log {
public:
  /// Opens and loads: the newest usable snapshot, and every event after it.
  campaign_log(campaign_place place, access how, const snapshot_rhythm& rhythm);
  ~campaign_log();
  campaign_log(campaign_log&&) noexcept;
  campaign_log& operator=(campaign_log&&) noexcept;

  [[nodiscard]] const campaign_place& place() const noexcept;
  [[nodiscard]] const campaign_state& state() const noexcept;
  [[nodiscard]] std::uint64_t position() const noexcept;
  [[nodiscard]] const load_report& report() const noexcept;

  /// Appends what the command `said` came to, all or none; durable when it returns. The first append
  /// of a campaign begins with `campaign_started`. Then takes the snapshot that is due, if one is.
  recorded append(std::vector<event> events, std::string_view said = {});

  /// False if the rhythm is `off`.
  [[nodiscard]] bool takes_snapshots() const noexcept;

  /// Takes a snapshot now, whatever the rhythm; the event that records it. Throws if it fails.
  recorded save();

  /// Calls `see` for each event of the log from the first to `last` (absent: to the end) until it
  /// answers false.
  void replay(std::optional<std::uint64_t> last,
              const std::function<bool(const log_entry&)>& see) const;

private:
  class journal;
  std::unique_ptr<journal> journal_;
};

} // namespace dnd
