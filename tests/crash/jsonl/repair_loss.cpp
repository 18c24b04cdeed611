// Power cuts while a damaged log is repaired: it is as it was or repaired, and what it was is kept.
// EVSTORE_CRASH_WAY=<seed> has one find again.
#include "repairs.hpp"

#include <support/soak.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <random>
#include <unordered_set>

namespace {

using namespace evstore;
using namespace evstore::tests;

template <class Files>
class repair_loss {
public:
  [[nodiscard]] std::size_t states() const noexcept { return seen_.size(); }

  /// A damaged log, and power cuts in each moment of its repair, and of the repair after these.
  void explore(std::uint64_t seed) {
    const damaged_log<Files> damaged{seed};
    if (!damaged.is_sound()) cut(damaged, damaged.disk(), seed, 2);
  }

private:
  void cut(const damaged_log<Files>& damaged, const simulated_disk& begin, std::uint64_t seed,
           std::size_t depth) {
    const auto machine = std::make_shared<simulated_machine>(begin, seed);
    std::vector<simulated_disk> moments;
    machine->changed = [&] { moments.push_back(machine->disk); };
    static_cast<void>(jsonl::detail::repair(log_path, Files{simulated_files{machine}}));
    machine->changed = nullptr;
    random_source draw{seed};
    const std::size_t every = depth == 2 ? 1 : 5;
    for (std::size_t i = seed % every; i < moments.size(); i += every)
      for (int cuts = depth == 2 ? 3 : 1; cuts != 0; --cuts) {
        const simulated_disk left = moments[i].power_cut(draw);
        if (!seen_.insert(left.fingerprint()).second) continue;
        damaged.check(left);
        if (depth > 1) cut(damaged, left, seed, depth - 1);
        damaged.finish(std::make_shared<simulated_machine>(left, seed));
      }
  }

  std::unordered_set<std::uint64_t> seen_;
};

/// The same logs each time, or others for as long as a soak lasts, or one of them.
template <class Files>
void search() {
  using clock = std::chrono::steady_clock;
  repair_loss<Files> cuts;
  const char* again = std::getenv("EVSTORE_CRASH_WAY");
  const auto end = clock::now() + soak_time(std::chrono::milliseconds{0});
  std::uint64_t seed = 1;
  if (std::getenv("EVSTORE_SOAK_SECONDS")) seed = std::random_device{}();
  if (again) seed = std::strtoull(again, nullptr, 10);
  do {
    try {
      cuts.explore(seed);
    } catch (const std::exception& broken) {
      FAIL(broken.what() << "\n  again: EVSTORE_CRASH_WAY=" << seed);
    }
    ++seed;
  } while (!again && (cuts.states() < 1'000 || clock::now() < end));
  CHECK((again || cuts.states() >= 1'000));
}

TEST_CASE("a repair that the power interrupts loses nothing") { search<simulated_files>(); }
TEST_CASE("nor does one of a log with an index beside it") { search<indexing_files>(); }

} // namespace
