#pragma once

#include <evstore/convex/value.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace convex_game {

/// The entity of that name in a state: a field of the object `entities`, or the element of the array
/// `entities` whose `id` it is (`name`, where elements have no `id`). Null if there is none.
const evstore::convex::value* find_entity(const evstore::convex::value& state,
                                          std::string_view name) noexcept;
evstore::convex::value* find_entity(evstore::convex::value& state, std::string_view name) noexcept;

/// All that can be found by a name, in their order, each once.
std::vector<std::pair<std::string, evstore::convex::object*>> entities_of(
    evstore::convex::value& state);

/// Whether a state has entities at all.
bool has_entities(const evstore::convex::value& state) noexcept;

} // namespace convex_game
