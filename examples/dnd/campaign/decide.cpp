#include "campaign/decide.hpp"

#include "campaign/deliberation.hpp"
#include "language/text.hpp"
#include "rules/conditions.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>
#include <type_traits>

namespace dnd {

namespace {

template <class Deed, class... Acts>
constexpr bool is_one_of = (std::is_same_v<Deed, Acts> || ...);

/// Acts, which have to wait for the checks that were asked for. Talk, dice, belongings, marks and
/// second thoughts need not.
template <class Deed>
constexpr bool is_act = is_one_of<Deed, command::start_encounter, command::end_encounter,
                                  command::initiative, command::turn, command::attack,
                                  command::damage, command::heal, command::rest, command::level_up>;

void require_no_pending_check(const deliberation& table) {
  if (table.state().pending_checks.empty()) return;
  const pending_check& first = table.state().pending_checks.front();
  refuse("the game waits for " + first.creature + ": check " + first.ability +
         " by: " + first.creature + "; undo takes the question back");
}

/// The dice on the table, as the command tells them.
class told_dice final : public dice_source {
public:
  told_dice(const std::vector<face>& all, std::size_t& next) : all_{all}, next_{next} {}

  int roll(int sides) override {
    if (next_ == all_.size())
      refuse(all_.back().said, "more dice are thrown than rolled: names numbers");
    const face& shown = all_[next_++];
    if (shown.shown < 1 || shown.shown > sides)
      refuse(shown.said, "a d" + std::to_string(sides) + " shows 1 to " + std::to_string(sides) +
                             "; rolled: is the die alone, without what is added");
    return shown.shown;
  }

private:
  const std::vector<face>& all_;
  std::size_t& next_;
};

/// In a fight, who still stands in it is meant rather than others of that name.
std::vector<std::string> narrowed(const campaign_state& state, std::vector<std::string> bearers) {
  if (bearers.size() < 2 || !state.encounter.active) return bearers;
  std::vector<std::string> fighting;
  const auto& all = state.encounter.combatants;
  std::copy_if(bearers.begin(), bearers.end(), std::back_inserter(fighting), [&](const auto& id) {
    return state.creatures.at(id).hp > 0 && std::find(all.begin(), all.end(), id) != all.end();
  });
  return fighting.empty() ? bearers : fighting;
}

} // namespace

void refuse(std::string message) { throw refusal{{std::move(message)}}; }

void refuse(const mention& culprit, std::string message) {
  throw refusal{{std::move(message), culprit.at, culprit.length}};
}

evstore::result<std::string, complaint> find_creature(const campaign_state& state,
                                                      const mention& name) {
  const auto nobody = [&](std::string why) {
    return evstore::failure{complaint{std::move(why), name.at, name.length}};
  };
  const std::string wanted = folded(name.text);
  std::vector<std::string> bearers;
  std::vector<std::string> known;
  for (const auto& [id, creature] : state.creatures) {
    if (same_word(id, wanted)) return id;
    if (same_word(creature.name, wanted)) bearers.push_back(id);
    known.push_back(id);
    known.push_back(creature.name);
  }
  bearers = narrowed(state, std::move(bearers));
  if (bearers.size() == 1) return bearers.front();
  if (!bearers.empty()) return nobody("which " + name.text + "? " + in_words(bearers, "or"));
  for (const auto& [id, creature] : state.away)
    if (same_word(id, wanted) || same_word(creature.name, wanted))
      return nobody(id + " has left; add " + id + " brings them back");
  if (known.empty()) return nobody("nobody is here yet; bring somebody with add NAME");
  const auto suggestion = nearest(name.text, known);
  constexpr std::size_t most_listed = 12;
  std::vector<std::string> here;
  for (const auto& [id, creature] : state.creatures) here.push_back(id);
  return nobody("nobody here is called \"" + name.text + "\"" +
                (suggestion ? "; did you mean " + *suggestion + "?"
                 : here.size() <= most_listed
                     ? "; here " + std::string{here.size() == 1 ? "is " : "are "} + in_words(here)
                     : "; status lists who is"));
}

std::string deliberation::id_of(const mention& name) const {
  auto id = find_creature(state_, name);
  if (!id) throw refusal{id.error()};
  return *std::move(id);
}

dice_roll deliberation::roll(const dice_expression& dice) {
  if (real_dice_.empty()) return throw_dice(dice, dice_);
  told_dice table{real_dice_, next_die_};
  return throw_dice(dice, table);
}

void deliberation::recall(const std::string& condition) {
  if (const std::string_view meaning = meaning_of(condition); !meaning.empty())
    remark(condition + ": " + std::string{meaning} + ".");
}

decision deliberation::outcome() && {
  if (next_die_ < real_dice_.size() && !decided_.events.empty())
    refuse(real_dice_[next_die_].said,
           next_die_ == 0 ? "no dice are thrown"
                          : "no more dice are thrown than " + std::to_string(next_die_));
  return std::move(decided_);
}

std::string deliberation::entry_of(std::string_view kind, const mention& name) const {
  std::string wanted = folded(name.text);
  std::replace(wanted.begin(), wanted.end(), ' ', '-');
  const std::vector<std::string> known = library_.entries(kind);
  // A kind of book that nobody has cannot be checked against.
  if (known.empty() || std::find(known.begin(), known.end(), wanted) != known.end()) return wanted;
  refuse(name, no_such_entry(kind, wanted, known));
}

evstore::result<decision, complaint> decide(const campaign_state& state,
                                            const command::deed& wanted, dice_source& dice,
                                            const books& library, const past& before) {
  deliberation table{state, dice, library, before};
  try {
    std::visit(
        [&]<class Deed>(const Deed& deed) {
          if constexpr (is_act<Deed>) require_no_pending_check(table);
          if constexpr (requires { deed.rolled; }) table.use_real_dice(deed.rolled);
          decide(table, deed);
        },
        wanted);
    return std::move(table).outcome();
  } catch (const refusal& refused) {
    return evstore::failure{refused.why};
  }
}

} // namespace dnd
