#pragma once
// Turns and rounds. What is compared is the ratios within rounds, because a disk and a machine that
// others use change from second to second.

#include "contestant.hpp"
#include "results.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace bench {

/// How much of everything is done.
struct scale {
  std::string name;
  int rounds = 9;
  std::chrono::milliseconds turn{300};     ///< of durable commits
  std::uint64_t unsynced_events = 100'000; ///< a turn
  std::uint64_t events_of_few = 1'000'000;
  std::uint32_t few_streams = 1000;     ///< at least as many as a commit has events
  std::uint32_t many_streams = 100'000; ///< of 50 events
  std::uint32_t streams_read = 500;     ///< a turn
  std::uint32_t fewest_streams = 1000;  ///< of 50 events: what servers and interpreters read
  std::vector<std::size_t> threads{1, 2, 8, 32, 128};
};

/// What one turn of one contestant took.
struct turn {
  double value = 0;
  double cpu_us = 0;               ///< an event
  std::vector<float> latencies_us; ///< of commits
};

struct taking_turns {
  const entry* who;
  std::string name;
  std::function<turn()> run;
};

/// Wall and processor time of all threads since it was made.
class stopwatch {
public:
  stopwatch();
  [[nodiscard]] double seconds() const;
  [[nodiscard]] double processor_seconds() const;

private:
  std::chrono::steady_clock::time_point begin_;
  double processor_;
};

/// Calls `work(thread)` in as many threads at once, and throws what any of them threw.
void in_threads(std::size_t threads, const std::function<void(std::size_t)>& work);

/// All of them, one after the other, as many rounds as that. For durable commits, again, twice at
/// most, if a limit says that syncs take longer than 1 ms in the median: a sleeping writer of a busy
/// machine wakes a scheduler's tick late, and then nothing is compared but ticks.
workload_result take_turns(workload_result told, const std::vector<taking_turns>& all, int rounds,
                           bool watch_syncs);

/// Is told of each workload as soon as it is done.
using tell = std::function<void(workload_result)>;

/// A new folder for what an entry stores.
std::string fresh_folder(const std::string& root, const entry& of);

/// W1, W2, W3, W7.
void measure_commits(const std::string& folder, const scale& how, const tell& found);
/// W3 alone.
void measure_unsynced(const std::string& folder, const scale& how, const tell& found);
/// W8, W9.
void measure_conditions(const std::string& folder, const scale& how, const tell& found);
/// W4, W5, W6, W11; last of all those few events that everybody reads. `program` is this program, which is started once for each cold process.
void measure_reading(const std::string& program, const std::string& folder, const scale& how,
                     const tell& found);
/// W10.
void measure_transfer(const std::string& folder, const scale& how, const tell& found);
/// What a cold process does: prints the microseconds that it took to open the store and to load the
/// stream that has a snapshot, the processor's, and how many events that stream has.
void print_cold_load(const std::string& name, const std::string& files);
/// W12; the same.
void measure_memory(const std::string& program, const std::string& folder, const scale& how,
                    const tell& found);
/// What `measure_memory` starts: prints the peak in KiB, before the store was opened and at the end.
void print_memory(const std::string& name, const std::string& folder, std::uint64_t events);

/// Fills a store with as many events, 100 a commit, each for another stream. One stream gets a snapshot
/// that leaves out its last ten.
void fill(contestant& store, std::uint64_t events, std::uint32_t streams);
constexpr std::uint32_t stream_with_snapshot = 7;

/// The numbers that this program prints when it is started with these arguments.
std::vector<double> numbers_from(const std::string& program, const std::string& arguments);

} // namespace bench
