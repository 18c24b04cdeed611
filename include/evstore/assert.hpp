#pragma once

#include <evstore/config.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace evstore {

/// Where a bug in the calling program was noticed. All pointers are to string literals.
struct assertion {
  const char* expression;
  const char* promise; ///< the rule that was broken, in words
  const char* file;
  int line;
};

/// Called when a program breaks a precondition; must not return. Never reachable from stored data.
using assertion_handler = void (*)(const assertion&);

namespace detail {

[[noreturn]] inline void print_and_abort(const assertion& broken) {
  std::fprintf(stderr, "%s:%d: evstore: broken promise: %s (%s)\n", broken.file, broken.line,
               broken.promise, broken.expression);
  std::abort();
}

inline std::atomic<assertion_handler> installed_assertion_handler{&print_and_abort};

[[noreturn]] inline void fail_assertion(const assertion& broken) {
  installed_assertion_handler.load(std::memory_order_acquire)(broken);
  std::abort(); // a handler that returns must not let the program continue
}

} // namespace detail

/// Replaces the handler and returns the old one. Thread-safe. A test may install one that throws.
inline assertion_handler set_assertion_handler(assertion_handler handler) noexcept {
  return detail::installed_assertion_handler.exchange(handler, std::memory_order_acq_rel);
}

} // namespace evstore

/// Checks a promise that the *program* makes; stays on in release builds, because it guards data.
#define EVSTORE_ASSERT(condition, promise)                                                         \
  ((condition) ? static_cast<void>(0)                                                              \
               : ::evstore::detail::fail_assertion({#condition, promise, __FILE__, __LINE__}))
