#pragma once
// What a run finds out, and the form in which it is kept: the members are the keys of the JSON.

#include <evstore/describe.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bench {

/// Microseconds of each commit, over all rounds.
struct latency {
  double p50 = 0;
  double p90 = 0;
  double p99 = 0;
  double most = 0;
};
EVSTORE_DESCRIBE(latency, p50, p90, p99, most)

struct measured {
  std::string name;
  std::string described;
  bool limit = false;
  std::vector<double> values; ///< one a round, in turns with the others
  std::vector<double> cpu_us; ///< processor time an event, all threads; one a round
  std::optional<bench::latency> latency;
};
EVSTORE_DESCRIBE(measured, name, described, limit, values, cpu_us, latency)

struct workload_result {
  std::string id;
  std::string title;
  std::string unit;
  bool more_is_better = true;
  std::vector<measured> contestants;
  std::int32_t reruns = 0;  ///< because a sync took too long for a machine of one's own
  bool disturbed = false;   ///< and still did
  double seconds = 0;       ///< what it took, all in all
  std::vector<double> load; ///< of the machine, at the end, over 1, 5 and 15 minutes
};
EVSTORE_DESCRIBE(workload_result, id, title, unit, more_is_better, contestants, reruns, disturbed,
                 seconds, load)

struct machine {
  std::string processor;
  std::int32_t processors = 0;
  std::int64_t memory_mib = 0;
  std::string kernel;
  std::string file_system;
  std::string compiler;
  bool optimised = false;
};
EVSTORE_DESCRIBE(machine, processor, processors, memory_mib, kernel, file_system, compiler,
                 optimised)

struct run_result {
  std::string begun;
  std::string scale;
  double payload_bytes = 0; ///< the mean of the mix
  bench::machine machine;
  std::vector<workload_result> workloads;
};
EVSTORE_DESCRIBE(run_result, begun, scale, payload_bytes, machine, workloads)

} // namespace bench
