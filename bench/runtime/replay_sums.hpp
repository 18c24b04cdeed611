#pragma once
// What a replay finds out, and the peers' ways to do it.

#include <workload.hpp>

#include <cstdint>

namespace bench {

/// What is seen of the envelopes, so that they are read too.
struct envelopes {
  std::uint64_t events = 0;
  std::uint64_t positions = 0;
  std::uint64_t versions = 0;
  std::uint64_t stream_letters = 0;

  friend bool operator==(const envelopes&, const envelopes&) = default;
};

struct replayed {
  tally state;
  envelopes seen;

  friend bool operator==(const replayed&, const replayed&) = default;
};

/// The same by simdjson On-Demand, in a translation unit of its own that is compiled for the best
/// machine it knows: line by line, and with the whole file as one stream of documents.
replayed replay_by_lines(const char* path);
replayed replay_as_stream(const char* path);

} // namespace bench
