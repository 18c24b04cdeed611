#include "game/entities.hpp"

#include <set>
#include <string>
#include <utility>

namespace convex_game {

namespace {

namespace convex = evstore::convex;

const convex::value* field_of_entities(const convex::value& state) noexcept {
  const auto* const fields = state.get_if<convex::object>();
  return fields != nullptr ? fields->find("entities") : nullptr;
}

/// What an element of an array is called; null if it has no name.
const std::string* name_of(const convex::object& entity) noexcept {
  const convex::value* called = entity.find("id");
  if (called == nullptr) called = entity.find("name");
  return called != nullptr ? called->get_if<std::string>() : nullptr;
}

bool is_called(const convex::object& entity, std::string_view name) noexcept {
  const std::string* const text = name_of(entity);
  return text != nullptr && *text == name;
}

} // namespace

bool has_entities(const convex::value& state) noexcept {
  const convex::value* const all = field_of_entities(state);
  return all != nullptr && (all->is<convex::array>() || all->is<convex::object>());
}

const convex::value* find_entity(const convex::value& state, std::string_view name) noexcept {
  if (!has_entities(state)) return nullptr;
  const convex::value& all = *field_of_entities(state);
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

std::vector<std::pair<std::string, convex::object*>> entities_of(convex::value& state) {
  std::vector<std::pair<std::string, convex::object*>> found;
  if (!has_entities(state)) return found;
  const auto add = [&](const std::string& name, const convex::object* entity) {
    if (entity != nullptr) found.emplace_back(name, const_cast<convex::object*>(entity));
  };
  const convex::value& all = *field_of_entities(state);
  if (const auto* const by_name = all.get_if<convex::object>()) {
    for (const auto& [name, entity] : *by_name) add(name, entity.get_if<convex::object>());
    return found;
  }
  std::set<std::string_view> known;
  for (const convex::value& each : *all.get_if<convex::array>()) {
    const auto* const fields = each.get_if<convex::object>();
    const std::string* const name = fields != nullptr ? name_of(*fields) : nullptr;
    if (name != nullptr && known.insert(*name).second) add(*name, fields);
  }
  return found;
}

} // namespace convex_game
