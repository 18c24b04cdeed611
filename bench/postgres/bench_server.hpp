#pragma once
// How long contestants take who share a server.

#include "own_server.hpp"

#include <evstore/postgres/adapter.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace bench {

using clock = std::chrono::steady_clock;

constexpr std::string_view payload =
    R"({"cents":1250,"reason":"groceries, and a newspaper","balance":99321.25,"by":"ada"})";

inline double seconds_since(clock::time_point begin) {
  return std::chrono::duration<double>{clock::now() - begin}.count();
}

/// Events a second of `threads` threads, each calling what `make` gives it until its time is up.
inline double rate(std::chrono::milliseconds turn, std::size_t threads, std::size_t events_a_call,
                   const std::function<std::function<void()>()>& make) {
  std::atomic<std::uint64_t> calls{0};
  std::vector<std::thread> running;
  const auto begin = clock::now();
  for (std::size_t t = 0; t < threads; ++t)
    running.emplace_back([&] {
      const auto call = make();
      std::uint64_t mine = 0;
      for (; clock::now() - begin < turn; ++mine) call();
      calls += mine;
    });
  for (std::thread& thread : running) thread.join();
  return static_cast<double>(calls * events_a_call) / seconds_since(begin);
}

inline double median(std::vector<double> of) {
  if (of.empty()) return 0;
  std::nth_element(of.begin(), of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2), of.end());
  return of[of.size() / 2];
}

/// What two contestants did in each round, and how that compares.
class ratios {
public:
  void add(double ours, double other) {
    ours_.push_back(ours);
    other_.push_back(other);
    ratios_.push_back(ours / other);
  }
  void print(const char* what) const {
    if (ratios_.empty()) return;
    std::printf("%-52s %9.0f %9.0f   %6.2f   %.2f to %.2f\n", what, median(ours_), median(other_),
                median(ratios_), *std::min_element(ratios_.begin(), ratios_.end()),
                *std::max_element(ratios_.begin(), ratios_.end()));
  }

private:
  std::vector<double> ours_;
  std::vector<double> other_;
  std::vector<double> ratios_;
};

} // namespace bench
