#pragma once

#include <evstore/pending_append.hpp>
#include <evstore/testing/conformance/probe.hpp>

namespace evstore::testing::conformance {

/// Appends that nobody waits for. Only for adapters that have them.
template <async_adapter A>
void add_in_flight(check_list<A>& checks) {
  using kind = append_conflict::kind;
  static constexpr auto begin = [](probe<A>& on, std::string stream, expected_version expected,
                                   std::vector<plain_event> list) {
    const plain_commit commit{{{std::move(stream), expected, std::move(list)}}, {}};
    return with_view(commit, [&](const commit_view& view) { return on.store.append_async(view); });
  };

  checks.push_back({"commits in flight are stored in their order",
                    "Each ticket tells what `append` would have told, as often as it is asked.",
                    [](probe<A>& on) {
                      constexpr std::uint64_t count = 200;
                      std::vector<pending_append_of<A>> tickets;
                      std::vector<append_result> judged;
                      for (std::uint64_t i = 0; i < count; ++i) {
                        tickets.push_back(begin(on, "s", exactly(i), events("a")));
                        judged.push_back(tickets.back().judged());
                      }
                      tickets.back().wait();
                      for (std::uint64_t i = 0; i < count; ++i) {
                        on.expect(tickets[i].is_ready(), "acknowledged before what came later");
                        const auto receipt = on.accepted(tickets[i].get(), "the commit");
                        on.equal(receipt.version(), stream_version{i + 1}, "the version");
                        on.equal(on.accepted(tickets[i].get(), "again"), receipt, "the same");
                        on.equal(on.accepted(judged[i], "in flight"), receipt, "what was judged");
                      }
                      on.equal(on.stream("s").size(), std::size_t{count}, "events");
                    }});
  checks.push_back(
      {"commits in flight see each other",
       "Expectations, conditions and ids are judged against what was begun before.",
       [](probe<A>& on) {
         const auto first =
             begin(on, "s", no_stream, {{.type = "a", .id = id_of(1), .tags = {"t"}}});
         const auto late = begin(on, "s", no_stream, events("b"));
         const auto again =
             begin(on, "s", no_stream, {{.type = "a", .id = id_of(1), .tags = {"t"}}});
         const plain_commit guarded{{{"other", any, events("c")}}, {{query::tags({"t"}), {}}}};
         const auto conditional = with_view(
             guarded, [&](const commit_view& view) { return on.store.append_async(view); });
         const auto receipt = on.accepted(first.get(), "the first");
         const auto lost = on.refused(late.get(), kind::version, "the stream is there");
         on.equal(lost.actual, stream_version{1}, "what the loser is told");
         const auto repeated = on.accepted(again.get(), "a retry");
         on.expect(repeated.replayed, "it is recognised");
         on.equal(repeated.first, receipt.first, "its receipt is the first one's");
         on.refused(conditional.get(), kind::condition, "the condition");
         on.equal(on.types_of(query::all()), "a", "what is stored");
       }});
  checks.push_back({"a ticket may be dropped",
                    "Nothing but the answer is lost, and an append comes behind what is in flight.",
                    [](probe<A>& on) {
                      for (int i = 0; i < 50; ++i)
                        static_cast<void>(begin(on, "s", any, events("a")));
                      on.equal(on.append("s", exactly(50), "b").version(), stream_version{51},
                               "the version behind them");
                    }});
  checks.push_back({"what is in flight is completed when the store is closed",
                    "A ticket tells its answer also when the store is gone.", [](probe<A>& on) {
                      std::vector<pending_append_of<A>> tickets;
                      for (int i = 0; i < 50; ++i)
                        tickets.push_back(begin(on, "s", any, events("a")));
                      on.reopen();
                      on.equal(on.stream("s").size(), std::size_t{50}, "events");
                      for (const auto& ticket : tickets) on.accepted(ticket.get(), "the commit");
                    }});
  checks.push_back({"what could never be accepted is refused when it is begun",
                    "As by `append`, and nothing is stored.", [](probe<A>& on) {
                      on.throws(
                          errc::invalid_argument,
                          [&] { static_cast<void>(begin(on, "", any, events("a"))); },
                          "a stream without a name");
                      on.equal(on.store.head(), global_position{}, "the head");
                    }});
  checks.push_back({"threads that wait and threads that do not share a store",
                    "Each thread's commits are stored in its order.", [](probe<A>& on) {
                      constexpr std::uint64_t rounds = 40;
                      on.in_threads(4, [&](std::size_t thread) {
                        const std::string own = "own-" + std::to_string(thread);
                        for (std::uint64_t i = 0; i < rounds; ++i) {
                          if (thread % 2 == 0)
                            on.append(own, exactly(i), "a");
                          else
                            static_cast<void>(begin(on, own, exactly(i), events("a")));
                        }
                      });
                      on.append("last", no_stream, "b");
                      on.equal(on.everything().size(), std::size_t{4 * rounds + 1}, "events");
                    }});
}

} // namespace evstore::testing::conformance
