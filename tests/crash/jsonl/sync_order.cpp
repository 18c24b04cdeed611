// What the kernel is asked for, seen from outside: a commit is acknowledged after its sync.
#include "../../unit/jsonl/small_logs.hpp"

#include <evstore/jsonl/adapter.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <string>

#include <unistd.h>

namespace {

using namespace evstore;
using namespace evstore::tests;

constexpr int commits = 5;

// Runs under strace only; hidden from an ordinary run.
TEST_CASE("append and say so", "[.traced]") {
  jsonl::adapter log = jsonl::open(std::getenv("EVSTORE_TRACED_LOG"));
  for (int i = 0; i < commits; ++i) {
    append_words(log, "s", "a b");
    constexpr std::string_view said = "acknowledged\n";
    REQUIRE(::write(STDOUT_FILENO, said.data(), said.size()) == static_cast<ssize_t>(said.size()));
  }
}

TEST_CASE("strace: nothing is acknowledged before its sync has returned") {
  if (std::system("strace -o /dev/null true 2>/dev/null") != 0) {
    WARN("skipped: strace is missing, or tracing is not allowed here");
    return;
  }
  const scratch_folder folder;
  const std::string trace = folder / "trace";
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string command = "LSAN_OPTIONS=detect_leaks=0 EVSTORE_TRACED_LOG='" +
                              std::string{folder / "log.jsonl"} +
                              "' strace -f -e trace=pwrite64,write,fdatasync,fsync -o '" + trace +
                              "' '" + self + "' '[.traced]' >/dev/null";
  REQUIRE(std::system(command.c_str()) == 0);

  std::ifstream lines{trace};
  bool written = false; // a record that no sync has followed
  bool synced = false;  // a sync since the last acknowledgement
  int acknowledged = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("pwrite64(") != line.npos && line.find("position") != line.npos) {
      written = true;
      synced = false;
    } else if (line.find("fdatasync(") != line.npos || line.find("fsync(") != line.npos) {
      REQUIRE(line.find("= 0") != line.npos);
      synced = written;
    } else if (line.find("acknowledged") != line.npos) {
      INFO(line);
      REQUIRE(synced);
      ++acknowledged;
      written = synced = false;
    }
  }
  CHECK(acknowledged == commits);
}

} // namespace
