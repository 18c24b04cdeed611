// Lookups: a type by its stored name, and a row of a read model by its key or by an index, beside what one
// would write oneself with a container of the standard library.

#include <evstore/table.hpp>
#include <workload.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bench {
namespace {

struct creature {
  std::string id;
  std::int64_t hit_points = 0;
};
using creatures = evstore::table<creature, evstore::key<&creature::id>,
                                 evstore::ordered<"by_hit_points", &creature::hit_points>>;

constexpr std::int64_t row_count = 10'000;

const std::vector<std::string>& ids() {
  static const std::vector<std::string> made = [] {
    std::vector<std::string> out;
    for (std::int64_t i = 0; i < row_count; ++i)
      out.push_back("creature:zombie-" + std::to_string(i * 7919 % row_count));
    return out;
  }();
  return made;
}

template <class Find>
void find_all(benchmark::State& state, const Find& find) {
  for (auto _ : state) {
    std::int64_t sum = 0;
    for (const std::string& id : ids()) sum += find(id);
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * row_count);
}

creatures filled() {
  creatures rows;
  for (const std::string& id : ids())
    rows.insert({id, static_cast<std::int64_t>(id.size() * 31 % 97)}).value();
  return rows;
}
template <class Map>
Map filled_map() {
  Map rows;
  for (const std::string& id : ids()) rows[id] = static_cast<std::int64_t>(id.size() * 31 % 97);
  return rows;
}

void table_by_key(benchmark::State& state) {
  const creatures rows = filled();
  find_all(state, [&](const std::string& id) { return rows.find(id)->hit_points; });
}
BENCHMARK(table_by_key)->Name("table, by key/evstore");

void map_by_key(benchmark::State& state) {
  const auto rows = filled_map<std::map<std::string, std::int64_t>>();
  find_all(state, [&](const std::string& id) { return rows.find(id)->second; });
}
BENCHMARK(map_by_key)->Name("table, by key/std::map");

void hash_by_key(benchmark::State& state) {
  const auto rows = filled_map<std::unordered_map<std::string, std::int64_t>>();
  find_all(state, [&](const std::string& id) { return rows.find(id)->second; });
}
BENCHMARK(hash_by_key)->Name("table, by key/std::unordered_map");

void table_by_index(benchmark::State& state) {
  const creatures rows = filled();
  find_all(state, [&](const std::string& id) {
    return rows.by<"by_hit_points">()
        .at_least(static_cast<std::int64_t>(id.size()))
        .begin()
        ->hit_points;
  });
}
BENCHMARK(table_by_index)->Name("table, by an ordered index/evstore");

void multimap_by_index(benchmark::State& state) {
  std::multimap<std::int64_t, std::string> rows;
  for (const std::string& id : ids())
    rows.emplace(static_cast<std::int64_t>(id.size() * 31 % 97), id);
  find_all(state, [&](const std::string& id) {
    return rows.lower_bound(static_cast<std::int64_t>(id.size()))->first;
  });
}
BENCHMARK(multimap_by_index)->Name("table, by an ordered index/std::multimap");

/// In an order that nobody can predict.
std::vector<std::string_view> type_names() {
  std::vector<std::string_view> out;
  for (const event& what : event_pool()) out.push_back(fight::table::names[what.index()]);
  return out;
}
void count_names(benchmark::State& state, std::size_t names) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * names));
}

void name_lookup(benchmark::State& state) {
  const auto names = type_names();
  for (auto _ : state) {
    std::size_t sum = 0;
    for (const std::string_view name : names) sum += *evstore::index_of<fight>(name);
    benchmark::DoNotOptimize(sum);
  }
  count_names(state, names.size());
}
BENCHMARK(name_lookup)->Name("type by name/evstore");

void name_in_hash_map(benchmark::State& state) {
  const auto names = type_names();
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < fight::table::names.size(); ++i) places[fight::table::names[i]] = i;
  for (auto _ : state) {
    std::size_t sum = 0;
    for (const std::string_view name : names) sum += places.find(name)->second;
    benchmark::DoNotOptimize(sum);
  }
  count_names(state, names.size());
}
BENCHMARK(name_in_hash_map)->Name("type by name/std::unordered_map");

} // namespace
} // namespace bench
