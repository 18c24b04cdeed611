#include "measure.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

namespace bench {

namespace {

double processor_seconds_so_far() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& of) {
    return static_cast<double>(of.tv_sec) + static_cast<double>(of.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

latency percentiles(std::vector<float>& of) {
  std::sort(of.begin(), of.end());
  const auto part = [&](double share) {
    return double{of[static_cast<std::size_t>(static_cast<double>(of.size() - 1) * share)]};
  };
  return {part(0.5), part(0.9), part(0.99), part(1)};
}

/// What bounds a run on a machine that others use, too: after five rounds one that has taken so long is done.
constexpr int fewest_rounds = 5;
constexpr double long_enough_seconds = 120;

std::vector<measured> run_rounds(const std::vector<taking_turns>& all, int rounds) {
  std::vector<measured> found(all.size());
  std::vector<std::vector<float>> latencies(all.size());
  const stopwatch watch;
  for (int round = 0; round < rounds; ++round) {
    if (round >= fewest_rounds && watch.seconds() > long_enough_seconds) break;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const turn took = all[i].run();
      found[i].values.push_back(took.value);
      found[i].cpu_us.push_back(took.cpu_us);
      latencies[i].insert(latencies[i].end(), took.latencies_us.begin(), took.latencies_us.end());
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    found[i].name = all[i].name;
    found[i].described = all[i].who->described;
    found[i].limit = all[i].who->limit;
    if (!latencies[i].empty()) found[i].latency = percentiles(latencies[i]);
  }
  return found;
}

bool syncs_take_too_long(const std::vector<measured>& all) {
  constexpr double longest_us = 1000;
  return std::any_of(all.begin(), all.end(), [](const measured& one) {
    return one.limit && one.latency && one.latency->p50 > longest_us;
  });
}

} // namespace

stopwatch::stopwatch()
    : begin_{std::chrono::steady_clock::now()}, processor_{processor_seconds_so_far()} {}
double stopwatch::seconds() const {
  return std::chrono::duration<double>{std::chrono::steady_clock::now() - begin_}.count();
}
double stopwatch::processor_seconds() const { return processor_seconds_so_far() - processor_; }

workload_result take_turns(workload_result told, const std::vector<taking_turns>& all, int rounds,
                           bool watch_syncs) {
  constexpr int most_reruns = 2;
  const stopwatch watch;
  while (true) {
    told.contestants = run_rounds(all, rounds);
    told.disturbed = watch_syncs && syncs_take_too_long(told.contestants);
    if (!told.disturbed || told.reruns == most_reruns) break;
    ++told.reruns;
  }
  told.seconds = watch.seconds();
  told.load.resize(3);
  if (::getloadavg(told.load.data(), 3) != 3) told.load.clear();
  std::fprintf(stderr, "%-4s %-52s %6.1f s%s\n", told.id.c_str(), told.title.c_str(), told.seconds,
               told.disturbed ? "  DISTURBED: other programs want the processor" : "");
  return told;
}

void in_threads(std::size_t threads, const std::function<void(std::size_t)>& work) {
  std::vector<std::exception_ptr> failed(threads);
  std::vector<std::thread> running;
  for (std::size_t t = 0; t < threads; ++t)
    running.emplace_back([&, t] {
      try {
        work(t);
      } catch (...) {
        failed[t] = std::current_exception();
      }
    });
  for (std::thread& one : running) one.join();
  for (const std::exception_ptr& why : failed)
    if (why) std::rethrow_exception(why);
}

std::string fresh_folder(const std::string& root, const entry& of) {
  const std::string path = root + "/" + of.files;
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

void fill(contestant& store, std::uint64_t events, std::uint32_t streams) {
  constexpr std::uint64_t at_once = 100;
  const std::uint64_t before = events - std::min(events, std::uint64_t{streams} * 10);
  commit_source source{streams};
  for (std::uint64_t done = 0; done < events; done += at_once) {
    if (done == before) store.snapshot(stream_with_snapshot);
    store.commit(source.to_many_streams(at_once));
  }
  store.settle();
}

std::vector<double> numbers_from(const std::string& program, const std::string& arguments) {
  const std::string command = "'" + program + "' " + arguments;
  std::FILE* const child = ::popen(command.c_str(), "r");
  if (!child) refuse("compare", "cannot start " + command);
  std::vector<double> out;
  for (double number = 0; std::fscanf(child, "%lf", &number) == 1;) out.push_back(number);
  if (::pclose(child) != 0) refuse("compare", "failed: " + command);
  return out;
}

std::vector<entry> all_entries() {
  std::vector<entry> all;
  for (const auto& some : {raw_limits(), evstore_entries(), bare_adapter_entries()
#ifdef BENCH_SQLITE
                                                                ,
                           sqlite_entries()
#endif
#ifdef BENCH_ROCKSDB
                               ,
                           rocksdb_entries()
#endif
#ifdef BENCH_LEVELDB
                               ,
                           leveldb_entries()
#endif
#ifdef BENCH_LMDB
                               ,
                           lmdb_entries()
#endif
#ifdef BENCH_POSTGRES
                               ,
                           postgres_entries()
#endif
                               ,
                           node_entries()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

} // namespace bench
