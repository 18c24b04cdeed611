#include "measure.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bench {

namespace {

/// What the disk has given for it, which is not the size of a file with holes.
double disk_bytes(const std::string& folder) {
  double sum = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator{folder}) {
    struct stat found {};
    if (::stat(file.path().c_str(), &found) == 0 && S_ISREG(found.st_mode))
      sum += static_cast<double>(found.st_blocks) * 512;
  }
  return sum;
}

void forget_cached(const std::string& folder) {
  for (const auto& found : std::filesystem::recursive_directory_iterator{folder}) {
    if (!found.is_regular_file()) continue;
    const int file = ::open(found.path().c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) refuse("W6", "cannot open " + found.path().string());
    ::fdatasync(file);
    ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    ::close(file);
  }
}

/// The stores of all that read, filled with the same events and opened again.
class library {
public:
  library(const std::string& folder, role readers, std::uint64_t events, std::uint32_t streams)
      : all_{all_entries()}, events_{static_cast<double>(events)}, streams_{streams},
        events_of_a_stream_{static_cast<double>(events / streams)} {
    std::erase_if(all_, [&](const entry& one) { return !has(one, readers); });
    for (const entry& one : all_) {
      if (one.limit) continue; // reads what another one has written
      if (one.start) {
        processes_[&one] = one.start(fresh_folder(folder, one));
        processes_[&one]->ask("fill " + std::to_string(events) + " " + std::to_string(streams));
        continue;
      }
      std::unique_ptr<contestant> store;
      if (!folders_.contains(one.files)) {
        folders_[one.files] = fresh_folder(folder, one);
        store = one.open(folders_[one.files]);
        fill(*store, events, streams);
        if (!one.in_memory) {
          store.reset();
          if (!one.on_server) sizes_.push_back({&one, disk_bytes(folders_[one.files])});
        }
      }
      if (!one.in_memory)
        store = (one.open_filled ? one.open_filled : one.open)(folders_[one.files]);
      stores_[&one] = std::move(store);
    }
    for (const entry& one : all_)
      if (one.limit) stores_[&one] = one.open(folders_.at(one.files));
  }

  [[nodiscard]] workload_result replay(workload_result told, int rounds) {
    told.unit = "events/s";
    const tally expected = first_store().replay();
    if (static_cast<double>(expected.events) != events_) refuse(told.id, "events are missing");
    std::vector<taking_turns> turns;
    for (const entry& one : all_)
      turns.push_back(
          {&one, one.name, [this, &one, expected] {
             if (one.start) return replay_elsewhere(one, expected);
             const stopwatch watch;
             const tally found = stores_[&one]->replay();
             const double seconds = watch.seconds();
             if (!one.limit && !(found == expected)) refuse(one.name, "read another sum");
             return turn{events_ / seconds, watch.processor_seconds() / events_ * 1e6, {}};
           }});
    return take_turns(std::move(told), turns, rounds, false);
  }

  /// A different part of the streams in each round, the same for all.
  [[nodiscard]] workload_result read_streams(workload_result told, const scale& how) {
    told.unit = "µs a stream";
    told.more_is_better = false;
    std::vector<taking_turns> turns;
    for (const entry& one : all_) {
      if (one.limit) continue;
      if (one.start) {
        turns.push_back({&one, one.name, [this, &one, &how, round = 0U]() mutable {
                           return read_elsewhere(one, how.streams_read, round++);
                         }});
        continue;
      }
      turns.push_back({&one, one.name,
                       [&store = *stores_[&one], &how, streams = streams_, round = 0U]() mutable {
                         return read_some(store, how.streams_read, streams, round++);
                       }});
    }
    return take_turns(std::move(told), turns, how.rounds, false);
  }

  /// Each round in a process of its own, with nothing of the files in the page cache. Closes the stores:
  /// most want to be alone with their files.
  [[nodiscard]] workload_result load_cold(workload_result told, const std::string& program,
                                          const scale& how) {
    told.unit = "µs";
    told.more_is_better = false;
    stores_.clear();
    std::vector<taking_turns> turns;
    for (const auto& [one, bytes] : sizes_)
      turns.push_back(
          {one, one->name, [this, &program, one = one, files = folders_.at(one->files)] {
             return load_in_new_process(program, *one, files);
           }});
    return take_turns(std::move(told), turns, how.rounds, false);
  }

  [[nodiscard]] workload_result sizes(workload_result told) const {
    told.unit = "bytes an event";
    told.more_is_better = false;
    for (const auto& [one, bytes] : sizes_)
      told.contestants.push_back({one->name, one->described, false, {bytes / events_}, {}, {}});
    return told;
  }

private:
  turn load_in_new_process(const std::string& program, const entry& one,
                           const std::string& files) const {
    forget_cached(files);
    const auto found = numbers_from(program, "--cold '" + one.name + "' '" + files + "'");
    if (found.size() != 3 || found[2] != events_of_a_stream_)
      refuse(one.name, "loaded another state");
    return {found[0], found[1] / events_of_a_stream_, {}};
  }

  contestant& first_store() {
    const auto found =
        std::find_if(all_.begin(), all_.end(), [](const entry& one) { return !one.limit; });
    return *stores_.at(&*found);
  }

  turn replay_elsewhere(const entry& one, const tally& expected) {
    const std::vector<double> said = processes_.at(&one)->ask("replay " + std::to_string(streams_));
    if (said.size() != 7) refuse(one.name, "does not say what it read");
    const tally found{static_cast<std::uint64_t>(said[2]), static_cast<std::int64_t>(said[3]),
                      said[4], static_cast<std::uint64_t>(said[5]),
                      static_cast<std::uint64_t>(said[6])};
    if (!(found == expected)) refuse(one.name, "read another sum");
    return {said[0], said[1], {}};
  }

  turn read_elsewhere(const entry& one, std::uint32_t count, std::uint32_t round) {
    const std::vector<double> said =
        processes_.at(&one)->ask("read " + std::to_string(streams_) + " " + std::to_string(count) +
                                 " " + std::to_string(round));
    return {said.at(0), said.at(1), {}};
  }

  static turn read_some(contestant& store, std::uint32_t count, std::uint32_t streams,
                        std::uint32_t round) {
    std::vector<double> each;
    std::uint64_t random = round + 1;
    double events = 0;
    const stopwatch all;
    for (std::uint32_t i = 0; i < count; ++i) {
      random = random * 6364136223846793005U + 1442695040888963407U;
      const auto stream = static_cast<std::uint32_t>((random >> 33) % streams);
      const stopwatch watch;
      const tally found = store.read(stream);
      each.push_back(watch.seconds() * 1e6);
      events += static_cast<double>(found.events);
      if (found.events != 50) refuse("W5", "the stream has another length");
    }
    const double processor = all.processor_seconds();
    const auto middle = each.begin() + static_cast<std::ptrdiff_t>(each.size() / 2);
    std::nth_element(each.begin(), middle, each.end());
    return {*middle, processor / events * 1e6, {}};
  }

  std::vector<entry> all_;
  double events_;
  std::uint32_t streams_;
  double events_of_a_stream_;
  std::map<std::string, std::string> folders_;
  std::map<const entry*, std::unique_ptr<contestant>> stores_;
  std::map<const entry*, std::unique_ptr<peer_process>> processes_;
  std::vector<std::pair<const entry*, double>> sizes_;
};

std::string thousands(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3;) out.insert(at -= 3, 1, ',');
  return out;
}

workload_result named(const char* id, const std::string& title) {
  workload_result out;
  out.id = id;
  out.title = title;
  return out;
}

} // namespace

void print_cold_load(const std::string& name, const std::string& files) {
  static_cast<void>(stream_name(0));
  for (const entry& one : all_entries()) {
    if (one.name != name) continue;
    const stopwatch watch;
    const auto store = one.open(files);
    const tally found = store->load(stream_with_snapshot);
    std::printf("%.1f %.1f %llu\n", watch.seconds() * 1e6, watch.processor_seconds() * 1e6,
                static_cast<unsigned long long>(found.events));
    return;
  }
  refuse("W6", "no contestant " + name);
}

void measure_reading(const std::string& program, const std::string& folder, const scale& how,
                     const tell& found) {
  const std::string few =
      thousands(how.events_of_few) + " events in " + thousands(how.few_streams) + " streams";
  {
    library filled{folder, role::reading, how.events_of_few, how.few_streams};
    found(filled.replay(named("W4a", "replay into a fold, " + few), how.rounds));
    found(filled.sizes(named("W11a", "on disk, " + few)));
    found(filled.load_cold(
        named("W6a", "cold process: open, load a snapshot and ten events, " + few), program, how));
  }
  const std::uint64_t events = std::uint64_t{how.many_streams} * 50;
  const std::string many =
      thousands(events) + " events in " + thousands(how.many_streams) + " streams";
  {
    library filled{folder, role::reading, events, how.many_streams};
    found(filled.replay(named("W4b", "replay into a fold, " + many), how.rounds));
    found(filled.read_streams(named("W5", "one stream of 50 among " + thousands(how.many_streams)),
                              how));
    found(filled.sizes(named("W11b", "on disk, " + many)));
    found(filled.load_cold(
        named("W6b", "cold process: open, load a snapshot and ten events, " + many), program, how));
  }
  const std::uint64_t fewest = std::uint64_t{how.fewest_streams} * 50;
  library filled{folder, role::few, fewest, how.fewest_streams};
  found(
      filled.replay(named("W4c", "replay into a fold, servers and Node too, " + thousands(fewest) +
                                     " events in " + thousands(how.fewest_streams) + " streams"),
                    how.rounds));
  found(filled.read_streams(named("W5c", "one stream of 50 among " + thousands(how.fewest_streams) +
                                             ", servers and Node too"),
                            how));
}

} // namespace bench
