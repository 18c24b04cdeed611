#include "runs/navmesh.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace convex_game {

namespace convex = evstore::convex;

namespace {

bool is_box(const convex::value* given) {
  const auto* const corners = given != nullptr ? given->get_if<convex::array>() : nullptr;
  if (corners == nullptr || corners->size() != 4) return false;
  std::array<double, 4> at{};
  for (std::size_t i = 0; i < 4; ++i) {
    const double* const number = (*corners)[i].get_if<double>();
    if (number == nullptr || !std::isfinite(*number)) return false;
    at[i] = *number;
  }
  return at[0] <= at[2] && at[1] <= at[3];
}

} // namespace

std::string navmesh_defect(const convex::value& read) {
  const auto* const fields = read.get_if<convex::object>();
  const convex::value* const found = fields != nullptr ? fields->find("zones") : &read;
  const auto* const zones = found != nullptr ? found->get_if<convex::array>() : nullptr;
  if (zones == nullptr) return "there is no list of zones";
  for (std::size_t i = 0; i < zones->size(); ++i) {
    const std::string place = "zone " + std::to_string(i);
    const auto* const zone = (*zones)[i].get_if<convex::object>();
    if (zone == nullptr) return place + " is no object";
    const convex::value* const label = zone->find("label");
    if (label == nullptr || !label->is<std::string>()) return place + " has no label";
    if (!is_box(zone->find("box_2d"))) return place + " has no box_2d [ymin, xmin, ymax, xmax]";
  }
  return {};
}

} // namespace convex_game
