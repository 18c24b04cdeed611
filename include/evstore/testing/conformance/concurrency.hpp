#pragma once

#include <evstore/testing/conformance/probe.hpp>

#include <map>

namespace evstore::testing::conformance {

/// Many threads on one handle. Small numbers: the sanitizers look at the interleavings.
template <adapter A>
void add_concurrency(check_list<A>& checks) {
  using kind = append_conflict::kind;
  static constexpr std::size_t threads = 4;

  checks.push_back(
      {"of the writers that expect one version exactly one wins",
       "The others get a conflict that tells the version they lost to.", [](probe<A>& on) {
         constexpr std::uint64_t rounds = 25;
         std::atomic<std::uint64_t> won{0};
         on.in_threads(threads, [&](std::size_t thread) {
           for (std::uint64_t version = 0; version < rounds;) {
             const auto outcome =
                 on.try_append("s", exactly(version), "t" + std::to_string(thread));
             if (outcome) {
               ++won;
               on.equal(outcome->version(), stream_version{version + 1}, "the winner's version");
             } else {
               on.equal(outcome.error().reason, kind::version, "the loser's reason");
               on.expect(outcome.error().actual > stream_version{version}, "someone else won");
             }
             version = on.store.state_of("s").version.value();
           }
         });
         const auto stored = on.stream("s");
         on.equal(stored.size(), std::size_t{won}, "as many events as winners");
         for (std::size_t i = 0; i < stored.size(); ++i)
           on.equal(stored[i].version, stream_version{i + 1}, "no version twice");
       }});
  checks.push_back(
      {"of the writers under one condition exactly one wins", "A unique name is claimed once.",
       [](probe<A>& on) {
         constexpr std::size_t names = 25;
         std::atomic<std::size_t> won{0};
         on.in_threads(threads, [&](std::size_t thread) {
           for (std::size_t n = 0; n < names; ++n) {
             const std::string tag = "name:" + std::to_string(n);
             const auto outcome = on.try_append(
                 {{{"user-" + std::to_string(thread), any, {{.type = "claimed", .tags = {tag}}}}},
                  {{query::tags({tag}), {}}}});
             if (outcome)
               ++won;
             else
               on.equal(outcome.error().reason, kind::condition, "the loser's reason");
           }
         });
         on.equal(std::size_t{won}, names, "each name was claimed once");
         on.equal(on.everything().size(), names, "and stands there once");
       }});
  checks.push_back(
      {"a commit that several send is stored once",
       "All get the same receipt; all but one are told that it is replayed.", [](probe<A>& on) {
         constexpr std::uint64_t rounds = 25;
         std::atomic<std::size_t> first_times{0};
         on.in_threads(threads, [&](std::size_t) {
           for (std::uint64_t round = 0; round < rounds; ++round) {
             const auto receipt = on.append({{{"s",
                                               exactly(2 * round),
                                               {{.type = "a", .id = id_of(2 * round)},
                                                {.type = "b", .id = id_of(2 * round + 1)}}}},
                                             {}});
             on.equal(receipt.version(), stream_version{2 * round + 2}, "one receipt for all");
             if (!receipt.replayed) ++first_times;
           }
         });
         on.equal(std::size_t{first_times}, std::size_t{rounds}, "stored once");
         on.equal(on.stream("s").size(), std::size_t{2 * rounds}, "events");
       }});
  checks.push_back(
      {"commits are never mixed",
       "The events of one commit stand next to each other, and a thread's commits in its order.",
       [](probe<A>& on) {
         constexpr std::size_t rounds = 25;
         on.in_threads(threads, [&](std::size_t thread) {
           const std::string own = "own-" + std::to_string(thread);
           for (std::size_t round = 0; round < rounds; ++round) {
             const std::string data = "{\"by\":" + std::to_string(thread * rounds + round) + "}";
             const plain_event event{.type = "a", .data = data};
             on.append({{{own, exactly(round * 2), {event, event}}, {"shared", any, {event}}}, {}});
           }
         });
         const auto all = on.everything();
         on.equal(all.size(), threads * rounds * 3, "events");
         for (std::size_t i = 0; i < all.size(); ++i) {
           on.equal(all[i].commit, commit_part{static_cast<std::uint32_t>(i % 3 + 1), 3}, "part");
           on.equal(all[i].data, all[i - i % 3].data, "of one commit");
         }
         std::map<std::string, stream_version> versions;
         for (const event_record& event : all) {
           stream_version& version = versions[event.stream];
           version = version.next();
           on.equal(event.version, version, "versions follow positions");
         }
       }});
  checks.push_back(
      {"readers see whole commits and a log that only grows",
       "However the reads fall between the writes, in both directions.", [](probe<A>& on) {
         constexpr std::size_t rounds = 60;
         on.in_threads(threads, [&](std::size_t thread) {
           if (thread == 0) {
             for (std::size_t round = 0; round < rounds; ++round)
               on.append({{{"a", any, events("x x")}, {"b", any, events("x")}}, {}});
             return;
           }
           std::size_t before = 0;
           while (before < rounds * 3) {
             const global_position head = on.store.head();
             const bool reversed = thread == 1;
             const auto seen =
                 on.everything({.order = reversed ? direction::backwards : direction::forwards});
             on.expect(seen.size() >= before, "the log only grows");
             on.equal(seen.size() % 3, 0U, "whole commits");
             if (!seen.empty()) {
               const event_record& last = reversed ? seen.front() : seen.back();
               on.expect(last.position >= head, "what the head promised is there");
               on.equal(last.commit, commit_part{3, 3}, "the last event ends its commit");
             }
             const auto a = on.stream("a");
             on.equal(a.size() % 2, 0U, "whole commits in a stream");
             on.expect(on.store.state_of("a").version.value() >= a.size(), "the state follows");
             before = seen.size();
           }
         });
       }});
  checks.push_back(
      {"snapshots may be saved and loaded by many threads",
       "A reader gets one of the snapshots that were saved, never a mixture.", [](probe<A>& on) {
         const auto head = on.append("s", any, "a").last;
         on.in_threads(threads, [&](std::size_t thread) {
           const std::string state =
               "{\"by\":\"" + std::string(500 + thread, static_cast<char>('a' + thread)) + "\"}";
           for (std::size_t round = 0; round < 20; ++round) {
             on.store.save_snapshot("k", {stream_version{1}, head, thread, state});
             const auto found = on.store.load_snapshot("k").snapshot;
             on.expect(found.has_value(), "there is one");
             on.equal(found->state.size(), 509 + std::size_t{found->fingerprint}, "whole");
           }
         });
       }});
}

} // namespace evstore::testing::conformance
