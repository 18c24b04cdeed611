#pragma once

#include "soak.hpp"

#include <rapidcheck.h>

#include <chrono>
#include <iostream>

namespace evstore::tests {

/// Checks a rapidcheck property again and again with another seed each time, for `usual` in
/// `make test` and longer in `make soak`; at least once. A failure prints how to have it again.
///
/// `rc::check` in a loop would not do: it draws the same cases each time that it is called.
template <class Property>
bool holds_for_random_cases(std::chrono::milliseconds usual, const Property& property) {
  using clock = std::chrono::steady_clock;
  const auto end = clock::now() + soak_time(usual);
  rc::detail::TestParams params = rc::detail::configuration().testParams; // prints its seed
  int cases = 0;
  do {
    const auto result = rc::detail::checkTestable(property, rc::detail::TestMetadata{}, params);
    if (!result.template is<rc::detail::SuccessResult>()) {
      rc::detail::printResultMessage(result, std::cerr);
      std::cerr << "\nagain: RC_PARAMS=\"seed=" << params.seed << "\"\n";
      return false;
    }
    cases += params.maxSuccess;
    ++params.seed;
  } while (clock::now() < end);
  std::cerr << "held in " << cases << " cases\n";
  return true;
}

} // namespace evstore::tests
