// Durable appends of one event each, by several threads at once: how much better than one writer
// they do when they share syncs, and what is left of that when nothing is judged, encoded or indexed.
//
// Usage: append [<file, made anew> [<milliseconds a round> [<rounds> [<bytes written ahead>]]]]

#include "bare_group.hpp"
#include "rounds.hpp"

#include <evstore/jsonl/adapter.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace jsonl = evstore::jsonl;
using bench_clock = std::chrono::steady_clock;

constexpr std::size_t bytes_of_a_commit = 195;

struct one_event {
  explicit one_event(std::string name) : stream{std::move(name)} {}
  one_event(const one_event&) = delete; // `write` points into it
  [[nodiscard]] evstore::commit_view commit() const { return {{&write, 1}, {}}; }

  std::string stream;
  evstore::new_event event{.type = "money_moved",
                           .data = evstore::json_view::trusted(
                               R"({"cents":1250,"reason":"groceries, and a newspaper"})")};
  evstore::stream_write write{stream, evstore::any, {&event, 1}};
};

/// Commits a second of `threads` threads, each of which appends again as soon as it may.
/// `writer_of(thread)` is what it calls for that.
template <class WriterOf>
double blocking(const WriterOf& writer_of, std::size_t threads, std::chrono::milliseconds length) {
  std::atomic<std::uint64_t> commits{0};
  std::vector<std::thread> running;
  const auto begin = bench_clock::now();
  for (std::size_t t = 0; t < threads; ++t)
    running.emplace_back([&, t] {
      const auto append = writer_of(t);
      std::uint64_t mine = 0;
      for (; bench_clock::now() - begin < length; ++mine) append();
      commits += mine;
    });
  for (std::thread& thread : running) thread.join();
  return static_cast<double>(commits) /
         std::chrono::duration<double>{bench_clock::now() - begin}.count();
}

/// Commits a second of one thread that waits for none, with as many in flight as there may be.
double in_flight(jsonl::adapter& log, std::chrono::milliseconds length) {
  const one_event one{"account-0"};
  std::uint64_t commits = 0;
  const auto begin = bench_clock::now();
  for (; bench_clock::now() - begin < length; ++commits)
    static_cast<void>(log.append_async(one.commit()));
  static_cast<void>(log.append(one.commit()).value()); // behind all of them
  return static_cast<double>(commits + 1) /
         std::chrono::duration<double>{bench_clock::now() - begin}.count();
}

void measure(const std::string& path, std::chrono::milliseconds length, int rounds,
             std::uint64_t ahead) {
  std::filesystem::remove(path);
  jsonl::adapter log = jsonl::open(path, {.preallocation_size = ahead});
  bench::bare_group_commit bare{path + ".bare", bytes_of_a_commit};
  const auto log_writer = [&](std::size_t t) {
    return [&log, one = one_event{"account-" + std::to_string(t)}] {
      static_cast<void>(log.append(one.commit()).value());
    };
  };
  const auto bare_writer = [&](std::size_t) { return [&bare] { bare.append(); }; };

  std::vector<bench::contestant> all;
  for (const std::size_t threads : {1U, 2U, 8U, 32U}) {
    const std::string name = std::to_string(threads) + (threads == 1 ? " thread" : " threads");
    all.push_back({name, [&, threads] { return blocking(log_writer, threads, length); }});
    all.push_back(
        {name + ", bare", [&, threads] { return blocking(bare_writer, threads, length); }});
  }
  all.push_back({"1 thread, 1024 in flight", [&] { return in_flight(log, length); }});
  bench::take_turns(all, rounds);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bench::contestant& one = all[i];
    const bool is_bare = i % 2 == 1;
    std::printf("%-26s %9.0f commits/s  %6.2f x", one.name.c_str(), bench::median(one.rates),
                bench::ratio(one, all[is_bare ? 1 : 0]));
    if (!is_bare && i + 1 < all.size())
      std::printf("  %5.2f of bare", bench::ratio(one, all[i + 1]));
    std::printf("\n");
  }
}

} // namespace

int main(int argc, char** argv) try {
  const std::string path = argc > 1 ? argv[1] : "append.jsonl";
  measure(path, std::chrono::milliseconds{argc > 2 ? std::atoi(argv[2]) : 300},
          argc > 3 ? std::atoi(argv[3]) : 9, argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 0);
  return 0;
} catch (const std::exception& failed) {
  std::fprintf(stderr, "%s\n", failed.what());
  return 2;
}
