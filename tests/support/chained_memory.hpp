#pragma once

#include <evstore/memory/adapter.hpp>
#include <evstore/testing/plain_commit.hpp>
#include <evstore/transfer.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

namespace evstore::tests {

/// A store in memory that takes chains of commits, as one behind a network does, and that programs share
/// by copying the handle. What happens on the way can be said. Each chain costs as much as copying the store.
class chained_memory : public memory::adapter {
public:
  /// Called without a lock, with each chain that is sent; may throw what an adapter throws.
  using event_on_the_way = std::function<void(std::span<const commit_view> chain)>;
  struct line {
    event_on_the_way before;                                ///< the store has it
    event_on_the_way after;                                 ///< the answer arrives
    std::function<void(const commit_view& commit)> storing; ///< in a chain or alone
    bool takes_chains = true;
  };

  /// What happens between all handles and the store.
  [[nodiscard]] line& on_the_way() const { return shared_->way; }

  append_result append(const commit_view& commit) {
    if (shared_->way.storing) shared_->way.storing(commit);
    const std::lock_guard lock{shared_->mutex};
    return memory::adapter::append(commit);
  }
  void append_async(const commit_view&) = delete;

  [[nodiscard]] bool can_append_chains() const { return shared_->way.takes_chains; }
  [[nodiscard]] bool append_chain(std::span<const commit_view> chain, global_position after) {
    for (const commit_view& commit : chain) require_valid(commit);
    if (shared_->way.before) shared_->way.before(chain);
    if (shared_->way.storing)
      for (const commit_view& commit : chain) shared_->way.storing(commit);
    const bool is_there = store_chain(chain, after);
    if (shared_->way.after) shared_->way.after(chain);
    return is_there;
  }

protected:
  bool store_chain(std::span<const commit_view> chain, global_position after) {
    const std::lock_guard lock{shared_->mutex};
    if (head() != after) return is_stored(chain, after);
    memory::adapter trial;
    static_cast<void>(copy(static_cast<memory::adapter&>(*this), trial));
    for (const commit_view& commit : chain)
      if (const append_result judged = trial.append(commit); !judged || judged->replayed)
        return false;
    for (const commit_view& commit : chain) memory::adapter::append(commit).value();
    return true;
  }

private:
  /// Whether the chain's first event is, which nothing but the chain has brought here.
  [[nodiscard]] bool is_stored(std::span<const commit_view> chain, global_position after) {
    auto cursor = read_all(query::all(), {.from = after.next(), .limit = 1});
    const auto found = cursor.next();
    const stream_write& first = chain.front().writes.front();
    return !found.empty() && first.events.front().id && found[0].position == after.next() &&
           found[0].stream == first.stream && found[0].id == first.events.front().id;
  }

  struct shared {
    std::mutex mutex;
    line way;
  };
  std::shared_ptr<shared> shared_ = std::make_shared<shared>();
};
static_assert(chain_adapter<chained_memory> && !async_adapter<chained_memory>);

} // namespace evstore::tests
