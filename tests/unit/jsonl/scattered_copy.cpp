#include "small_logs.hpp"

#include <evstore/jsonl/scattered_copy.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace evstore;
using namespace evstore::tests;

constexpr std::size_t file_size = std::size_t{1} << 20;

char byte_at(std::uint64_t at) { return static_cast<char>('a' + at % 23); }

class scattered_file {
public:
  scattered_file() {
    std::string text(file_size, '\0');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = byte_at(i);
    std::ofstream{path, std::ios::binary} << text;
    source = jsonl::file<jsonl::posix_files>{{}, path, O_RDONLY};
  }

  /// What is copied, or nothing.
  std::optional<std::string> copy(const std::vector<jsonl::file_piece>& pieces) {
    std::size_t size = 0;
    for (const jsonl::file_piece& piece : pieces) size += piece.size;
    std::string out(size, '\0');
    if (!copies.copy(source, pieces, out.data())) return std::nullopt;
    return out;
  }

  scratch_folder folder;
  std::string path = folder / "bytes";
  jsonl::file<jsonl::posix_files> source;
  jsonl::scattered_copy<jsonl::posix_files> copies;
};

std::string expected(const std::vector<jsonl::file_piece>& pieces) {
  std::string text;
  for (const jsonl::file_piece& piece : pieces)
    for (std::size_t i = 0; i < piece.size; ++i) text.push_back(byte_at(piece.at + i));
  return text;
}

std::vector<jsonl::file_piece> pieces_of(std::size_t count, std::size_t size) {
  std::vector<jsonl::file_piece> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back({i * (file_size / count) + i, size});
  out.back().at = file_size - size; // up to the last byte
  return out;
}

TEST_CASE("pieces of a file that lie far apart are copied one behind the other") {
  scattered_file file;
  for (const std::size_t size : {1U, 60U, 365U, 2000U})
    for (const std::size_t count : {4U, 50U, 128U}) {
      const auto pieces = pieces_of(count, size);
      CAPTURE(size, count);
      CHECK(file.copy(pieces) == expected(pieces));
    }
}

TEST_CASE("what is too little to be worth it, or too much, is not copied at once") {
  scattered_file file;
  CHECK_FALSE(file.copy(pieces_of(3, 100)));
  CHECK_FALSE(file.copy(pieces_of(129, 100)));
  CHECK_FALSE(file.copy(pieces_of(8, jsonl::safe_passage::most_bytes / 8 + 1)));
  CHECK(file.copy(pieces_of(8, jsonl::safe_passage::most_bytes / 8)));
}

TEST_CASE("a file that is cut after it was mapped is no copy, and no signal") {
  scattered_file file;
  const auto pieces = pieces_of(50, 300);
  REQUIRE(file.copy(pieces));
  std::filesystem::resize_file(file.path, file_size / 2);
  CHECK_FALSE(file.copy(pieces));
  const std::vector<jsonl::file_piece> left(pieces.begin(), pieces.begin() + 20);
  CHECK(file.copy(left) == expected(left));
  std::filesystem::resize_file(file.path, 0);
  CHECK_FALSE(file.copy(left));
}

TEST_CASE("a forked child and its parent do not get each other's bytes") {
  scattered_file file;
  const auto ours = pieces_of(50, 300);
  const auto theirs = pieces_of(40, 200);
  REQUIRE(file.copy(ours));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  const auto is_right = [&](const std::vector<jsonl::file_piece>& pieces) {
    const std::string right = expected(pieces);
    for (int i = 0; i < 2000; ++i)
      if (file.copy(pieces) != right) return false;
    return true;
  };
  if (child == 0) ::_exit(is_right(theirs) ? 0 : 1);
  CHECK(is_right(ours));
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

/// Counts what is asked of the disk.
struct watched_files : jsonl::posix_files {
  struct counts {
    int reads = 0;
    int maps = 0;
  };
  std::shared_ptr<counts> seen = std::make_shared<counts>();

  static int fdatasync(int) noexcept { return 0; }
  static int fsync(int) noexcept { return 0; }
  ssize_t pread(int fd, void* out, std::size_t size, off_t at) const noexcept {
    ++seen->reads;
    return ::pread(fd, out, size, at);
  }
  const void* map(int fd, std::size_t size, off_t at, jsonl::mapped_for what) const noexcept {
    ++seen->maps;
    return posix_files::map(fd, size, at, what);
  }
};
using watched_log = jsonl::basic_adapter<watched_files>;

/// 50 events of "s", with so much of another stream between them that the log has more than 6 MiB.
watched_log open_scattered(const std::string& path, const watched_files& files,
                           const jsonl::options& how) {
  watched_log log = watched_log::open(path, how, files);
  const std::string large = R"({"text":")" + std::string(32'000, 'x') + R"("})";
  const std::string small = R"({"text":"x"})";
  const new_event filling{.type = "filled", .data = json_view::trusted(large)};
  const new_event wanted{.type = "wanted", .data = json_view::trusted(small)};
  const std::array<new_event, 4> much{filling, filling, filling, filling};
  const std::array<stream_write, 2> writes{{{"s", any, {&wanted, 1}}, {"other", any, much}}};
  for (int i = 0; i < 50; ++i) static_cast<void>(log.append({writes, {}}).value());
  return log;
}

TEST_CASE("a stream whose events lie far apart is read by fewer calls than it has events") {
  const scratch_folder folder;
  const watched_files files;
  watched_log log = open_scattered(folder / "log.jsonl", files, {});
  files.seen->reads = 0;
  const auto events = testing::collect(log.read_stream("s", {.limit = 30}));
  REQUIRE(events.size() == 30);
  for (std::size_t i = 0; i < events.size(); ++i) CHECK(events[i].version.value() == i + 1);
  CHECK(files.seen->maps == 1);
  CHECK(files.seen->reads == 0);
}

TEST_CASE("what may not be on the disk yet is not mapped, so that it can be dropped") {
  const scratch_folder folder;
  const watched_files files;
  watched_log log =
      open_scattered(folder / "log.jsonl", files, {.durability = jsonl::durability::none()});
  CHECK(testing::collect(log.read_stream("s", {.limit = 30})).size() == 30);
  CHECK(files.seen->maps == 0);
  log.sync();
  CHECK(testing::collect(log.read_stream("s", {.limit = 30})).size() == 30);
  CHECK(files.seen->maps == 1);
  CHECK(testing::collect(log.read_stream("s", {})).size() ==
        50); // the last ones are too near the end
}

TEST_CASE("a log that is cut or overwritten under a reader of scattered events is an error") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  watched_log log = open_scattered(path, {}, {});
  CHECK(testing::collect(log.read_stream("s", {.limit = 30})).size() == 30);
  auto cursor = log.read_stream("s", {.limit = 30});
  SECTION("cut") {
    std::filesystem::resize_file(path, 1'000'000);
    CHECK(error_of([&] { static_cast<void>(cursor.next()); }).code() == errc::changed_under);
  }
  SECTION("cut and grown again") {
    const auto size = std::filesystem::file_size(path);
    std::filesystem::resize_file(path, 1'000'000);
    std::filesystem::resize_file(path, size);
    CHECK(error_of([&] { static_cast<void>(cursor.next()); }).code() == errc::corrupt);
  }
}

} // namespace
