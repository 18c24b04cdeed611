#include "game/figure.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace convex_game {

namespace convex = evstore::convex;

double distance(place from, place to) noexcept {
  return std::hypot(to.x - from.x, 2 * (to.y - from.y));
}

double number_of(const convex::object& in, std::string_view field, double otherwise) {
  const convex::value* const found = in.find(field);
  const double* const held = found != nullptr ? found->get_if<double>() : nullptr;
  return held != nullptr && std::isfinite(*held) ? *held : otherwise;
}

std::optional<std::array<double, 4>> box_of(const convex::object& in, std::string_view field) {
  const convex::value* const found = in.find(field);
  const auto* const corners = found != nullptr ? found->get_if<convex::array>() : nullptr;
  if (corners == nullptr || corners->size() != 4) return std::nullopt;
  std::array<double, 4> box{};
  for (std::size_t i = 0; i < 4; ++i) {
    const double* const corner = (*corners)[i].get_if<double>();
    if (corner == nullptr || !std::isfinite(*corner)) return std::nullopt;
    box[i] = *corner;
  }
  return box;
}

int figure::sides_of_die() const {
  return static_cast<int>(std::clamp(number("die", 6), 1.0, 1e3));
}

double figure::reach() const { return length("reach"); }
double figure::pace() const { return length("pace"); }

std::optional<place> figure::stood() const {
  const auto then = place_of("stood");
  return then ? then : at();
}

std::array<double, 4> figure::box_at(place there) const {
  const auto [top, left, bottom, right] = *box("pixel_box");
  const double new_left = std::round(there.x - (right - left) / 2);
  const double new_bottom = std::round(there.y);
  return {new_bottom - (bottom - top), new_left, new_bottom, new_left + (right - left)};
}

void figure::go(place there) {
  convex::array corners;
  for (const double each : box_at(there)) corners.emplace_back(each);
  set("pixel_box", std::move(corners));
}

void figure::stand() {
  if (const convex::value* const now = entity_->find("pixel_box"))
    set("stood", convex::value{*now});
}

double figure::number(std::string_view field, double otherwise) const {
  return number_of(*entity_, field, otherwise);
}

double figure::length(std::string_view field) const {
  return std::max(0.0, number(field, std::numeric_limits<double>::infinity()));
}

std::string figure::text(std::string_view field, std::string_view otherwise) const {
  const convex::value* const found = entity_->find(field);
  const auto* const held = found != nullptr ? found->get_if<std::string>() : nullptr;
  return held != nullptr ? *held : std::string{otherwise};
}

std::optional<std::array<double, 4>> figure::box(std::string_view field) const {
  return box_of(*entity_, field);
}

std::optional<place> figure::place_of(std::string_view field) const {
  const auto found = box(field);
  if (!found) return std::nullopt;
  const auto [top, left, bottom, right] = *found;
  return place{(left + right) / 2, bottom};
}

} // namespace convex_game
