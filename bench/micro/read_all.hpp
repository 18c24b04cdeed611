#pragma once
// The loops around a reader, which is `read(payload, shapes)`.

#include "payloads.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>

namespace bench {

/// An iteration is a pass over all payloads.
inline void count(benchmark::State& state, const payloads& lines) {
  const auto passes = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(passes * static_cast<std::int64_t>(lines.all().size()));
  state.SetBytesProcessed(passes * static_cast<std::int64_t>(lines.bytes()));
}

template <class Read>
void decode_all(benchmark::State& state, const payloads& lines, const Read& read) {
  shapes into;
  tally sums;
  for (const payload& one : lines.all()) {
    read(one, into);
    into.with(one.type, [&](const auto& held) { sums.evolve(held); });
  }
  if (!(sums == lines.sums())) return state.SkipWithError("reads something else");
  for (auto _ : state)
    for (const payload& one : lines.all()) {
      read(one, into);
      benchmark::DoNotOptimize(&into);
      benchmark::ClobberMemory();
    }
  count(state, lines);
}

/// The type is found by its name, too.
template <class Read>
void fold_all(benchmark::State& state, const Read& read) {
  const payloads& lines = payloads::canonical();
  shapes into;
  tally sums;
  for (auto _ : state) {
    sums = {};
    for (payload one : lines.all()) {
      one.type = *evstore::index_of<fight>(one.type_name);
      read(one, into);
      into.with(one.type, [&](const auto& held) { sums.evolve(held); });
    }
    benchmark::DoNotOptimize(sums);
  }
  if (!(sums == lines.sums())) return state.SkipWithError("folds to another sum");
  count(state, lines);
}

} // namespace bench
