#pragma once

#include <evstore/convex/function_error.hpp>
#include <evstore/convex/limits.hpp>
#include <evstore/convex/value.hpp>
#include <evstore/result.hpp>

#include <exception>
#include <string>
#include <utility>

namespace evstore::convex {

/// What a function answers or throws, within the limits.
template <class Run>
result<value, function_error> guarded(const limits& most, Run&& run) try {
  value made = std::forward<Run>(run)();
  if (const auto defect = made.limit_defect(most); !defect.empty())
    return failure{function_error{"Uncaught Error: " + std::string{defect}}};
  return made;
} catch (const function_error& failed) {
  return failure{failed};
} catch (const std::exception& failed) {
  return failure{function_error{std::string{"Uncaught Error: "} + failed.what()}};
}

} // namespace evstore::convex
