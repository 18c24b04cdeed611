#pragma once

#include "campaign/books.hpp"
#include "campaign/decide.hpp"
#include "campaign/past.hpp"
#include "campaign/state.hpp"
#include "events.hpp"
#include "language/commands.hpp"
#include "language/complaint.hpp"
#include "rules/dice.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dnd {

/// Thrown by the deciders of one command and caught by `decide`: it never leaves the campaign
/// folder.
struct refusal {
  complaint why;
};

[[noreturn]] void refuse(std::string message);
[[noreturn]] void refuse(const mention& culprit, std::string message);

/// One command being decided: the events so far, and the state as it would be with them. That is
/// how the second of two zombies gets the second number.
class deliberation {
public:
  deliberation(const campaign_state& state, dice_source& dice, const books& library,
               const past& before)
      : state_{state}, dice_{dice}, library_{library}, before_{before} {}

  [[nodiscard]] const campaign_state& state() const { return state_; }
  [[nodiscard]] const books& library() const { return library_; }
  [[nodiscard]] const past& before() const { return before_; }

  /// What the command throws: with the real dice that it names, if it names any. Refuses more or
  /// fewer of them than there are dice, and numbers that a die does not have.
  dice_roll roll(const dice_expression& dice);
  /// What the command does not throw itself: always the program's dice.
  dice_roll roll_behind_the_screen(const dice_expression& dice) { return throw_dice(dice, dice_); }
  void use_real_dice(std::vector<face> rolled) { real_dice_ = std::move(rolled); }

  template <class Event>
  void happens(Event what) {
    state_.evolve(what);
    decided_.events.emplace_back(std::move(what));
  }

  /// Says why nothing happens, where something might have.
  void remark(std::string why) { decided_.remarks.push_back(std::move(why)); }

  /// Reminds of what a condition means by the rules, if they know it.
  void recall(const std::string& condition);

  /// The id of a creature of the campaign: by id, or by a name that only one has. Refuses others.
  [[nodiscard]] std::string id_of(const mention& name) const;
  [[nodiscard]] const creature& creature_of(const std::string& id) const {
    return state_.creatures.at(id);
  }

  /// The entry of a kind of book that the mention names, spelled as the books do. Refuses others.
  [[nodiscard]] std::string entry_of(std::string_view kind, const mention& name) const;

  /// Refuses if real dice were named that nothing was thrown with.
  decision outcome() &&;

private:
  campaign_state state_;
  dice_source& dice_;
  const books& library_;
  const past& before_;
  std::vector<face> real_dice_;
  std::size_t next_die_ = 0;
  decision decided_;
};

// What each command comes to; in decide_fight.cpp, decide_party.cpp, decide_story.cpp and
// decide_undo.cpp.
void decide(deliberation& table, const command::start_encounter& wanted);
void decide(deliberation& table, const command::end_encounter& wanted);
void decide(deliberation& table, const command::initiative& wanted);
void decide(deliberation& table, const command::turn& wanted);
void decide(deliberation& table, const command::attack& wanted);
void decide(deliberation& table, const command::damage& wanted);
void decide(deliberation& table, const command::add& wanted);
void decide(deliberation& table, const command::remove& wanted);
void decide(deliberation& table, const command::heal& wanted);
void decide(deliberation& table, const command::inflict& wanted);
void decide(deliberation& table, const command::lift& wanted);
void decide(deliberation& table, const command::rest& wanted);
void decide(deliberation& table, const command::level_up& wanted);
void decide(deliberation& table, const command::give& wanted);
void decide(deliberation& table, const command::take& wanted);
void decide(deliberation& table, const command::roll& wanted);
void decide(deliberation& table, const command::ask_check& wanted);
void decide(deliberation& table, const command::check& wanted);
void decide(deliberation& table, const command::note& wanted);
void decide(deliberation& table, const command::start_session& wanted);
void decide(deliberation& table, const command::end_session& wanted);
void decide(deliberation& table, const command::undo& wanted);

/// Brings a creature from the books into the campaign; its id. Refuses what no book knows.
std::string bring(deliberation& table, const mention& name);

/// Makes a creature of the campaign part of the fight; monsters roll initiative at once.
void join_fight(deliberation& table, const std::string& id);

} // namespace dnd
