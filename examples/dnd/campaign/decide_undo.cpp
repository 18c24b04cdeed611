#include "campaign/deliberation.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dnd {

namespace {

using step_at = std::vector<step>::const_iterator;

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string{what} + (count == 1 ? "" : "s");
}

/// The first step to take back: the `wanted`-th from the end of those that count.
template <class Counts>
step_at find_back(const std::vector<step>& steps, int wanted, std::string_view what,
                  Counts counts) {
  int found = 0;
  for (auto at = steps.end(); at != steps.begin();)
    if (counts(*--at) && ++found == wanted) return at;
  refuse("cannot undo " + counted(static_cast<std::size_t>(wanted), what) + ": there " +
         (found == 1 ? "is " : "are ") + (found == 0 ? "none" : "only " + std::to_string(found)));
}

step_at first_to_undo(const std::vector<step>& steps, const command::undo& wanted) {
  switch (wanted.what) {
  case command::undo::unit::turn:
    return find_back(steps, wanted.count, "turn", [](const step& s) { return s.begins_turn; });
  case command::undo::unit::round:
    return find_back(steps, wanted.count, "round", [](const step& s) { return s.begins_round; });
  case command::undo::unit::step: break;
  }
  return find_back(steps, wanted.count, "command", [](const step&) { return true; });
}

/// The commands as they were typed, if they are few enough to be read.
std::optional<std::vector<std::string>> said_by(step_at first, step_at last) {
  constexpr std::ptrdiff_t most = 20;
  if (last - first > most) return std::nullopt;
  std::vector<std::string> lines;
  for (; first != last; ++first)
    if (!first->said.empty()) lines.push_back(first->said);
  return lines;
}

} // namespace

void decide(deliberation& table, const command::undo& wanted) {
  const std::vector<step> steps = table.before().steps();
  const auto first = first_to_undo(steps, wanted);
  const campaign_state then = table.before().state_before(first->first);
  const campaign_state& now = table.state();

  undone back;
  back.first = first->first;
  back.last = steps.back().last;
  back.commands = static_cast<int>(steps.end() - first);
  back.said = said_by(first, steps.end());
  for (const auto& [id, creature] : now.creatures)
    if (!then.creatures.contains(id)) back.gone.push_back(id);
  for (const auto& [id, creature] : then.creatures) {
    const auto changed = now.creatures.find(id);
    if (changed == now.creatures.end() || changed->second != creature)
      back.creatures.emplace(id, creature);
  }
  if (now.away != then.away) back.away = then.away;
  back.session = then.session;
  back.session_open = then.session_open;
  back.encounter = then.encounter;
  back.pending_attacks = then.pending_attacks;
  back.pending_checks = then.pending_checks;
  table.happens(std::move(back));
}

} // namespace dnd
