#pragma once

#include <evstore/adapter.hpp>
#include <evstore/testing/conformance/probe.hpp>

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace evstore::testing::conformance {

/// Commits that are stored together or not at all. Only for adapters that have it.
template <chain_adapter A>
void add_chains(check_list<A>& checks) {
  static constexpr auto lend = [](auto&& self, std::span<const plain_commit> rest,
                                  std::vector<commit_view>& lent, auto&& take) -> bool {
    if (rest.empty()) return take(std::span<const commit_view>{lent});
    return with_view(rest.front(), [&](const commit_view& view) {
      lent.push_back(view);
      return self(self, rest.subspan(1), lent, take);
    });
  };
  static constexpr auto append_chain = [](A& store, const std::vector<plain_commit>& chain,
                                          global_position after) {
    std::vector<commit_view> lent;
    return lend(lend, chain, lent, [&](std::span<const commit_view> commits) {
      return store.append_chain(commits, after);
    });
  };
  static constexpr auto commit_of = [](std::string stream, expected_version expected,
                                       std::vector<plain_event> list) {
    return plain_commit{{{std::move(stream), expected, std::move(list)}}, {}};
  };
  static constexpr auto require_use = [](probe<A>& on) {
    if (!on.store.can_append_chains()) throw check_skipped{"this store takes no chains"};
  };

  checks.push_back(
      {"a chain is stored as that many appends would be",
       "Each commit finds what those before it have written; positions follow `after`.",
       [](probe<A>& on) {
         require_use(on);
         on.append("s", no_stream, "a");
         const std::vector<plain_commit> chain{
             commit_of("s", exactly(1), events("b c")),
             commit_of("s", exactly(3), events("d")),
             {{{"t", no_stream, events("e")}, {"s", exactly(4), {}}}, {}},
             commit_of("s", exactly(4), events("f"))};
         on.expect(append_chain(on.store, chain, on.store.head()), "the chain is stored");
         on.equal(on.types_of(query::all()), "a b c d e f", "in its order");
         const auto stored = on.everything();
         for (std::size_t i = 0; i < stored.size(); ++i)
           on.equal(stored[i].position, global_position{i + 1}, "the position");
         on.equal(stored[2].commit, commit_part{2, 2}, "the part of its commit");
         on.equal(stored[3].commit, commit_part{1, 1}, "the next commit is another one");
         on.equal(on.store.state_of("s").version, stream_version{5}, "the version");
         on.equal(on.append("s", exactly(5), "g").first, global_position{7}, "what comes behind");
       }});
  checks.push_back(
      {"a chain that others were faster than leaves nothing behind",
       "Whether what they have appended is as long as the chain, or as its first commit.",
       [](probe<A>& on) {
         require_use(on);
         const std::vector<plain_commit> chain{commit_of("s", any, events("a")),
                                               commit_of("t", any, events("b")),
                                               commit_of("u", any, events("c"))};
         for (int others = 1; others <= 4; ++others) {
           const global_position after = on.store.head();
           for (int i = 0; i < others; ++i) on.append("other", any, "x");
           on.writes_nothing(
               [&] { on.expect(!append_chain(on.store, chain, after), "it is not stored"); });
         }
       }});
  checks.push_back(
      {"a chain of which one commit would be refused leaves nothing behind",
       "Wherever it stands, and whatever refuses it.", [](probe<A>& on) {
         require_use(on);
         on.append("s", no_stream, {{.type = "a", .id = id_of(1), .tags = {"t"}}});
         const std::vector<plain_commit> refused{
             commit_of("s", no_stream, events("x")),
             commit_of("s", any, {{.type = "other", .id = id_of(1)}}),
             commit_of("s", any, {{.type = "a", .id = id_of(1), .tags = {"t"}}}), // stored already
             {{{"u", any, events("x")}}, {{query::tags({"t"}), {}}}}};
         const auto good = [](int i) {
           return commit_of("good-" + std::to_string(i), no_stream, events("b"));
         };
         for (const plain_commit& one : refused)
           for (int place = 0; place < 3; ++place) {
             std::vector<plain_commit> chain{good(1), good(2)};
             chain.insert(chain.begin() + place, one);
             on.writes_nothing([&] {
               on.expect(!append_chain(on.store, chain, on.store.head()), "it is not stored");
             });
           }
         on.expect(append_chain(on.store, {good(1), good(2)}, on.store.head()),
                   "without it, it is");
       }});
  checks.push_back(
      {"a chain that is sent again is recognised by the id of its first event",
       "Also when others have appended since; one with another id is not.", [](probe<A>& on) {
         require_use(on);
         on.append("other", any, "x");
         const auto chain = [](std::uint64_t id) {
           return std::vector<plain_commit>{commit_of("s", any, {{.type = "a", .id = id_of(id)}}),
                                            commit_of("s", any, events("b"))};
         };
         const global_position after = on.store.head();
         on.expect(append_chain(on.store, chain(1), after), "the chain is stored");
         on.writes_nothing([&] {
           on.expect(append_chain(on.store, chain(1), after), "it is recognised");
           on.expect(!append_chain(on.store, chain(2), after), "another one is not");
           on.expect(!append_chain(on.store, chain(1), on.store.head()), "nor one behind it");
         });
         on.append("other", any, "x");
         on.writes_nothing(
             [&] { on.expect(append_chain(on.store, chain(1), after), "later, too"); });
       }});
  checks.push_back({"a chain with a commit that no store could take is refused",
                    "As by `append`, and nothing is stored.", [](probe<A>& on) {
                      require_use(on);
                      on.throws(
                          errc::invalid_argument,
                          [&] {
                            append_chain(
                                on.store,
                                {commit_of("s", any, events("a")), commit_of("", any, events("a"))},
                                on.store.head());
                          },
                          "a stream without a name");
                      on.equal(on.store.head(), global_position{}, "the head");
                    }});
  checks.push_back({"of programs that chain at once each stores whole chains",
                    "Between the commits of one stands nothing of another.", [](probe<A>& on) {
                      require_use(on);
                      constexpr std::size_t rounds = 10;
                      constexpr std::size_t length = 5;
                      on.in_threads(3, [&](std::size_t thread) {
                        A store = on.store;
                        const std::string own = "own-" + std::to_string(thread);
                        const std::vector<plain_commit> chain(length,
                                                              commit_of(own, any, events("a")));
                        for (std::size_t stored = 0; stored < rounds;)
                          if (append_chain(store, chain, store.head())) ++stored;
                      });
                      const auto all = on.everything();
                      on.equal(all.size(), 3 * rounds * length, "events");
                      for (std::size_t i = 0; i < all.size(); ++i)
                        on.equal(all[i].stream, all[i - i % length].stream, "the stream");
                    }});
}

} // namespace evstore::testing::conformance
