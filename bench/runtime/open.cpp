// What a log costs that is a hundred times longer: to open it with what is kept beside it and to load
// a stream from its snapshot, with nothing of the files in the page cache; and to read one stream among
// a hundred thousand. Rounds alternate between the logs; compare ratios.
//
// Usage: open [<events of the long log> [<rounds>]], in a folder with room for 1.3 GB

#include <evstore/jsonl/adapter.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace {

namespace jsonl = evstore::jsonl;
using bench_clock = std::chrono::steady_clock;

constexpr std::uint64_t events_of_a_stream = 50;
constexpr std::uint64_t after_the_snapshot = 10;

std::string stream_name(std::uint64_t number) { return "account-" + std::to_string(number); }

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// As many events of every stream as a stream has, in turns: those of one lie far apart.
void make_log(const std::string& path, std::uint64_t events) {
  const std::uint64_t streams = events / events_of_a_stream;
  jsonl::adapter log = jsonl::open(path, {.durability = jsonl::durability::none()});
  const evstore::new_event event{
      .type = "money_moved",
      .data = evstore::json_view::trusted(
          R"({"cents":1250,"reason":"groceries, and a newspaper","by":"card","shop":"corner"})")};
  for (std::uint64_t round = 0; round < events_of_a_stream; ++round)
    for (std::uint64_t number = 0; number < streams; ++number) {
      const std::string name = stream_name(number);
      const evstore::stream_write write{name, evstore::any, {&event, 1}};
      const auto done = log.append({{&write, 1}, {}});
      if (number == 7 && round + 1 == events_of_a_stream - after_the_snapshot)
        log.save_snapshot(name, {done.value().version(), done.value().last, 1, "{\"cents\":1}"});
    }
}

/// Of the log and all that is beside it.
void forget_cached(const std::string& path) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator{
           std::filesystem::absolute(path).parent_path()}) {
    if (!entry.is_regular_file()) continue;
    const int file = ::open(entry.path().c_str(), O_RDONLY);
    if (file < 0) throw std::runtime_error{"cannot open " + entry.path().string()};
    ::fdatasync(file);
    ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    ::close(file);
  }
}

std::uint64_t count_events(const jsonl::adapter& log, const std::string& name,
                           const evstore::stream_range& range) {
  auto cursor = log.read_stream(name, range);
  std::uint64_t count = 0;
  for (auto events = cursor.next(); !events.empty(); events = cursor.next()) count += events.size();
  return count;
}

/// Milliseconds to open the log, load the snapshot, and read what came after.
double open_and_load(const std::string& path) {
  forget_cached(path);
  const auto begin = bench_clock::now();
  const jsonl::adapter log = jsonl::open(path);
  const auto found = log.load_snapshot(stream_name(7));
  if (!found.snapshot) throw std::runtime_error{"no snapshot: " + found.ignored};
  const auto next = evstore::stream_version{found.snapshot->version.value() + 1};
  if (count_events(log, stream_name(7), {.from = next}) != after_the_snapshot)
    throw std::runtime_error{"the stream has another length"};
  return std::chrono::duration<double, std::milli>{bench_clock::now() - begin}.count();
}

/// Microseconds to read one whole stream, the median of many; all of the log is in the page cache.
double read_streams(const std::string& path, std::uint64_t streams) {
  const jsonl::adapter log = jsonl::open_read_only(path);
  auto everything = log.read_all(evstore::query::all(), {});
  while (!everything.next().empty()) {
  }
  std::vector<double> each;
  std::uint64_t random = 42;
  for (int i = 0; i < 2000; ++i) {
    random = random * 6364136223846793005U + 1442695040888963407U;
    const std::string name = stream_name((random >> 33) % streams);
    const auto begin = bench_clock::now();
    if (count_events(log, name, {}) != events_of_a_stream)
      throw std::runtime_error{"the stream has another length"};
    each.push_back(std::chrono::duration<double, std::micro>{bench_clock::now() - begin}.count());
  }
  return median(std::move(each));
}

int run(std::uint64_t events, int rounds) {
  const std::uint64_t few = events / 100;
  const std::string small = "open.small/log.jsonl";
  const std::string large = "open.large/log.jsonl";
  for (const auto& [path, count] : {std::pair{small, few}, std::pair{large, events}}) {
    std::filesystem::remove_all(std::filesystem::path{path}.parent_path());
    std::filesystem::create_directory(std::filesystem::path{path}.parent_path());
    make_log(path, count);
  }
  std::vector<double> of_small;
  std::vector<double> of_large;
  std::vector<double> ratios;
  for (int i = 0; i < rounds; ++i) {
    of_small.push_back(open_and_load(small));
    of_large.push_back(open_and_load(large));
    ratios.push_back(of_large.back() / of_small.back());
  }
  std::printf("open and load one stream from its snapshot, nothing cached, %d rounds\n", rounds);
  std::printf("%10llu events  %8.2f ms   1.00 x\n", static_cast<unsigned long long>(few),
              median(of_small));
  std::printf("%10llu events  %8.2f ms  %5.2f x\n", static_cast<unsigned long long>(events),
              median(of_large), median(ratios));
  std::printf("read one stream of %llu events, cached\n",
              static_cast<unsigned long long>(events_of_a_stream));
  std::printf("%10llu streams %8.1f us\n",
              static_cast<unsigned long long>(few / events_of_a_stream),
              read_streams(small, few / events_of_a_stream));
  std::printf("%10llu streams %8.1f us\n",
              static_cast<unsigned long long>(events / events_of_a_stream),
              read_streams(large, events / events_of_a_stream));
  std::filesystem::remove_all("open.small");
  std::filesystem::remove_all("open.large");
  return 0;
}

} // namespace

int main(int argc, char** argv) try {
  return run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 5'000'000,
             argc > 2 ? std::atoi(argv[2]) : 15);
} catch (const std::exception& failed) {
  std::fprintf(stderr, "%s\n", failed.what());
  return 1;
}
