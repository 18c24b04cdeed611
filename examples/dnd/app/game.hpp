#pragma once

#include "campaign/books.hpp"
#include "campaign/tone.hpp"
#include "events.hpp"
#include "language/complaint.hpp"
#include "language/completion.hpp"
#include "log/campaign_log.hpp"
#include "rules/dice.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dnd {

/// What a command line came to.
struct outcome {
  std::vector<event> events;   ///< that are in the log now
  std::vector<told> sentences; ///< what to tell: events, a hint, help
  std::vector<std::string> warnings;
  std::optional<complaint> why_not; ///< nothing was written
  bool quit = false;
};

/// A campaign being played: lines in, events and answers out. What `perform` reports as written is
/// durable. One thread at a time.
class game {
public:
  /// Borrows the books and the dice.
  game(campaign_log log, const books& library, dice_source& dice)
      : log_{std::move(log)}, library_{library}, dice_{dice} {}

  /// Carries out one line. Throws `evstore::error` if the log could not be written.
  outcome perform(std::string_view line);

  /// What the unfinished last word of a line could become.
  [[nodiscard]] completion complete(std::string_view before_cursor) const;

  [[nodiscard]] const campaign_log& log() const noexcept { return log_; }

private:
  campaign_log log_;
  const books& library_;
  dice_source& dice_;
};

/// The list of all commands, or what is known of the one that the topic names; nothing if none is.
std::optional<std::string> help_text(std::string_view topic);

} // namespace dnd
