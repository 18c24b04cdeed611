#include <evstore/jsonl/copy_lead.hpp>

#include <catch2/catch.hpp>

#include <support/scratch_folder.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace evstore::jsonl;

struct extent {
  std::uint64_t from;
  std::uint64_t to;
};

/// What is mapped of a file, and whether all of it is given back.
struct mappings {
  std::vector<extent> made;
  std::size_t held = 0;
  bool refused = false;
};

struct watched_files : posix_files {
  mappings* seen = nullptr;

  const void* map(int fd, std::size_t size, off_t at, mapped_for what) const {
    const auto from = static_cast<std::uint64_t>(at);
    seen->made.push_back({from, from + size});
    if (seen->refused) return nullptr;
    const void* const mapped = posix_files::map(fd, size, at, what);
    seen->held += mapped != nullptr ? 1 : 0;
    return mapped;
  }
  void unmap(const void* mapped, std::size_t size) const {
    --seen->held;
    posix_files::unmap(mapped, size);
  }
};

constexpr std::size_t record = 1000;

class log_of_bytes {
public:
  explicit log_of_bytes(std::size_t size) : size_{size} {
    std::ofstream{path_} << std::string(size, 'x');
    watched_files files;
    files.seen = &seen;
    source = file<watched_files>{files, path_.string(), O_RDONLY};
  }

  /// Goes over the whole file as a replay does.
  void replay() {
    copy_lead<watched_files> lead{source, size_};
    for (std::uint64_t at = 0; at + record <= size_; at += record) {
      lead.follow(at, record);
      REQUIRE(seen.held <= 1);
    }
  }
  void cut() { std::filesystem::resize_file(path_, 0); }

  mappings seen;
  file<watched_files> source;

private:
  evstore::tests::scratch_folder folder_;
  std::filesystem::path path_ = folder_ / "log.jsonl";
  std::size_t size_;
};

TEST_CASE("a lead maps what will be copied, piece after piece, and gives all of it back") {
  constexpr std::size_t size = 7'000'000;
  log_of_bytes log{size};
  log.replay();
  REQUIRE(log.seen.made.size() > 1);
  CHECK(log.seen.made.front().from <= std::size_t{1} << 17);
  CHECK(log.seen.made.back().to == size);
  for (std::size_t i = 0; i < log.seen.made.size(); ++i) {
    const extent& one = log.seen.made[i];
    CHECK(one.from % 4096 == 0);
    CHECK(one.to - one.from <= std::size_t{1} << 21);
    if (i != 0) CHECK(one.from <= log.seen.made[i - 1].to); // no gap
  }
  CHECK(log.seen.held == 0);
}

TEST_CASE("a log of one chunk is not mapped") {
  log_of_bytes log{std::size_t{1} << 17};
  log.replay();
  CHECK(log.seen.made.empty());
}

TEST_CASE("a file that cannot be mapped is asked once") {
  log_of_bytes log{3'000'000};
  log.seen.refused = true;
  log.replay();
  CHECK(log.seen.made.size() == 1);
}

TEST_CASE("a file that is cut under a lead does it no harm") {
  log_of_bytes log{1'000'000};
  copy_lead<watched_files> lead{log.source, 1'000'000};
  lead.follow(0, record);
  REQUIRE(log.seen.held == 1);
  log.cut();
  for (std::uint64_t at = 0; at < 800'000; at += record) lead.follow(at, record);
}

TEST_CASE("a record longer than what is mapped at once has no lead, and the next one has") {
  log_of_bytes log{9'000'000};
  copy_lead<watched_files> lead{log.source, 9'000'000};
  lead.follow(0, 4'000'000);
  CHECK(log.seen.made.empty());
  lead.follow(4'000'000, record);
  CHECK(log.seen.made.size() == 1);
}

} // namespace
