#include "game/schema.hpp"

#include <evstore/evstore.hpp>
#include <evstore/testing/schema_lock.hpp>

#include <catch2/catch.hpp>

TEST_CASE("a change of a stored event is a decision, not an accident") {
  const auto lock =
      evstore::testing::check_schema_lock<convex_game::events>(CONVEX_GAME_SCHEMA_LOCK);
  INFO(lock.why());
  CHECK(lock);
}
