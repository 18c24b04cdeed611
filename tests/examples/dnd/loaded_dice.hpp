#pragma once

#include "rules/dice.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <initializer_list>

namespace dnd {

/// Dice that show what the test says, in that order, and fail it when they run out.
class loaded_dice final : public dice_source {
public:
  loaded_dice() = default;
  loaded_dice(std::initializer_list<int> faces) : faces_{faces} {}

  int roll(int sides) override {
    if (faces_.empty()) FAIL("a die is thrown that the test does not know of");
    const int face = faces_.front();
    faces_.pop_front();
    REQUIRE(face <= sides);
    return face;
  }

  [[nodiscard]] bool all_thrown() const { return faces_.empty(); }

private:
  std::deque<int> faces_;
};

} // namespace dnd
