#pragma once

#include <evstore/adapter.hpp>
#include <evstore/commit_draft.hpp>
#include <evstore/pending_append.hpp>

#include <string_view>
#include <utility>

namespace evstore {

/// A commit over several streams, written as one sentence; all of it is appended or none:
///
///     store.commit().write("from", exactly(3), paid).write("to", any, received)
///                   .guard("bank", stream_exists).append();
///
/// Copies what it is given. One thread at a time; made and used on the same thread.
template <class Set, class Adapter>
class commit_builder {
public:
  explicit commit_builder(Adapter& adapter) : adapter_{&adapter} {}

  /// Events for one stream, each stream once. They may have any form that a decision answers with.
  /// Throws `errc::invalid_payload` for what JSON cannot say; the commit is then as it was before,
  /// without any event of this call.
  template <class... Events>
  commit_builder&& write(std::string_view stream, expected_version expected,
                         const Events&... events) && {
    draft_->add_write(stream, expected, events...);
    return std::move(*this);
  }

  /// Only expects something of a stream.
  commit_builder&& guard(std::string_view stream, expected_version expected) && {
    draft_->add_write(stream, expected);
    return std::move(*this);
  }

  /// Refuses the commit if an event that `matching` matches was appended after `after`: the head
  /// that the caller had seen when it decided.
  commit_builder&& require(query matching, global_position after) && {
    draft_->require(std::move(matching), after);
    return std::move(*this);
  }

  /// Throws as `store::append` does.
  append_result append() && { return adapter_->append(draft_->view()); }
  /// Does not wait; see `store::append_async`.
  auto append_async() &&
        requires async_adapter<Adapter>
  {
    return adapter_->append_async(draft_->view());
  }

private:
  Adapter* adapter_;
  draft_lease<Set> draft_;
};

} // namespace evstore
