#pragma once

#include <evstore/testing/conformance/chains.hpp>
#include <evstore/testing/conformance/concurrency.hpp>
#include <evstore/testing/conformance/conditions.hpp>
#include <evstore/testing/conformance/deletion.hpp>
#include <evstore/testing/conformance/expectations.hpp>
#include <evstore/testing/conformance/identity.hpp>
#include <evstore/testing/conformance/in_flight.hpp>
#include <evstore/testing/conformance/lifetime.hpp>
#include <evstore/testing/conformance/payloads.hpp>
#include <evstore/testing/conformance/probe.hpp>
#include <evstore/testing/conformance/reading.hpp>
#include <evstore/testing/conformance/refusals.hpp>
#include <evstore/testing/conformance/snapshots.hpp>
#include <evstore/testing/conformance/waiting.hpp>

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

/// The contract of an adapter, as checks: an adapter is done when all of them pass. Independent of
/// any test framework:
///
///     evstore::testing::subject<my::adapter> mine{.open_fresh = [] { return my::adapter{...}; }};
///     for (const auto& check : evstore::testing::conformance_checks<my::adapter>()) {
///       const auto outcome = evstore::testing::run(check, mine);
///       ... report outcome.text unless outcome.passed()
///     }

namespace evstore::testing {

/// Every check of the suite, in the order in which an adapter's author meets them.
template <adapter A>
check_list<A> conformance_checks() {
  check_list<A> checks;
  conformance::add_expectations(checks);
  conformance::add_refusals(checks);
  conformance::add_payloads(checks);
  conformance::add_reading(checks);
  conformance::add_identity(checks);
  conformance::add_conditions(checks);
  conformance::add_deletion(checks);
  conformance::add_snapshots(checks);
  conformance::add_waiting(checks);
  conformance::add_concurrency(checks);
  if constexpr (async_adapter<A>) conformance::add_in_flight(checks);
  if constexpr (chain_adapter<A>) conformance::add_chains(checks);
  conformance::add_lifetime(checks);
  return checks;
}

struct outcome {
  enum class kind : std::uint8_t { passed, failed, skipped };

  kind result;
  std::string
      text{}; ///< why it failed or was skipped: the check, its rule, the place and what came

  [[nodiscard]] bool passed() const noexcept { return result == kind::passed; }
  [[nodiscard]] bool failed() const noexcept { return result == kind::failed; }
};

/// Runs one check against a fresh store. Throws nothing but what `subject::open_fresh` throws.
template <adapter A>
outcome run(const check<A>& one, const subject<A>& of) {
  const auto report = [&](std::string_view what) {
    return std::string{one.name}.append("\n  rule: ").append(one.rule).append("\n  ").append(what);
  };
  probe<A> on{of};
  try {
    one.run(on);
  } catch (const check_skipped& skipped) {
    return {outcome::kind::skipped, report(skipped.why)};
  } catch (const std::exception& broken) {
    return {outcome::kind::failed, report(broken.what())};
  }
  return {outcome::kind::passed};
}

/// Runs all checks; the texts of those that failed.
template <adapter A>
std::vector<std::string> failures(const subject<A>& of) {
  std::vector<std::string> texts;
  for (const check<A>& one : conformance_checks<A>())
    if (outcome came = run(one, of); came.failed()) texts.push_back(std::move(came.text));
  return texts;
}

} // namespace evstore::testing
