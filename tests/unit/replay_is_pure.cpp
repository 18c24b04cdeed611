#include "../support/bank.hpp"

#include <catch2/catch.hpp>

#include <dlfcn.h>
#include <sys/random.h>
#include <sys/time.h>
#include <sys/types.h>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <random>

// The program's own clock and dice: they count, and then do what libc does.

namespace {

int readings = 0;
int draws = 0;

template <class Function>
Function* libc(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

} // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  ++readings;
  return libc<decltype(clock_gettime)>("clock_gettime")(clock, now);
}
int gettimeofday(timeval* now, void* zone) noexcept {
  ++readings;
  return libc<decltype(gettimeofday)>("gettimeofday")(now, zone);
}
time_t time(time_t* now) noexcept {
  ++readings;
  return libc<decltype(time)>("time")(now);
}
int rand() noexcept {
  ++draws;
  return 4;
}
ssize_t getrandom(void* bytes, std::size_t size, unsigned flags) {
  ++draws;
  return libc<decltype(getrandom)>("getrandom")(bytes, size, flags);
}
int getentropy(void* bytes, std::size_t size) {
  ++draws;
  return libc<decltype(getentropy)>("getentropy")(bytes, size);
}

} // extern "C"

// libstdc++'s device may ask the processor, past libc.
unsigned std::random_device::_M_getval() {
  ++draws;
  return 4;
}

using namespace evstore;

TEST_CASE("a replay draws no randomness and reads no clock") {
  bank::store store{memory::adapter{}};
  static_cast<void>(generate_event_id());
  store.append("account-ada", any, bank::account_opened{"Ada"}, bank::money_moved{5, ""}).value();
  REQUIRE(readings > 0); // of recording, which does: the counters work
  REQUIRE(draws > 0);
  static_cast<void>(store.take_snapshot<bank::account>("account-ada"));
  store.append("account-ada", any, bank::money_moved{6, ""}).value();

  readings = 0;
  draws = 0;
  const auto from_snapshot = store.fold<bank::account>("account-ada");
  const auto from_query = store.fold<bank::account>(query::all());
  const auto projected = store.project<bank::balances>();
  std::int64_t read = 0;
  for (const auto& event : store.read_all())
    if (const auto moved = event.as<bank::money_moved>()) read += moved->cents;
  const int readings_of_replay = readings;
  const int draws_of_replay = draws;

  CHECK(readings_of_replay == 0);
  CHECK(draws_of_replay == 0);
  CHECK(from_snapshot->cents == 11);
  CHECK(from_query->cents == 11);
  CHECK(projected->cents.at("account-ada") == 11);
  CHECK(read == 11);
}
