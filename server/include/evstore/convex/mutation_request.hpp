#pragma once

#include <evstore/convex/answer.hpp>
#include <evstore/convex/answered.hpp>
#include <evstore/fold.hpp>
#include <evstore/position.hpp>

#include <functional>
#include <optional>

namespace evstore::convex {

/// A mutation that somebody wants carried out.
struct mutation_request {
  function_call call;
  std::optional<request_key> key;
  told_fate told;
  int attempts = 0; ///< how often it was decided in vain
};

/// What the line needs of whoever shows the model to queries.
template <class Model>
struct durable_view {
  /// A copy of the model as queries see it.
  std::function<folded<served<Model>>()> copy;
  /// Lets queries see the log up to a position, and calls `tell` before the first of them does.
  std::function<void(global_position upto, const std::function<void()>& tell)> show;
};

} // namespace evstore::convex
