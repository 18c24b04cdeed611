#include "measure.hpp"

#include <evstore/jsonl/adapter.hpp>
#include <evstore/memory/adapter.hpp>
#include <evstore/transfer.hpp>

#include <algorithm>
#include <filesystem>

namespace bench {

namespace {

namespace jsonl = evstore::jsonl;
using memory_adapter = evstore::memory::adapter;

jsonl::adapter unsynced_log(const std::string& path) {
  std::filesystem::remove_all(std::filesystem::path{path}.parent_path());
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
  return jsonl::open(path, {.durability = jsonl::durability::none()});
}

/// With the destination read back and compared, as a copy is unless somebody says otherwise.
template <class Source, class Destination>
void copy_all(Source& from, Destination to) {
  const auto report = evstore::copy(from, to);
  if (report.copied == 0 || report.destination != report.source) refuse("W10", "another digest");
}

} // namespace

void measure_transfer(const std::string& folder, const scale& how, const tell& found) {
  const std::uint64_t events = how.events_of_few / 10;
  const std::vector<entry> all = evstore_entries();
  const entry& filling = *std::find_if(all.begin(), all.end(), [](const entry& one) {
    return has(one, role::unsynced) && !one.in_memory;
  });
  const std::string source = fresh_folder(folder, filling) + "/log.jsonl";
  fill(*filling.open(folder + "/" + filling.files), events, how.few_streams);
  auto log = jsonl::open_read_only(source);
  memory_adapter held;
  static_cast<void>(evstore::copy(log, held));

  const std::string target = folder + "/copied/log.jsonl";
  const std::string verified = "evstore::copy, the destination read back and compared; unsynced";
  const entry bytes{"limit, copied bytes", "copy_file of the log", {}, {}, {}, {}, false, true};
  const entry to_log{"jsonl to jsonl", verified, {}, {}, {}};
  const entry to_memory{"jsonl to memory", verified, {}, {}, {}};
  const entry from_memory{"memory to jsonl", verified, {}, {}, {}};
  const auto timed = [events](const entry& who, std::function<void()> copy) {
    return taking_turns{&who, who.name,
                        [copy = std::move(copy), count = static_cast<double>(events)] {
                          const stopwatch watch;
                          copy();
                          const double seconds = watch.seconds();
                          return turn{count / seconds, watch.processor_seconds() / count * 1e6, {}};
                        }};
  };
  const std::vector<taking_turns> turns{
      timed(bytes,
            [&] {
              std::filesystem::create_directories(folder + "/copied");
              std::filesystem::copy_file(source, target,
                                         std::filesystem::copy_options::overwrite_existing);
            }),
      timed(to_log, [&] { copy_all(log, unsynced_log(target)); }),
      timed(to_memory, [&] { copy_all(log, memory_adapter{}); }),
      timed(from_memory, [&] { copy_all(held, unsynced_log(target)); }),
  };
  workload_result told;
  told.id = "W10";
  told.title = "transfer of a log, commits of 100 events";
  told.unit = "events/s";
  found(take_turns(std::move(told), turns, how.rounds, false));
}

} // namespace bench
