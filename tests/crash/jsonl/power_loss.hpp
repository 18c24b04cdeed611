#pragma once

#include "life.hpp"

#include <support/soak.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_set>
#include <utility>

/// What may happen to a log when the power goes, again and again: lives of a program on a simulated
/// disk, each of which begins with what a power cut left of the one before.

namespace evstore::tests {

/// Follows lives and what power cuts leave of them, until it has seen enough disks or one on which a
/// promise is broken. A disk is named by the way that leads to it, `SEED/MOMENT.CUT/MOMENT.CUT…`.
template <class Files>
class power_loss {
public:
  struct finding {
    std::string way;
    std::string what;
    [[nodiscard]] std::string text() const { return what + "\n  again: EVSTORE_CRASH_WAY=" + way; }
  };

  [[nodiscard]] std::size_t states() const noexcept { return seen_.size(); }

  /// What the environment asks for: the same disks each time, at least so many; in a soak others, for
  /// as long as it lasts; or with EVSTORE_CRASH_WAY one find again.
  std::optional<finding> search(std::size_t least) {
    if (const char* way = std::getenv("EVSTORE_CRASH_WAY")) return replay(way);
    using clock = std::chrono::steady_clock;
    const auto end = clock::now() + soak_time(std::chrono::milliseconds{0});
    std::uint64_t seed = std::getenv("EVSTORE_SOAK_SECONDS") ? std::random_device{}() : 1;
    std::optional<finding> found;
    while (!found && (states() < least || clock::now() < end)) found = explore(seed++);
    return found;
  }

  /// One life from an empty disk, and lives after power cuts in each moment of it.
  std::optional<finding> explore(std::uint64_t seed) {
    return live({}, seed, 0, std::to_string(seed));
  }

  /// Only what a way leads to.
  static std::optional<finding> replay(const std::string& way) {
    char* rest = nullptr;
    const auto number = [&](const char* from) { return std::strtoull(from, &rest, 10); };
    std::uint64_t seed = number(way.c_str());
    moment begin;
    for (std::size_t depth = 0;; ++depth) {
      life<Files> one{begin, seed};
      if (const auto what = fault_of(one, depth, seed)) return finding{way, *what};
      if (*rest != '/') return std::nullopt;
      const moment& end = one.moments().at(number(rest + 1)); // rest: at the dot
      seed = number(rest + 1);
      begin = interrupted(end, seed);
    }
  }

private:
  static constexpr std::size_t deepest = 3;
  static constexpr std::size_t works[deepest + 1] = {8, 2, 1, 0};
  static constexpr std::size_t cuts[deepest] = {8, 3, 1};   // drawn in each moment
  static constexpr std::size_t every[deepest] = {1, 9, 11}; // of so many moments, one is taken

  static std::optional<std::string> fault_of(life<Files>& one, std::size_t depth,
                                             std::uint64_t seed) {
    try {
      one.run(works[depth]);
      if (depth == 0 || (depth == 1 && seed % 8 == 0)) check_followers<Files>(one.moments());
      return std::nullopt;
    } catch (const std::exception& broken) { // a promise, or what nobody expects to be thrown
      return broken.what();
    }
  }

  /// What the next program finds: what a power cut left, or for some seeds the end of the program
  /// alone.
  static moment interrupted(const moment& now, std::uint64_t seed) {
    if (seed % 8 == 0) return {now.disk, now.promised, false};
    random_source draw{seed};
    promise left = *now.promised;
    left.acknowledged = left.durable;
    return {now.disk.power_cut(draw), std::make_shared<const promise>(std::move(left))};
  }

  std::optional<finding> live(const moment& begin, std::uint64_t seed, std::size_t depth,
                              const std::string& way) {
    life<Files> one{begin, seed};
    if (const auto what = fault_of(one, depth, seed)) return finding{way, *what};
    if (depth == deepest) return std::nullopt;
    for (std::size_t i = seed % every[depth]; i < one.moments().size(); i += every[depth])
      for (std::size_t cut = 0; cut < cuts[depth]; ++cut) {
        const std::uint64_t next = (seed * 31 + i) * 31 % 1'000'000'007 + cut;
        const moment left = interrupted(one.moments()[i], next);
        if (left.is_after_power_cut && !seen_.insert(left.disk.fingerprint()).second) continue;
        if (auto found = live(left, next, depth + 1,
                              way + "/" + std::to_string(i) + "." + std::to_string(next)))
          return found;
      }
    return std::nullopt;
  }

  std::unordered_set<std::uint64_t> seen_;
};

} // namespace evstore::tests
