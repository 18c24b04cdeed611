// The codec against a reader that is written by hand on simdjson On-Demand, into the same structs.
#include "codec_payloads.hpp"

#include <evstore/json/read.hpp>
#include <evstore/json/write.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

namespace {

using game::attacked;
using game::payloads;

void count(benchmark::State& state, const payloads& all) {
  const auto rounds = static_cast<std::int64_t>(state.iterations());
  state.SetBytesProcessed(rounds * all.bytes());
  state.SetItemsProcessed(rounds * static_cast<std::int64_t>(all.lines.size()));
}

template <class Read>
void read_all(benchmark::State& state, bool canonical, Read read) {
  const payloads all{canonical};
  attacked out;
  for (std::size_t i = 0; i < all.lines.size(); ++i) {
    read(all, i, out);
    if (out != all.events[i]) return state.SkipWithError("read another value");
  }
  for (auto _ : state)
    for (std::size_t i = 0; i < all.lines.size(); ++i) {
      read(all, i, out);
      benchmark::DoNotOptimize(&out);
    }
  count(state, all);
}

void read_canonical(benchmark::State& state) {
  read_all(state, true, [](const payloads& all, std::size_t i, attacked& out) {
    evstore::json::read_into(all.line(i), out);
  });
}
BENCHMARK(read_canonical);

void read_through_simdjson(benchmark::State& state) {
  read_all(state, false, [](const payloads& all, std::size_t i, attacked& out) {
    evstore::json::read_into(all.line(i), out);
  });
}
BENCHMARK(read_through_simdjson);

void read_by_hand_on_demand(benchmark::State& state) {
  game::on_demand_reader reader;
  read_all(state, true, [&](const payloads& all, std::size_t i, attacked& out) {
    const std::size_t room = all.text.size() - all.lines[i].first;
    reader.read(all.line(i), room, out);
  });
}
BENCHMARK(read_by_hand_on_demand);

/// With the lookup of the type's name and a new event for each line, as a fold does it.
void visit_canonical(benchmark::State& state) {
  const payloads all{true};
  std::int64_t sum = 0;
  for (auto _ : state)
    for (std::size_t i = 0; i < all.lines.size(); ++i)
      evstore::visit_event<game::events>("attacked", 1, all.line(i),
                                         [&](const attacked& event) { sum += event.attack_total; });
  benchmark::DoNotOptimize(sum);
  count(state, all);
}
BENCHMARK(visit_canonical);

void write_payloads(benchmark::State& state) {
  const payloads all{true};
  std::string out;
  for (auto _ : state)
    for (const attacked& event : all.events) {
      out.clear();
      evstore::json::write(event, out);
      benchmark::DoNotOptimize(out.data());
    }
  count(state, all);
}
BENCHMARK(write_payloads);

} // namespace

BENCHMARK_MAIN();
