// What the index costs: in memory, by what is allocated; in reads, by what is asked of the file.
#include "small_logs.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <malloc.h>

namespace {

using namespace evstore;
using namespace evstore::tests;

/// What the program has allocated and not given back. The address sanitizer says 0.
std::size_t allocated() {
  const struct mallinfo2 now = ::mallinfo2();
  return now.uordblks + now.hblkhd;
}

/// Counts what is read, and from where on.
struct counting_files : unsynced_files {
  struct counts {
    std::uint64_t bytes = 0;
    std::uint64_t calls = 0;
  };
  std::shared_ptr<counts> seen = std::make_shared<counts>();

  ssize_t pread(int fd, void* out, std::size_t size, off_t at) const noexcept {
    const ssize_t got = ::pread(fd, out, size, at);
    ++seen->calls;
    if (got > 0) seen->bytes += static_cast<std::uint64_t>(got);
    return got;
  }
};

/// `rounds` commits with an event of each stream: the events of a stream lie as far apart as can be.
template <adapter A>
void append_rounds(A& log, std::size_t streams, std::size_t rounds) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < streams; ++i) names.push_back("account-" + std::to_string(i));
  const std::string padded = R"({"cents":1250,"reason":")" + std::string(100, 'x') + R"("})";
  const new_event event{.type = "money_moved", .data = json_view::trusted(padded)};
  std::vector<stream_write> writes;
  for (const std::string& name : names) writes.push_back({name, any, {&event, 1}});
  for (std::size_t i = 0; i < rounds; ++i) static_cast<void>(log.append({writes, {}}).value());
}

TEST_CASE("the index takes at most 24 bytes an event and what the names take") {
  constexpr std::size_t streams = 100;
  constexpr std::size_t events = 500'000;
  const scratch_folder folder;
  quick_adapter log =
      quick_adapter::open(folder / "log.jsonl", {.durability = jsonl::durability::none()});
  append_rounds(log, streams, 1); // the names, and room to write in
  const std::size_t before = allocated();
  append_rounds(log, streams, events / streams);
  const double each = static_cast<double>(allocated() - before) / events;
  CAPTURE(each);
  CHECK(each <= 24);
  CHECK(log.head().value() == events + streams);
}

TEST_CASE("reading a stream touches its own records, however many others there are") {
  constexpr std::size_t streams = 1000;
  constexpr std::size_t rounds = 50;
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  {
    quick_adapter log = quick_adapter::open(path, {.durability = jsonl::durability::none()});
    append_rounds(log, streams, rounds);
  }
  const counting_files files;
  auto log = jsonl::basic_adapter<counting_files>::open_read_only(path, {}, files);
  static_cast<void>(testing::collect(log.read_stream("account-7", {}))); // the index's pages, too
  *files.seen = {};
  const auto found = testing::collect(log.read_stream("account-7", {}));
  REQUIRE(found.size() == rounds);
  const std::uint64_t of_one = std::filesystem::file_size(path) / (streams * rounds);
  CAPTURE(files.seen->bytes, files.seen->calls, of_one);
  CHECK(files.seen->bytes <= rounds * (of_one + 64));
  CHECK(files.seen->calls <= rounds + 5);
}

} // namespace
