#include "measure.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace bench {

namespace {

using bench_clock = std::chrono::steady_clock;

/// A store that is open, with the commits that it is still to get.
struct opened {
  const entry* who;
  std::unique_ptr<contestant> store;
  std::unique_ptr<peer_process> process; ///< instead
};

opened open_one(const entry& one, const std::string& folder) {
  const std::string files = fresh_folder(folder, one);
  if (one.start) return {&one, nullptr, one.start(files)};
  return {&one, one.open(files), nullptr};
}

std::vector<opened> open_all(const std::vector<entry>& all, role what, commit_shape shape,
                             const std::string& folder) {
  std::vector<opened> out;
  for (const entry& one : all)
    if (has(one, what) && one.most >= shape) out.push_back(open_one(one, folder));
  return out;
}

/// A way to take the next commit from a source.
using next_commit = std::span<const write> (commit_source::*)(std::size_t);

struct commits {
  next_commit next;
  std::size_t events; ///< in each
  commit_shape shape; ///< what a contestant has to be able to commit
};

const commits single{&commit_source::to_one_stream, 1, commit_shape::one_event};
const commits batch{&commit_source::to_one_stream, 100, commit_shape::one_stream};
const commits spread{&commit_source::to_many_streams, 100, commit_shape::anything};

/// Whose turn a process of its own makes by itself: commits of one stream by `threads`, each to every
/// `step`th stream from `first`; for so long, or so many.
struct own_turn {
  std::size_t events = 1;
  std::uint32_t streams = 0;
  std::uint32_t first = 0;
  std::uint32_t step = 1;
  std::size_t threads = 1;
  std::chrono::milliseconds length{0};
  std::uint64_t commits = 0;
};

turn commit_elsewhere(peer_process& where, const own_turn& what) {
  std::string task = "append";
  for (const std::uint64_t number :
       {std::uint64_t{what.events}, std::uint64_t{what.streams}, std::uint64_t{what.first},
        std::uint64_t{what.step}, std::uint64_t{what.threads},
        static_cast<std::uint64_t>(what.length.count()), what.commits})
    task.append(1, ' ').append(std::to_string(number));
  const std::vector<double> said = where.ask(task);
  turn out{said.at(0), said.at(1), {}};
  for (std::size_t i = 2; i < said.size(); ++i)
    out.latencies_us.push_back(static_cast<float>(said[i]));
  return out;
}

turn commit_for(contestant& store, commit_source& source, const commits& what,
                std::chrono::milliseconds length) {
  turn out;
  std::uint64_t count = 0;
  const stopwatch watch;
  const auto begin = bench_clock::now();
  for (auto now = begin; now - begin < length; ++count) {
    const std::span<const write> writes = (source.*what.next)(what.events);
    store.commit(writes);
    const auto done = bench_clock::now();
    out.latencies_us.push_back(std::chrono::duration<float, std::micro>{done - now}.count());
    now = done;
  }
  store.settle();
  const auto events = static_cast<double>(count * what.events);
  out.value = events / watch.seconds();
  out.cpu_us = watch.processor_seconds() / events * 1e6;
  return out;
}

turn commit_many(contestant& store, commit_source& source, const commits& what,
                 std::uint64_t events) {
  turn out;
  const stopwatch watch;
  for (std::uint64_t done = 0; done < events; done += what.events)
    store.commit((source.*what.next)(what.events));
  store.settle();
  out.value = static_cast<double>(events) / watch.seconds();
  out.cpu_us = watch.processor_seconds() / static_cast<double>(events) * 1e6;
  return out;
}

/// Each thread commits again as soon as it may, to streams of its own.
turn commit_together(contestant& store, std::vector<commit_source>& sources,
                     std::chrono::milliseconds length) {
  std::atomic<std::uint64_t> count{0};
  std::vector<std::vector<float>> latencies(sources.size());
  const stopwatch watch;
  in_threads(sources.size(), [&](std::size_t t) {
    turn mine = commit_for(store, sources[t], single, length);
    count += mine.latencies_us.size();
    latencies[t] = std::move(mine.latencies_us);
  });
  const auto events = static_cast<double>(count);
  turn out{events / watch.seconds(), watch.processor_seconds() / events * 1e6, {}};
  for (const auto& some : latencies)
    out.latencies_us.insert(out.latencies_us.end(), some.begin(), some.end());
  return out;
}

/// All that have the role make the same commits, by `run(store, source)` or by `elsewhere`.
template <class Run>
workload_result alone(const std::string& folder, const scale& how, workload_result told, role what,
                      commit_shape shape, const own_turn& elsewhere, const Run& run) {
  const auto all = all_entries();
  std::vector<opened> open = open_all(all, what, shape, folder);
  std::vector<commit_source> sources(open.size(), commit_source{elsewhere.streams});
  std::vector<taking_turns> turns;
  for (std::size_t i = 0; i < open.size(); ++i)
    turns.push_back({open[i].who, open[i].who->name, [&, i] {
                       if (open[i].process) return commit_elsewhere(*open[i].process, elsewhere);
                       return run(*open[i].store, sources[i]);
                     }});
  return take_turns(std::move(told), turns, how.rounds, what == role::durable);
}

workload_result durable(const std::string& folder, const scale& how, workload_result told,
                        std::uint32_t streams, const commits& what) {
  const own_turn elsewhere{.events = what.events, .streams = streams, .length = how.turn};
  return alone(folder, how, std::move(told), role::durable, what.shape, elsewhere,
               [&](contestant& store, commit_source& source) {
                 return commit_for(store, source, what, how.turn);
               });
}

workload_result unsynced(const std::string& folder, const scale& how, workload_result told,
                         std::uint32_t streams, const commits& what) {
  const own_turn elsewhere{
      .events = what.events, .streams = streams, .commits = how.unsynced_events / what.events};
  return alone(folder, how, std::move(told), role::unsynced, what.shape, elsewhere,
               [&](contestant& store, commit_source& source) {
                 return commit_many(store, source, what, how.unsynced_events);
               });
}

workload_result concurrent(const std::string& folder, const scale& how, workload_result told) {
  const auto all = all_entries();
  std::vector<opened> open = open_all(all, role::durable, single.shape, folder);
  for (opened& one : open_all(all, role::in_flight, single.shape, folder))
    open.push_back(std::move(one));
  std::uint32_t writers = 0;
  for (const std::size_t threads : how.threads) writers += static_cast<std::uint32_t>(threads);
  std::vector<taking_turns> turns;
  for (const opened& one : open) {
    std::uint32_t first = 0;
    for (const std::size_t threads : how.threads) {
      if (threads > 1 && (one.who->limit || has(*one.who, role::in_flight))) continue;
      const std::string name = one.who->name + " x" + std::to_string(threads);
      if (one.process) {
        const own_turn elsewhere{.streams = most_streams,
                                 .first = first,
                                 .step = writers,
                                 .threads = threads,
                                 .length = how.turn};
        first += static_cast<std::uint32_t>(threads);
        turns.push_back({one.who, name, [&process = *one.process, elsewhere] {
                           return commit_elsewhere(process, elsewhere);
                         }});
        continue;
      }
      std::vector<commit_source> sources;
      for (std::size_t t = 0; t < threads; ++t)
        sources.emplace_back(most_streams, first++, writers);
      turns.push_back({one.who, name, [&store = *one.store, sources, length = how.turn]() mutable {
                         return commit_together(store, sources, length);
                       }});
    }
  }
  return take_turns(std::move(told), turns, how.rounds, true);
}

workload_result named(const char* id, const char* title) {
  workload_result out;
  out.id = id;
  out.title = title;
  out.unit = "events/s";
  return out;
}

} // namespace

void measure_unsynced(const std::string& folder, const scale& how, const tell& found) {
  found(unsynced(folder, how, named("W3a", "unsynced, one event a commit, 1,000 streams"), 1000,
                 single));
  found(unsynced(folder, how, named("W3b", "unsynced, 100 events of one stream a commit"), 1000,
                 batch));
}

void measure_commits(const std::string& folder, const scale& how, const tell& found) {
  found(durable(folder, how, named("W1", "durable, one event a commit, 1,000 streams"), 1000,
                single));
  found(durable(folder, how, named("W2a", "durable, 100 events of one stream a commit"), 1000,
                batch));
  found(durable(folder, how, named("W2b", "durable, 100 events a commit over 100,000 streams"),
                most_streams, spread));
  measure_unsynced(folder, how, found);
  found(concurrent(folder, how, named("W7", "durable, one event a commit, threads at once")));
}

} // namespace bench
