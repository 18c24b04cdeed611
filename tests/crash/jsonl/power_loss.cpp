// Power cuts, on a simulated disk: whatever part of what was not synced is lost, nothing that was
// acknowledged is. EVSTORE_CRASH_WAY=<way> has one find again.
#include "power_loss.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

namespace {

using namespace evstore::tests;

TEST_CASE("every disk that a power cut may leave has all that was acknowledged") {
  power_loss<simulated_files> cuts;
  const auto found = cuts.search(10'000);
  if (found) FAIL(found->text());
  CHECK((cuts.states() >= 10'000 || std::getenv("EVSTORE_CRASH_WAY")));
}

} // namespace
