// Payloads written, read into structs, and folded, by evstore and by a reader that is written by hand on
// simdjson On-Demand.

#include "payloads.hpp"
#include "read_all.hpp"

#include <evstore/json/read.hpp>
#include <evstore/json/write.hpp>

#include <benchmark/benchmark.h>

#include <string>
#include <variant>

namespace bench {
namespace {

void encode_evstore(benchmark::State& state) {
  std::string out;
  for (auto _ : state)
    for (const event& what : event_pool()) {
      out.clear();
      std::visit([&](const auto& held) { evstore::json::write(held, out); }, what);
      benchmark::DoNotOptimize(out.data());
    }
  count(state, payloads::canonical());
}
BENCHMARK(encode_evstore)->Name("encode/evstore");

const auto read_by_evstore = [](const payload& from, shapes& into) {
  into.with(from.type, [&](auto& held) { evstore::json::read_into(from.text, held); });
};

void decode_evstore(benchmark::State& state) {
  decode_all(state, payloads::canonical(), read_by_evstore);
}
BENCHMARK(decode_evstore)->Name("decode/evstore");

/// A space is enough for the reader that expects nothing: through simdjson, with all checks.
void decode_tolerant(benchmark::State& state) {
  decode_all(state, payloads::spaced(), read_by_evstore);
}
BENCHMARK(decode_tolerant)->Name("decode/evstore, another form");

void decode_on_demand(benchmark::State& state) {
  on_demand_reader reader;
  decode_all(state, payloads::canonical(),
             [&](const payload& from, shapes& into) { reader.read(from, into); });
}
BENCHMARK(decode_on_demand)->Name("decode/On-Demand");

/// As a replay does it: the type is found by its name, the event visited in place.
void fold_evstore(benchmark::State& state) {
  const payloads& lines = payloads::canonical();
  tally sums;
  for (auto _ : state) {
    sums = {};
    for (const payload& one : lines.all())
      evstore::visit_event<fight>(one.type_name, 1, one.text,
                                  [&](const auto& held) { sums.evolve(held); });
    benchmark::DoNotOptimize(sums);
  }
  if (!(sums == lines.sums())) return state.SkipWithError("folds to another sum");
  count(state, lines);
}
BENCHMARK(fold_evstore)->Name("fold/evstore");

void fold_on_demand(benchmark::State& state) {
  on_demand_reader reader;
  fold_all(state, [&](const payload& from, shapes& into) { reader.read(from, into); });
}
BENCHMARK(fold_on_demand)->Name("fold/On-Demand");

/// What is left when nothing is to be decoded.
void fold_in_memory(benchmark::State& state) {
  tally sums;
  for (auto _ : state) {
    sums = {};
    for (const event& what : event_pool())
      std::visit([&](const auto& held) { sums.evolve(held); }, what);
    benchmark::DoNotOptimize(sums);
  }
  count(state, payloads::canonical());
}
BENCHMARK(fold_in_memory)->Name("fold/structs in memory");

} // namespace
} // namespace bench
