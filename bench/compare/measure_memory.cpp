#include "measure.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace bench {

namespace {

/// A field of /proc/self/status in KiB. Not `ru_maxrss`: that remembers what the parent had.
long own_memory(const std::string& field) {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(field)) return std::stol(line.substr(field.size() + 1));
  refuse("W12", "no " + field);
}

} // namespace

void print_memory(const std::string& name, const std::string& folder, std::uint64_t events) {
  static_cast<void>(event_pool());
  static_cast<void>(stream_name(0));
  for (const entry& one : all_entries()) {
    if (one.name != name) continue;
    const std::string files = fresh_folder(folder, one);
    const long before = own_memory("VmHWM");
    {
      const auto store = one.open(files);
      fill(*store, events, 1000);
      if (one.in_memory) static_cast<void>(store->replay());
    }
    if (!one.in_memory) static_cast<void>(one.open(files)->replay());
    std::printf("%ld %ld\n", before, own_memory("VmHWM"));
    std::filesystem::remove_all(files);
    return;
  }
  refuse("W12", "no contestant " + name);
}

void measure_memory(const std::string& program, const std::string& folder, const scale& how,
                    const tell& found) {
  workload_result told;
  told.id = "W12";
  told.title = "peak memory, unsynced commits and a replay of as many events as W4a";
  told.unit = "MiB";
  told.more_is_better = false;
  const stopwatch watch;
  for (const entry& one : all_entries()) {
    if (!has(one, role::unsynced) || one.limit || one.start) continue;
    const auto kib = numbers_from(program, "--memory '" + one.name + "' '" + folder + "' " +
                                               std::to_string(how.events_of_few));
    if (kib.size() != 2) refuse("W12", one.name + " says nothing");
    told.contestants.push_back(
        {one.name, one.described, false, {(kib[1] - kib[0]) / 1024}, {}, {}});
  }
  told.seconds = watch.seconds();
  std::fprintf(stderr, "%-4s %-52s %6.1f s\n", told.id.c_str(), told.title.c_str(), told.seconds);
  found(std::move(told));
}

} // namespace bench
