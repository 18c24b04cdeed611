// Steps of reading a log: checksums, line ends, envelopes.

#include "payloads.hpp"

#include <evstore/evstore.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/crc32c.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <unistd.h>

namespace bench {
namespace {

namespace jsonl = evstore::jsonl;

/// A log of 20,000 events, for as long as the program runs, and its bytes.
class small_log {
public:
  static const small_log& get() {
    static const small_log made;
    return made;
  }
  small_log(const small_log&) = delete;
  ~small_log() { std::filesystem::remove_all(folder_); }

  static constexpr std::int64_t events = 20'000;
  [[nodiscard]] std::string path() const { return folder_ + "/log.jsonl"; }
  [[nodiscard]] const std::string& bytes() const { return bytes_; } ///< and 64 more
  [[nodiscard]] std::size_t size() const { return bytes_.size() - 64; }

private:
  small_log() {
    std::filesystem::create_directories(folder_);
    {
      evstore::store<fight, jsonl::adapter> store{
          jsonl::open(path(), {.durability = jsonl::durability::none()})};
      commit_source source{1000};
      for (std::int64_t i = 0; i < events; i += 100)
        for (const write& one : source.to_one_stream(100))
          static_cast<void>(
              store.append(stream_name(one.stream), evstore::exactly(one.before), one.events)
                  .value());
    }
    std::ifstream file{path(), std::ios::binary};
    bytes_.assign(std::istreambuf_iterator<char>{file}, {});
    bytes_.append(64, ' ');
  }

  std::string folder_ =
      (std::filesystem::temp_directory_path() / ("evstore-micro-" + std::to_string(::getpid())))
          .string();
  std::string bytes_;
};

void count(benchmark::State& state) {
  const auto passes = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(passes * small_log::events);
  state.SetBytesProcessed(passes * static_cast<std::int64_t>(small_log::get().size()));
}

/// `take(line, room)` for each line.
template <class Take>
void for_each_line(const small_log& log, const Take& take) {
  const char* at = log.bytes().data();
  const char* const end = at + log.size();
  while (const void* const found = std::memchr(at, '\n', static_cast<std::size_t>(end - at))) {
    const char* const line_end = static_cast<const char*>(found);
    take(std::string_view{at, static_cast<std::size_t>(line_end - at)},
         static_cast<std::size_t>(end - at) + 64);
    at = line_end + 1;
  }
}

template <class Checksum>
void check_lines(benchmark::State& state, const Checksum& checksum) {
  const small_log& log = small_log::get();
  for (auto _ : state) {
    std::uint32_t sum = 0;
    for_each_line(log, [&](std::string_view line, std::size_t) { sum = checksum(sum, line); });
    benchmark::DoNotOptimize(sum);
  }
  count(state);
}

void crc_evstore(benchmark::State& state) { check_lines(state, jsonl::crc32c); }
BENCHMARK(crc_evstore)->Name("crc/evstore");

/// What it does on a machine without instructions for it.
void crc_by_table(benchmark::State& state) {
  check_lines(state, [](std::uint32_t seed, std::string_view line) {
    return ~jsonl::detail::crc32c_by_table(~seed, line.data(), line.size());
  });
}
BENCHMARK(crc_by_table)->Name("crc/by table");

/// All that an event says but its payload, from a file in the page cache.
void scan(benchmark::State& state, jsonl::checksums checksums) {
  const auto log = jsonl::open_read_only(small_log::get().path(), {.checksums = checksums});
  for (auto _ : state) {
    std::size_t sum = 0;
    auto cursor = log.read_all(evstore::query::all(), {});
    for (auto events = cursor.next(); !events.empty(); events = cursor.next())
      for (const evstore::event_view& one : events)
        sum += one.position.value() + one.stream.size() + one.version.value() + one.type.size();
    benchmark::DoNotOptimize(sum);
  }
  count(state);
}
BENCHMARK_CAPTURE(scan, evstore, jsonl::checksums::ignored)->Name("scan/evstore");
BENCHMARK_CAPTURE(scan, verified, jsonl::checksums::verified)
    ->Name("scan/evstore, checksums verified");

/// The same members, from memory.
void scan_on_demand(benchmark::State& state) {
  const small_log& log = small_log::get();
  on_demand_reader reader;
  for (auto _ : state) {
    std::size_t sum = 0;
    for_each_line(log, [&](std::string_view line, std::size_t room) {
      sum += reader.read_envelope(line, room);
    });
    benchmark::DoNotOptimize(sum);
  }
  count(state);
}
BENCHMARK(scan_on_demand)->Name("scan/On-Demand");

void scan_line_ends(benchmark::State& state) {
  const small_log& log = small_log::get();
  for (auto _ : state) {
    std::size_t sum = 0;
    for_each_line(log, [&](std::string_view line, std::size_t) { sum += line.size(); });
    benchmark::DoNotOptimize(sum);
  }
  count(state);
}
BENCHMARK(scan_line_ends)->Name("scan/memchr");

} // namespace
} // namespace bench
