#pragma once

#include <evstore/testing/conformance/probe.hpp>

namespace evstore::testing::conformance {

/// `wait_beyond`: what subscriptions are made of. No check measures time: those that wait for
/// another thread are patient, so that a slow machine passes and a broken adapter fails in the end.
template <adapter A>
void add_waiting(check_list<A>& checks) {
  using std::chrono::milliseconds;
  static constexpr auto for_ever = milliseconds::max();
  static constexpr milliseconds patient = std::chrono::minutes{1};

  checks.push_back({"waiting for what is there returns at once", "With the head, however far.",
                    [](probe<A>& on) {
                      on.append("s", any, "a");
                      const auto head = on.append("s", any, "b").last;
                      on.equal(on.store.wait_beyond({}, for_ever), head, "from the origin");
                      on.equal(on.store.wait_beyond(on.stream("s").at(0).position, for_ever), head,
                               "from the first event");
                    }});
  checks.push_back(
      {"waiting ends when its time is up", "With the head, which has not moved.", [](probe<A>& on) {
         on.equal(on.store.wait_beyond({}, milliseconds{5}), global_position::origin(),
                  "an empty store");
         const auto head = on.append("s", any, "a").last;
         on.equal(on.store.wait_beyond(head, milliseconds{5}), head, "at the head");
         on.equal(on.store.wait_beyond(head.next(), milliseconds{5}), head, "beyond");
       }});
  checks.push_back(
      {"waiting for no time returns the head", "Nor does less than none wait.", [](probe<A>& on) {
         const auto head = on.append("s", any, "a").last;
         on.equal(on.store.wait_beyond({}, milliseconds{0}), head, "what is there");
         on.equal(on.store.wait_beyond(head, milliseconds{0}), head, "0");
         on.equal(on.store.wait_beyond(head, milliseconds{-1}), head, "-1");
         on.equal(on.store.wait_beyond(head, milliseconds::min()), head, "the least");
       }});
  checks.push_back(
      {"an append wakes who waits", "All of them, however many and however patient.",
       [](probe<A>& on) {
         constexpr std::size_t rounds = 20;
         on.in_threads(4, [&](std::size_t thread) {
           global_position head;
           for (std::size_t round = 1; round <= rounds; ++round) {
             if (thread == 0) head = on.append("s", any, "a").last;
             if (thread != 0) {
               const global_position now = on.store.wait_beyond(head, patient);
               on.expect(now > head, "the head is beyond");
               on.expect(
                   collect(on.store.read_all(query::all(), {.from = head.next()})).size() >= 1,
                   "what woke the waiter can be read");
               head = now;
               if (on.stream("s").size() == rounds) return;
             }
           }
         });
       }});
  checks.push_back({"an append of a copy wakes who waits", "Copies of a handle are one store.",
                    [](probe<A>& on) {
                      A copy = on.store;
                      on.in_threads(2, [&](std::size_t thread) {
                        if (thread == 0)
                          (void)testing::append(copy, {{{"s", any, events("a")}}, {}}).value();
                        else
                          on.expect(on.store.wait_beyond({}, patient) > global_position::origin(),
                                    "the head");
                      });
                    }});
  checks.push_back({"an append of another handle wakes who waits",
                    "However the handles are connected.", [](probe<A>& on) {
                      A other = on.open_second();
                      on.in_threads(2, [&](std::size_t thread) {
                        if (thread == 0)
                          (void)testing::append(other, {{{"s", any, events("a")}}, {}}).value();
                        else
                          on.expect(on.store.wait_beyond({}, patient) > global_position::origin(),
                                    "the head");
                      });
                    }});
}

} // namespace evstore::testing::conformance
