#include "game/entities.hpp"

#include <string>
#include <utility>

namespace convex_game {

namespace {

namespace convex = evstore::convex;

const convex::value* entities_of(const convex::value& state) noexcept {
  const auto* const fields = state.get_if<convex::object>();
  return fields != nullptr ? fields->find("entities") : nullptr;
}

bool is_called(const convex::object& entity, std::string_view name) noexcept {
  const convex::value* called = entity.find("id");
  if (called == nullptr) called = entity.find("name");
  const auto* const text = called != nullptr ? called->get_if<std::string>() : nullptr;
  return text != nullptr && *text == name;
}

} // namespace

bool has_entities(const convex::value& state) noexcept {
  const convex::value* const all = entities_of(state);
  return all != nullptr && (all->is<convex::array>() || all->is<convex::object>());
}

const convex::value* find_entity(const convex::value& state, std::string_view name) noexcept {
  if (!has_entities(state)) return nullptr;
  const convex::value& all = *entities_of(state);
  if (const auto* const by_name = all.get_if<convex::object>()) {
    const convex::value* const found = by_name->find(name);
    return found != nullptr && found->is<convex::object>() ? found : nullptr;
  }
  for (const convex::value& each : *all.get_if<convex::array>())
    if (const auto* const fields = each.get_if<convex::object>();
        fields != nullptr && is_called(*fields, name))
      return &each;
  return nullptr;
}

convex::value* find_entity(convex::value& state, std::string_view name) noexcept {
  return const_cast<convex::value*>(find_entity(std::as_const(state), name));
}

} // namespace convex_game
