#pragma once

#include <evstore/fold.hpp>
#include <evstore/query.hpp>
#include <evstore/snapshot.hpp>

#include <string>
#include <vector>

namespace evstore {

/// A read model with the place up to which it has taken the log in. The model is any type with
/// `evolve` overloads, like a state; `table` is one way to build it. Reads like a pointer to the
/// model. `store::project` moves it on; a described model can be kept across restarts with its
/// checkpoint, both in one record, so that they never disagree.
///
/// A model that needs only some events says which, and the rest is never decoded:
///
///     static evstore::query interests() { return evstore::query::types({"money_moved"}); }
template <class Model>
struct projection {
  Model model{};
  global_position checkpoint{}; ///< every event up to here that concerns the model is in it
  /// With `unknown_events::preserve`, the unknown ones among the events that were taken in here: those
  /// before a kept model's checkpoint are not kept with it.
  std::vector<event_record> preserved{};
  std::vector<std::string> warnings{}; ///< why a kept model was not used

  const Model& operator*() const noexcept { return model; }
  const Model* operator->() const noexcept { return &model; }
};

/// The events that a model takes in: `Model::interests()`, or all.
template <class Model>
query interests_of() {
  if constexpr (requires { query{Model::interests()}; })
    return Model::interests();
  else
    return query::all();
}

} // namespace evstore
