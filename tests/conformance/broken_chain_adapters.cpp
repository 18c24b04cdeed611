// Chains of commits must be able to fail their checks, too: an adapter with one fault at a time, and for
// each check a fault that it finds.
#include <support/chained_memory.hpp>

#include <evstore/testing/conformance.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <span>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace evstore;

enum class fault {
  none,
  ignores_what_others_appended,
  recognises_nothing,
  requires_nothing,
  serves_one_thread,
  stores_as_one_commit,
  stores_what_it_can,
  takes_turns_commit_by_commit,
};

class chaining_adapter : public tests::chained_memory {
public:
  explicit chaining_adapter(fault what) : what_{what} {}

  [[nodiscard]] bool append_chain(std::span<const commit_view> chain, global_position after) {
    switch (what_) {
    case fault::none: break;
    case fault::ignores_what_others_appended:
      if (head() > after) return store_chain(chain, head());
      break;
    case fault::recognises_nothing:
      if (head() > after) return false;
      break;
    case fault::requires_nothing:
      if (chain.back().writes.front().stream.empty()) return store_chain(chain.first(1), after);
      break;
    case fault::serves_one_thread:
      if (std::this_thread::get_id() != first_thread_) return true;
      break;
    case fault::stores_as_one_commit: return store_as_one(chain, after);
    case fault::stores_what_it_can:
      return head() == after ? store_each(chain) : chained_memory::append_chain(chain, after);
    case fault::takes_turns_commit_by_commit:
      return store_each_behind(chain, after) || chained_memory::append_chain(chain, after);
    }
    return chained_memory::append_chain(chain, after);
  }

private:
  bool store_as_one(std::span<const commit_view> chain, global_position after) {
    std::vector<stream_write> writes;
    for (const commit_view& commit : chain)
      writes.insert(writes.end(), commit.writes.begin(), commit.writes.end());
    const commit_view whole{writes, {}};
    return store_chain({&whole, 1}, after);
  }
  bool store_each(std::span<const commit_view> chain) {
    bool are_all_stored = true;
    for (const commit_view& commit : chain) {
      const auto stored = append(commit);
      are_all_stored = are_all_stored && stored && !stored->replayed;
    }
    return are_all_stored;
  }
  /// Each on condition of its own position alone, which commits of others may have reached.
  bool store_each_behind(std::span<const commit_view> chain, global_position after) {
    bool are_all_stored = true;
    for (const commit_view& commit : chain) {
      are_all_stored = store_chain({&commit, 1}, after) && are_all_stored;
      after = global_position{after.value() + commit.event_count()};
    }
    return are_all_stored;
  }

  fault what_;
  std::thread::id first_thread_ = std::this_thread::get_id();
};

testing::subject<chaining_adapter> subject_with(fault what) {
  return {.open_fresh = [what] { return chaining_adapter{what}; }};
}

testing::check_list<chaining_adapter> checks() {
  testing::check_list<chaining_adapter> all;
  testing::conformance::add_chains(all);
  return all;
}

const std::vector<std::pair<fault, std::vector<std::string_view>>> expectations{
    {fault::ignores_what_others_appended,
     {"a chain that others were faster than leaves nothing behind"}},
    {fault::recognises_nothing,
     {"a chain that is sent again is recognised by the id of its first event"}},
    {fault::requires_nothing, {"a chain with a commit that no store could take is refused"}},
    {fault::serves_one_thread, {"of programs that chain at once each stores whole chains"}},
    {fault::stores_as_one_commit, {"a chain is stored as that many appends would be"}},
    {fault::stores_what_it_can,
     {"a chain of which one commit would be refused leaves nothing behind"}},
    {fault::takes_turns_commit_by_commit,
     {"a chain that others were faster than leaves nothing behind"}},
};

TEST_CASE("each fault of chains is found by the checks that are there for it") {
  std::set<std::string_view> able_to_fail;
  for (const auto& [what, names] : expectations)
    for (const auto& check : checks()) {
      if (std::find(names.begin(), names.end(), check.name) == names.end()) continue;
      able_to_fail.insert(check.name);
      INFO("fault " << static_cast<int>(what) << ", check: " << check.name);
      CHECK(testing::run(check, subject_with(what)).failed());
    }
  for (const auto& check : checks()) {
    INFO("no fault for: " << check.name);
    CHECK(able_to_fail.contains(check.name));
  }
}

TEST_CASE("chains without a fault pass every check") {
  for (const auto& check : checks()) {
    const auto outcome = testing::run(check, subject_with(fault::none));
    INFO(outcome.text);
    CHECK(outcome.passed());
  }
}

} // namespace
