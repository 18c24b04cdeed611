#pragma once

#include <chrono>
#include <cstdlib>

namespace evstore::tests {

/// How long a test that draws its inputs goes on drawing: `usual` in `make test`, the seconds in
/// EVSTORE_SOAK_SECONDS in `make soak`. Print the seed it started from, so that a find can be had
/// again.
inline std::chrono::milliseconds soak_time(std::chrono::milliseconds usual) {
  if (const char* seconds = std::getenv("EVSTORE_SOAK_SECONDS"))
    return std::chrono::seconds{std::strtol(seconds, nullptr, 10)};
  return usual;
}

} // namespace evstore::tests
