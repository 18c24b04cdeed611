#include "campaign/decide.hpp"

#include "campaign/deliberation.hpp"
#include "language/text.hpp"

#include <algorithm>
#include <optional>
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
         " by: " + first.creature);
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
  std::string wanted = folded(name.text);
  if (state.creatures.contains(wanted)) return wanted;
  std::vector<std::string> bearers;
  std::vector<std::string> known;
  for (const auto& [id, creature] : state.creatures) {
    if (same_word(creature.name, name.text)) bearers.push_back(id);
    known.push_back(id);
    known.push_back(creature.name);
  }
  if (bearers.size() == 1) return bearers.front();
  if (!bearers.empty()) return nobody("which " + name.text + "? " + in_words(bearers, "or"));
  if (known.empty()) return nobody("nobody is here yet; bring somebody with add NAME");
  const auto suggestion = nearest(name.text, known);
  return nobody("nobody here is called \"" + name.text + "\"" +
                (suggestion ? "; did you mean " + *suggestion + "?" : ""));
}

std::string deliberation::id_of(const mention& name) const {
  auto id = find_creature(state_, name);
  if (!id) throw refusal{id.error()};
  return *std::move(id);
}

std::string deliberation::entry_of(std::string_view kind, const mention& name) const {
  std::string wanted = folded(name.text);
  std::replace(wanted.begin(), wanted.end(), ' ', '-');
  const std::vector<std::string> known = library_.entries(kind);
  // A kind of book that nobody has cannot be checked against.
  if (known.empty() || std::find(known.begin(), known.end(), wanted) != known.end()) return wanted;
  const auto suggestion = nearest(wanted, known);
  refuse(name, "the books know no " + std::string{kind} + "/" + wanted +
                   (suggestion ? "; did you mean " + *suggestion + "?"
                               : "; they know " + in_words(known)));
}

evstore::result<decision, complaint> decide(const campaign_state& state,
                                            const command::deed& wanted, dice_source& dice,
                                            const books& library, const past& before) {
  deliberation table{state, dice, library, before};
  try {
    std::visit(
        [&]<class Deed>(const Deed& deed) {
          if constexpr (is_act<Deed>) require_no_pending_check(table);
          decide(table, deed);
        },
        wanted);
  } catch (const refusal& refused) {
    return evstore::failure{refused.why};
  }
  return std::move(table).outcome();
}

} // namespace dnd
