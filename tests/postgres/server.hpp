#pragma once

#include <evstore/postgres/adapter.hpp>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace evstore::tests {

/// How to connect to the server of this run of the tests: EVSTORE_POSTGRES, or what `cluster start` of
/// this folder wrote.
inline const std::string& server() {
  static const std::string string = [] {
    if (const char* own = std::getenv("EVSTORE_POSTGRES")) return std::string{own};
    const char* path = std::getenv("EVSTORE_POSTGRES_SERVER");
    std::ifstream file{path == nullptr ? "" : path};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (text.empty())
      throw std::runtime_error{
          "there is no server: run this test by ctest, or say one's connection "
          "string in EVSTORE_POSTGRES"};
    return text;
  }();
  return string;
}

/// A schema of its own for a store, removed at the end of the scope.
class scratch_schema {
public:
  scratch_schema() {
    static std::atomic<int> count{0};
    name_ = "evstore_test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
  }
  ~scratch_schema() {
    try {
      postgres::connection{server()}.execute(
          ("set client_min_messages = error; drop schema if exists " + name_ + " cascade").c_str());
    } catch (const error&) { // a server of a test goes with its folder
    }
  }
  scratch_schema(const scratch_schema&) = delete;
  scratch_schema& operator=(const scratch_schema&) = delete;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] postgres::options options() const { return {.schema = name_}; }
  /// A handle on the store in it.
  [[nodiscard]] postgres::adapter open() const { return postgres::open(server(), options()); }
  /// Runs SQL in it as whoever the tests are, past the adapter.
  postgres::answer execute(const std::string& sql) const {
    return postgres::connection{server()}.execute(
        ("set search_path = " + name_ + "; " + sql).c_str());
  }

private:
  std::string name_;
};

} // namespace evstore::tests
