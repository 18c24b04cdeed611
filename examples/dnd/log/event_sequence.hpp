#pragma once

#include "files/worlds.hpp"
#include "log/event_stream.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dnd {

/// All events of a campaign in one sequence, numbered from 1, wherever they lie: a fight that goes
/// on has a log of its own, `encounter-N.jsonl`, and its events move to the end of the campaign's
/// log, in one commit, when it is over. Their numbers do not change by that.
///
/// The campaign's log says by itself which of the two is right after a crash: the fight's log counts
/// exactly as long as the campaign's log ends with the event that began the fight. What else lies
/// there was never acknowledged, or has been moved already; whoever writes next removes it.
///
/// On a server there is one log, and fights are fought in it.
class event_sequence {
public:
  event_sequence(const campaign_place& place, access how);

  /// The name of the stream in the campaign's log; empty before it has an event or was given one.
  [[nodiscard]] const std::string& name() const noexcept { return campaign_.name(); }
  void set_name(std::string name) { campaign_.set_name(std::move(name)); }
  [[nodiscard]] std::uint64_t size() const noexcept;
  [[nodiscard]] bool has_fight() const noexcept { return fight_.has_value(); }

  /// The logs of fights that lie beside the campaign's, whether they count or are left over.
  [[nodiscard]] static std::vector<std::filesystem::path> fight_logs(const campaign_place& place);
  [[nodiscard]] std::vector<std::string> warnings() const;

  /// Appends what one command came to, all or none; durable when it returns. At most one of the
  /// events begins or ends a fight.
  void append(const std::vector<evstore::envelope<event>>& made);

  /// Calls `see(number, event)` for the events from `first` to the end, until it answers false.
  template <class See>
  void read_from(std::uint64_t first, See&& see) const {
    const std::uint64_t before = campaign_.size();
    if (first <= before && !read(campaign_, first, 0, see)) return;
    if (fight_) read(*fight_, first > before ? first - before : 1, before, see);
  }
  [[nodiscard]] std::optional<evstore::event_record> event_at(std::uint64_t number) const;
  /// Where an event lies.
  [[nodiscard]] const std::filesystem::path& file_of(std::uint64_t number) const noexcept {
    return fight_ && number > campaign_.size() ? fight_->path() : campaign_.path();
  }

private:
  template <class See>
  static bool read(const event_stream& stream, std::uint64_t first, std::uint64_t before,
                   See&& see) {
    return stream.read_from(first, [&](const stored_event& stored) {
      return see(before + stored.position().value(), stored);
    });
  }

  /// A fight's log carries the id of the event that began it: one that was taken back may be fought
  /// again under its number.
  struct beginning {
    int number;
    evstore::event_id id;
  };

  [[nodiscard]] std::string fight_name(const beginning& begun) const;
  [[nodiscard]] event_stream new_fight(const beginning& begun) const;
  [[nodiscard]] std::optional<beginning> fight_begun_last() const;
  void join_fight(const beginning& begun, access how);
  void remove_other_fights() const noexcept;

  std::filesystem::path directory_;
  bool parts_fights_; ///< from the campaign's log
  event_stream campaign_;
  std::optional<event_stream> fight_; ///< of the fight that goes on
  std::optional<int> fight_number_;
};

} // namespace dnd
