// A program of somebody else: one log in memory, one in a file, the same code on both.
#include <evstore/evstore.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/memory/adapter.hpp>

#include <filesystem>
#include <utility>

struct counted {
  int by;
};
EVSTORE_DESCRIBE(counted, by)

struct events : evstore::event_set<evstore::named<"counted", counted>> {};

struct total {
  int value = 0;
  void evolve(const counted& event) { value += event.by; }
};

template <class Adapter>
bool counts_to_three(Adapter adapter) {
  auto store = evstore::open<events>(std::move(adapter));
  store.append("counter-1", evstore::no_stream, counted{1}, counted{2}).value();
  return store.template fold<total>("counter-1")->value == 3;
}

int main() {
  std::filesystem::remove_all("log");
  std::filesystem::create_directory("log");
  const bool both = counts_to_three(evstore::memory::adapter{}) &&
                    counts_to_three(evstore::jsonl::open("log/events.jsonl"));
  return both ? 0 : 1;
}
