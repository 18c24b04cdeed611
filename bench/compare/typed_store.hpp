#pragma once
// An adapter behind evstore's typed public interface, as a program would use it.

#include "contestant.hpp"

#include <evstore/evstore.hpp>

#include <span>
#include <utility>

namespace bench {

/// The same fold with snapshots, when they are asked for.
struct kept_tally {
  tally sums;

  void evolve(const auto& what) { sums.evolve(what); }
};
EVSTORE_DESCRIBE(kept_tally, sums)

template <class Adapter>
class typed_store : public contestant {
public:
  explicit typed_store(Adapter adapter) : store_{std::move(adapter)} {}

  void commit(std::span<const write> writes) override {
    if (writes.size() == 1) {
      const write& one = writes.front();
      const auto expected = evstore::exactly(one.before);
      if (one.events.size() == 1)
        require(store_.append(stream_name(one.stream), expected, one.events.front()));
      else
        require(store_.append(stream_name(one.stream), expected, one.events));
      return;
    }
    auto all = store_.commit();
    for (const write& one : writes)
      static_cast<void>(
          std::move(all).write(stream_name(one.stream), evstore::exactly(one.before), one.events));
    require(std::move(all).append());
  }

  tally replay() override { return store_.template project<tally>().model; }
  tally read(std::uint32_t stream) override {
    return store_.template fold<tally>(stream_name(stream)).state;
  }
  void snapshot(std::uint32_t stream) override {
    store_.template take_snapshot<kept_tally>(stream_name(stream));
  }
  tally load(std::uint32_t stream) override {
    return store_.template fold<kept_tally>(stream_name(stream))->sums;
  }

protected:
  static void require(const evstore::append_result& done) {
    if (!done) refuse("evstore", done.error().to_string());
  }

  evstore::store<fight, Adapter> store_;
};

} // namespace bench
