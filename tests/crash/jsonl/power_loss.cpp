// Power cuts, on a simulated disk: whatever part of what was not synced is lost, nothing that was
// acknowledged is. EVSTORE_CRASH_WAY=<way> has one find again.
#include "power_loss.hpp"

#include <support/soak.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdlib>
#include <random>

namespace {

using namespace evstore::tests;
using evstore::tests::soak_time;

TEST_CASE("every disk that a power cut may leave has all that was acknowledged") {
  power_loss<simulated_files> cuts;
  std::optional<power_loss<simulated_files>::finding> found;
  if (const char* way = std::getenv("EVSTORE_CRASH_WAY")) {
    found = power_loss<simulated_files>::replay(way);
  } else {
    using clock = std::chrono::steady_clock;
    constexpr std::size_t least = 10'000;
    const auto end = clock::now() + soak_time(std::chrono::milliseconds{0});
    // A soak looks elsewhere each time; the way to what it finds tells where.
    std::uint64_t seed = std::getenv("EVSTORE_SOAK_SECONDS") ? std::random_device{}() : 1;
    while (!found && (cuts.states() < least || clock::now() < end)) found = cuts.explore(seed++);
    INFO(cuts.states());
    CHECK((found || cuts.states() >= least));
  }
  if (found) FAIL(found->what << "\n  again: EVSTORE_CRASH_WAY=" << found->way);
}

} // namespace
