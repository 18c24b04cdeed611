#include "replay_sums.hpp"

#include <evstore/decode.hpp>
#include <evstore/json/read.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/store.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <time.h>

/// Replay of a log into typed events and a fold, against simdjson On-Demand over the same file into
/// the same structs and fold. Rounds of the contestants alternate, and ratios are medians of the
/// rounds' ratios, so a machine that is busy with something else disturbs all of them alike.

namespace {

namespace jsonl = evstore::jsonl;

double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void make_log(const std::string& path, std::uint64_t events) {
  evstore::store<bench::fight, jsonl::adapter> store{
      jsonl::open(path, {.durability = jsonl::durability::none()})};
  bench::commit_source source{20'000};
  for (std::uint64_t i = 0; i < events; ++i)
    for (const bench::write& one : source.to_one_stream(1))
      static_cast<void>(store
                            .append(bench::stream_name(one.stream), evstore::exactly(one.before),
                                    one.events.front())
                            .value());
}

bench::replayed replay(const jsonl::adapter& log) {
  bench::replayed out;
  auto cursor = log.read_all(evstore::query::all(), {});
  const auto take = [&](const evstore::event_view& recorded, const auto& event) {
    ++out.seen.events;
    out.seen.positions += recorded.position.value();
    out.seen.versions += recorded.version.value();
    out.seen.stream_letters += recorded.stream.size();
    out.state.evolve(event);
  };
  const auto refuse = [](const evstore::event_view&) { throw std::runtime_error{"unknown type"}; };
  for (auto events = cursor.next(); !events.empty(); events = cursor.next())
    evstore::decode_events<bench::fight>(events, take, refuse);
  return out;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int run(const std::string& path, std::uint64_t events, int rounds) {
  if (!std::filesystem::exists(path)) make_log(path, events);
  const jsonl::adapter checked = jsonl::open_read_only(path);
  const jsonl::adapter trusted =
      jsonl::open_read_only(path, {.checksums = jsonl::checksums::ignored});

  struct contestant {
    const char* name;
    std::function<bench::replayed()> run;
    std::vector<double> seconds{};
  };
  std::array<contestant, 4> all{{
      {"On-Demand, a document a line", [&] { return bench::replay_by_lines(path.c_str()); }},
      {"On-Demand, iterate_many", [&] { return bench::replay_as_stream(path.c_str()); }},
      {"evstore, UTF-8 checked", [&] { return replay(trusted); }},
      {"evstore, UTF-8 and checksums checked", [&] { return replay(checked); }},
  }};
  const bench::replayed expected = all[0].run();
  for (int round = 0; round < rounds; ++round)
    for (contestant& one : all) {
      const double begin = processor_seconds();
      const bench::replayed found = one.run();
      one.seconds.push_back(processor_seconds() - begin);
      if (!(found == expected)) {
        std::fprintf(stderr, "%s read something else\n", one.name);
        return 1;
      }
    }

  const auto bytes = static_cast<double>(std::filesystem::file_size(path));
  const auto count = static_cast<double>(expected.seen.events);
  std::printf("%.0f events, %.0f bytes a line, %d rounds, processor time of one thread\n", count,
              bytes / count, rounds);
  const contestant& best = median(all[0].seconds) < median(all[1].seconds) ? all[0] : all[1];
  for (const contestant& one : all) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < one.seconds.size(); ++i)
      ratios.push_back(best.seconds[i] / one.seconds[i]);
    const double seconds = median(one.seconds);
    std::printf("%-38s %6.1f ns/event  %5.2f M events/s  %5.2f GB/s  %5.2f x\n", one.name,
                seconds / count * 1e9, count / seconds * 1e-6, bytes / seconds * 1e-9,
                median(ratios));
  }
  return 0;
}

} // namespace

int main(int argc, char** argv) try {
  const std::string path = argc > 1 ? argv[1] : "replay.jsonl";
  return run(path, argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000,
             argc > 3 ? std::atoi(argv[3]) : 15);
} catch (const std::exception& failed) {
  std::fprintf(stderr, "%s\n", failed.what());
  return 2;
}
