#pragma once

#include "events.hpp"

#include <string_view>
#include <variant>
#include <vector>

namespace dnd {

/// Whom an event is about, by id, who acts first; empty if nobody. Who threw dice or took a note
/// may be a player and no creature.
inline std::vector<std::string_view> involved_in(const event& happened) {
  std::vector<std::string_view> who;
  std::visit(
      [&](const auto& payload) {
        if constexpr (requires { payload.attacker; }) who.emplace_back(payload.attacker);
        if constexpr (requires { payload.by; }) who.emplace_back(payload.by);
        if constexpr (requires { payload.creature; }) who.emplace_back(payload.creature);
        if constexpr (requires { payload.target; }) who.emplace_back(payload.target);
      },
      happened);
  return who;
}

} // namespace dnd
