#pragma once

#include "rules/dice.hpp"

#include <cstdint>
#include <random>

namespace dnd {

/// Fair dice from a 64-bit Mersenne Twister. The same seed throws the same numbers with every
/// standard library, which `std::uniform_int_distribution` does not promise.
class random_dice final : public dice_source {
public:
  explicit random_dice(std::uint64_t seed) : engine_{seed} {}

  /// A seed that nobody can guess, for games that nobody asked to repeat.
  static std::uint64_t surprising_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
  }

  int roll(int sides) override {
    const auto range = static_cast<std::uint64_t>(sides);
    // Numbers from the last, incomplete block would favour the low faces: thrown again.
    const std::uint64_t unfair = (std::uint64_t{0} - range) % range;
    std::uint64_t number = engine_();
    while (number < unfair) number = engine_();
    return static_cast<int>(number % range) + 1;
  }

private:
  std::mt19937_64 engine_;
};

} // namespace dnd
