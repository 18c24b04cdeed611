#include <evstore/assert.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

namespace {

struct promise_broken : std::logic_error {
  using std::logic_error::logic_error;
};

[[noreturn]] void throw_it(const evstore::assertion& broken) {
  throw promise_broken{std::string{broken.promise} + " (" + broken.expression + ")"};
}

TEST_CASE("a broken promise goes to the handler that is installed, in release builds too") {
  const auto before = evstore::set_assertion_handler(throw_it);
  int evaluated = 0;
  EVSTORE_ASSERT(++evaluated == 1, "counts to one");
  CHECK(evaluated == 1);
  CHECK_THROWS_WITH([] { EVSTORE_ASSERT(1 == 2, "numbers are numbers"); }(),
                    "numbers are numbers (1 == 2)");
  CHECK(evstore::set_assertion_handler(before) == &throw_it);
}

} // namespace
