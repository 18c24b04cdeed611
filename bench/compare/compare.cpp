// evstore's adapters, the limits of the machine and other embedded stores under one workload, in one
// run, in turns. Writes what it finds as JSON; bench/compare/report.py makes a page of it.
//
// Usage: compare smoke|quick|full <scratch folder> <results.json> [commits|unsynced|reading|memory]
//
// The results are written again after each workload, so that those of a run that is broken off are there.

#include "measure.hpp"
#include "stored_record.hpp"

#include <evstore/json/write.hpp>

#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include <sys/utsname.h>
#include <sys/vfs.h>

namespace {

using namespace bench;

scale scale_of(std::string_view name) {
  using std::chrono::milliseconds;
  if (name == "full") return {.name = "full"};
  if (name == "quick")
    return {.name = "quick",
            .rounds = 5,
            .turn = milliseconds{100},
            .unsynced_events = 20'000,
            .events_of_few = 100'000,
            .many_streams = 10'000,
            .streams_read = 200,
            .fewest_streams = 200,
            .threads = {1, 2, 8, 32}};
  if (name == "smoke") // whether everything still works, and nothing about speed
    return {.name = "smoke",
            .rounds = 1,
            .turn = milliseconds{1},
            .unsynced_events = 100,
            .events_of_few = 2'000,
            .few_streams = 100,
            .many_streams = 100,
            .streams_read = 5,
            .fewest_streams = 100,
            .threads = {1, 2}};
  refuse("compare", "smoke, quick or full?");
}

std::string file_system_of(const std::string& folder) {
  struct statfs found {};
  if (::statfs(folder.c_str(), &found) != 0) return "unknown";
  switch (found.f_type) {
  case 0xEF53: return "ext4";
  case 0x58465342: return "xfs";
  case 0x9123683E: return "btrfs";
  case 0x01021994: return "tmpfs: a sync does nothing here";
  default: return "type " + std::to_string(found.f_type);
  }
}

machine describe_machine(const std::string& folder) {
  machine out;
  std::ifstream processors{"/proc/cpuinfo"};
  for (std::string line; std::getline(processors, line);)
    if (line.starts_with("model name")) out.processor = line.substr(line.find(':') + 2);
  std::ifstream memory{"/proc/meminfo"};
  std::string field;
  if (memory >> field >> out.memory_mib) out.memory_mib /= 1024;
  utsname system{};
  ::uname(&system);
  out.processors = static_cast<std::int32_t>(std::thread::hardware_concurrency());
  out.kernel = std::string{system.sysname} + " " + system.release;
  out.file_system = file_system_of(folder);
  out.compiler = __VERSION__;
#ifdef __OPTIMIZE__
  out.optimised = true;
#endif
  return out;
}

std::string now_as_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::string text(32, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts));
  return text;
}

double mean_payload() {
  std::string all;
  for (const event& one : event_pool()) write_payload(one, all);
  return static_cast<double>(all.size()) / static_cast<double>(event_pool().size());
}

void keep(const run_result& result, const std::string& to) {
  std::ofstream file{to, std::ios::binary};
  file << evstore::json::to_string(result) << '\n';
  if (!file.flush()) refuse("compare", "cannot write " + to);
}

void run(const std::string& program, const std::string& scale_name, const std::string& folder,
         const std::string& to, std::string_view only) {
  const scale how = scale_of(scale_name);
  std::filesystem::create_directories(folder);
  run_result result{now_as_text(), how.name, mean_payload(), describe_machine(folder), {}};
  const auto wanted = [&](std::string_view group) { return only.empty() || only == group; };
  const tell keep_also = [&](workload_result found) {
    result.workloads.push_back(std::move(found));
    keep(result, to);
  };
  if (wanted("commits")) {
    measure_commits(folder, how, keep_also);
    measure_conditions(folder, how, keep_also);
  }
  if (only == "unsynced") measure_unsynced(folder, how, keep_also);
  if (wanted("reading")) {
    measure_reading(program, folder, how, keep_also);
    measure_transfer(folder, how, keep_also);
  }
  if (wanted("memory")) measure_memory(program, folder, how, keep_also);
  std::filesystem::remove_all(folder);
}

} // namespace

int main(int argc, char** argv) try {
  if (argc == 5 && std::string_view{argv[1]} == "--memory") {
    print_memory(argv[2], argv[3], std::stoull(argv[4]));
    return 0;
  }
  if (argc == 4 && std::string_view{argv[1]} == "--cold") {
    print_cold_load(argv[2], argv[3]);
    return 0;
  }
  if (argc != 4 && argc != 5)
    refuse("compare", "usage: compare smoke|quick|full <scratch folder> <results.json> [<group>]");
  const std::string own_path = std::filesystem::read_symlink("/proc/self/exe").string();
  run(own_path, argv[1], argv[2], argv[3], argc == 5 ? argv[4] : "");
  return 0;
} catch (const std::exception& failed) {
  std::fprintf(stderr, "%s\n", failed.what());
  return 2;
}
