#include <evstore/generate_event_id.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <vector>

using namespace evstore;

namespace {

std::uint64_t milliseconds_of(const event_id& id) {
  std::uint64_t time = 0;
  for (std::size_t i = 0; i < 6; ++i) time = time << 8 | id.bytes()[i];
  return time;
}

std::uint64_t now() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(
      duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

} // namespace

TEST_CASE("a generated id is a version 7 UUID of the present millisecond") {
  const std::uint64_t before = now();
  const event_id id = generate_event_id();
  const std::uint64_t after = now();
  CHECK(id.bytes()[6] >> 4 == 7);
  CHECK(id.bytes()[8] >> 6 == 0b10);
  CHECK(milliseconds_of(id) >= before);
  CHECK(milliseconds_of(id) <= after);
  CHECK(event_id::parse(id.to_string()) == id);
}

TEST_CASE("ids of many threads are all different") {
  constexpr std::size_t each = 5000;
  std::vector<std::vector<event_id>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made)
    threads.emplace_back([&mine] {
      for (std::size_t i = 0; i < each; ++i) mine.push_back(generate_event_id());
    });
  for (std::thread& thread : threads) thread.join();
  std::vector<event_id> all;
  for (const auto& mine : made) all.insert(all.end(), mine.begin(), mine.end());
  std::sort(all.begin(), all.end());
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
  CHECK(all.size() == each * made.size());
}

TEST_CASE("ids sort by the time at which they were made") {
  const event_id first = generate_event_id();
  std::this_thread::sleep_for(std::chrono::milliseconds{2});
  CHECK(first < generate_event_id());
}

TEST_CASE("an id can be made when what a thread keeps is gone") {
  static std::optional<event_id> made;
  struct last_word {
    ~last_word() { made = generate_event_id(); }
  };
  std::thread{[] {
    thread_local last_word kept; // made first, and so the last to go
    static_cast<void>(kept);
    static_cast<void>(generate_event_id());
  }}.join();
  CHECK(made.has_value());
}
