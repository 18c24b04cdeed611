// What the peers have no word for: commits under a condition, and subscriptions. So evstore's adapters
// are beside each other, and conditional commits beside the same without a condition.

#include "measure.hpp"

#include <evstore/evstore.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/memory/adapter.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>

namespace bench {

namespace {

namespace jsonl = evstore::jsonl;
using bench_clock = std::chrono::steady_clock;

float microseconds(bench_clock::duration of) {
  return std::chrono::duration<float, std::micro>{of}.count();
}

template <class Adapter>
class watched_store {
public:
  explicit watched_store(Adapter adapter) : store_{std::move(adapter)} {}

  /// Each thread appends to a stream of its own, an event with a tag of its own, as fast as it may;
  /// with a condition: if nothing bears the tag since it last did so.
  turn append_tagged(std::size_t threads, bool conditional, std::chrono::milliseconds length) {
    std::vector<std::vector<float>> latencies(threads);
    const evstore::global_position begin = store_.head();
    const stopwatch watch;
    in_threads(threads, [&](std::size_t t) {
      const std::string tag = "writer:" + std::to_string(t);
      const std::string stream = "writer-" + std::to_string(t);
      const evstore::query about_us = evstore::query::tags({tag});
      const evstore::envelope event{note_taken{"mira", "half cover, and the torch is out"},
                                    {.tags = {tag}}};
      evstore::global_position seen = begin;
      const auto first = bench_clock::now();
      for (auto now = first; now - first < length;) {
        auto commit = store_.commit().write(stream, evstore::any, event);
        if (conditional) static_cast<void>(std::move(commit).require(about_us, seen));
        const evstore::append_result done = std::move(commit).append();
        if (!done) refuse("W8", done.error().to_string());
        seen = done->last;
        const auto after = bench_clock::now();
        latencies[t].push_back(microseconds(after - now));
        now = after;
      }
    });
    turn out;
    for (const auto& some : latencies)
      out.latencies_us.insert(out.latencies_us.end(), some.begin(), some.end());
    const auto events = static_cast<double>(out.latencies_us.size());
    out.value = events / watch.seconds();
    out.cpu_us = watch.processor_seconds() / events * 1e6;
    return out;
  }

  /// One thread commits now and then, another has a subscription: from the acknowledgement until it
  /// has the event. The value is the median.
  turn follow(std::size_t commits) {
    std::vector<bench_clock::time_point> acknowledged(commits);
    std::vector<bench_clock::time_point> seen(commits);
    auto news = store_.subscribe(store_.head());
    const stopwatch watch;
    in_threads(2, [&](std::size_t t) { // one that commits, one that follows
      if (t == 0) {
        for (std::size_t i = 0; i < commits; ++i) {
          std::this_thread::sleep_for(std::chrono::milliseconds{1}); // by then it waits again
          if (!store_.append("clock-1", evstore::any, note_taken{"mira", "tick"}))
            refuse("W9", "a commit was refused");
          acknowledged[i] = bench_clock::now();
        }
        return;
      }
      for (std::size_t i = 0; i < commits;)
        for ([[maybe_unused]] const auto& event : news.next(std::chrono::milliseconds{1000}))
          seen[i++] = bench_clock::now();
    });
    turn out;
    for (std::size_t i = 0; i < commits; ++i)
      out.latencies_us.push_back(std::max(0.0F, microseconds(seen[i] - acknowledged[i])));
    std::vector<float> sorted = out.latencies_us;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(commits / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    out.value = double{*middle};
    out.cpu_us = watch.processor_seconds() / static_cast<double>(commits) * 1e6;
    return out;
  }

private:
  evstore::store<fight, Adapter> store_;
};

entry described(const char* name, const char* how, const char* files) {
  return {name, how, files, {}, {}, {}};
}

} // namespace

void measure_conditions(const std::string& folder, const scale& how, const tell& found) {
  const entry in_memory = described("memory", "evstore::memory", "memory");
  const entry growing = described("jsonl", "durability::sync", "jsonl");
  const entry ahead = described("jsonl, 64 MiB ahead",
                                "durability::sync, preallocation_size 64 MiB", "jsonl_ahead");
  const auto log = [&](const entry& of, const jsonl::options& options) {
    return jsonl::open(fresh_folder(folder, of) + "/log.jsonl", options);
  };
  watched_store memory{evstore::memory::adapter{}};
  watched_store on_disk{log(growing, {})};
  watched_store written_ahead{log(ahead, {.preallocation_size = std::uint64_t{1} << 26})};

  const std::size_t threads = how.name == "smoke" ? 2 : 64;
  std::vector<taking_turns> conditional;
  std::vector<taking_turns> lag;
  const auto take_part = [&](const entry& who, auto& store) {
    for (const bool is_conditional : {true, false})
      conditional.push_back(
          {&who, who.name + (is_conditional ? "" : ", without condition"),
           [&, is_conditional] { return store.append_tagged(threads, is_conditional, how.turn); }});
    lag.push_back(
        {&who, who.name, [&] { return store.follow(static_cast<std::size_t>(how.turn.count())); }});
  };
  take_part(in_memory, memory);
  take_part(growing, on_disk);
  take_part(ahead, written_ahead);

  workload_result w8;
  w8.id = "W8";
  w8.title = "one event a commit if its tag is not newer, " + std::to_string(threads) + " threads";
  w8.unit = "events/s";
  found(take_turns(std::move(w8), conditional, how.rounds, false));
  workload_result w9;
  w9.id = "W9";
  w9.title = "from a commit's acknowledgement to a subscription";
  w9.unit = "µs";
  w9.more_is_better = false;
  found(take_turns(std::move(w9), lag, how.rounds, false));
}

} // namespace bench
