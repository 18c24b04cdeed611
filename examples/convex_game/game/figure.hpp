#pragma once

#include <evstore/convex/value.hpp>

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace convex_game {

/// Where somebody stands in the picture: the middle of the lower edge of theirs.
struct place {
  double x = 0;
  double y = 0;
};

/// The ground is seen from the side, so that a step to the back is drawn half as long as one to the side.
double distance(place from, place to) noexcept;

/// An entity of a state as the rules see it; borrowed. Fields that it lacks, or that are of another kind
/// than the rules know, are as for somebody of whom nothing special is said.
class figure {
public:
  figure(std::string name, evstore::convex::object& entity)
      : name_{std::move(name)}, entity_{&entity} {}

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::string label() const { return text("label", name_); }
  /// "ours", "theirs", "things", or that of nobody.
  [[nodiscard]] std::string side() const { return text("side", ""); }

  [[nodiscard]] double most() const { return number("maxHp", 10); }
  [[nodiscard]] double hp() const { return number("hp", most()); }
  [[nodiscard]] bool is_up() const { return hp() > 0; }
  [[nodiscard]] int sides_of_die() const;
  /// What it gives to whoever opens it; 0 for what is not opened.
  [[nodiscard]] double heals() const { return number("heals", 0); }

  /// In pixels, not less than none; without limits if there are none.
  [[nodiscard]] double reach() const;
  [[nodiscard]] double pace() const;

  [[nodiscard]] double arrives() const { return number("arrives", always); }
  /// The last turn in which it has struck.
  [[nodiscard]] double acted() const { return number("acted", always); }
  [[nodiscard]] bool hunts_the_weakest() const { return text("hunts", "") == "weakest"; }

  [[nodiscard]] std::optional<place> at() const { return place_of("pixel_box"); }
  /// Where it stood when the turn began.
  [[nodiscard]] std::optional<place> stood() const;
  /// Its picture if it stood elsewhere; it stands somewhere.
  [[nodiscard]] std::array<double, 4> box_at(place there) const;

  void set(std::string_view field, evstore::convex::value to) {
    entity_->set(field, std::move(to));
  }
  void go(place there);
  /// The turn begins.
  void stand();

private:
  static constexpr double always = std::numeric_limits<double>::lowest(); ///< before every turn

  [[nodiscard]] double number(std::string_view field, double otherwise) const;
  [[nodiscard]] double length(std::string_view field) const;
  [[nodiscard]] std::string text(std::string_view field, std::string_view otherwise) const;
  [[nodiscard]] std::optional<std::array<double, 4>> box(std::string_view field) const;
  [[nodiscard]] std::optional<place> place_of(std::string_view field) const;

  std::string name_;
  evstore::convex::object* entity_;
};

/// A field that is a finite number.
double number_of(const evstore::convex::object& in, std::string_view field, double otherwise);

/// A field that is four finite numbers: top, left, bottom, right.
std::optional<std::array<double, 4>> box_of(const evstore::convex::object& in,
                                            std::string_view field);

} // namespace convex_game
