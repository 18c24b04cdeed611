// What a user's program needs of us, small: headers, the adapters' targets, and no warnings of ours.
#include <evstore/evstore.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/memory/adapter.hpp>

#include <cstdint>
#include <cstdio>

struct counted {
  std::int64_t by;
};
EVSTORE_DESCRIBE(counted, by)

struct events : evstore::event_set<evstore::named<"counted", counted>> {};

struct total {
  std::int64_t sum = 0;
  void evolve(const counted& event) { sum += event.by; }
};

int main() {
  std::remove("counter.jsonl");
  auto file = evstore::jsonl::open("counter.jsonl");
  evstore::memory::adapter copy;
  auto store = evstore::open<events>(file);
  store.append("counter-1", evstore::no_stream, counted{2}, counted{3}).value();
  evstore::copy(file, copy);
  return evstore::open<events>(copy).fold<total>("counter-1")->sum == 5 ? 0 : 1;
}
