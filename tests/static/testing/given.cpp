#include <evstore/testing/given.hpp>

#include <cstdint>

// Given, when and then before the program exists: decisions over plain values need no run.

namespace {

struct turned_on {
  std::int32_t watts = 0;
};
struct turned_off {};

EVSTORE_DESCRIBE(turned_on, watts)

struct lamp {
  std::int32_t watts = 0;

  constexpr void evolve(const turned_on& e) { watts = e.watts; }
  constexpr void evolve(const turned_off&) { watts = 0; }
  friend constexpr bool operator==(const lamp&, const lamp&) = default;
};

constexpr bool operator==(const turned_off&, const turned_off&) { return true; }

enum class refusal { burnt };

constexpr evstore::result<turned_on, refusal> turn_up(const lamp& state) {
  if (state.watts >= 100) return evstore::failure{refusal::burnt};
  return turned_on{state.watts + 40};
}
constexpr auto turn_off = [](const lamp&) { return turned_off{}; };

using evstore::testing::given;

static_assert(given<lamp>().when(turn_up).then(turned_on{40}));
static_assert(given<lamp>(turned_on{40}).when(turn_up).then(turned_on{80}));
static_assert(given<lamp>(turned_on{120}).when(turn_up).then_refused(refusal::burnt));
static_assert(given<lamp>(turned_on{120}, turned_off{}).when(turn_up).then(turned_on{40}));
static_assert(given<lamp>(turned_on{40}).when(turn_off).then(turned_off{}));
static_assert(given<lamp>(turned_on{40}).then_state({40}));

static_assert(!given<lamp>().when(turn_up).then(turned_on{41}));
static_assert(!given<lamp>().when(turn_up).then(turned_off{}));
static_assert(!given<lamp>().when(turn_up).then_nothing());
static_assert(!given<lamp>().when(turn_up).then_refused());
static_assert(!given<lamp>(turned_on{40}).then_state({0}));

} // namespace
