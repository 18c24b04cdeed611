// Durable appends of one thread against what the disk can do: a loop of pwrite and fdatasync with as
// many bytes. A file that grows has another limit than one whose blocks are there already, so there
// are two of each: the log with space written ahead and without, a file of zeros and one that grows.
//
// Usage: append_limit [<folder> [<milliseconds a round> [<rounds> [<bytes written ahead>]]]]

#include "rounds.hpp"

#include <evstore/jsonl/adapter.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace {

namespace jsonl = evstore::jsonl;
using bench_clock = std::chrono::steady_clock;

const std::string payload = R"({"attacker":"goblin-17","target":"thorin","weapon":"scimitar",)"
                            R"("attack_total":17,"hit":true,"rolls":[12,5],"kind":"slashing",)"
                            R"("distance":4.5,"note":"from behind a pillar, with advantage"})";

/// Commits of so many events each, to streams in turn.
class workload {
public:
  explicit workload(std::size_t events) {
    evstore::new_event event{.type = "attacked", .data = evstore::json_view::trusted(payload)};
    events_.assign(events, event);
    for (int i = 0; i < 1000; ++i) streams_.push_back("encounter-" + std::to_string(i));
  }

  void append(jsonl::adapter& log) {
    const std::string& stream = streams_[next_++ % streams_.size()];
    const evstore::stream_write write{stream, evstore::any, events_};
    static_cast<void>(log.append({{&write, 1}, {}}).value());
  }

  /// What a commit of a log of some length takes.
  std::size_t bytes(const std::string& path) {
    std::filesystem::remove(path);
    jsonl::adapter log = jsonl::open(path, {.durability = jsonl::durability::none()});
    for (int i = 0; i < 1000; ++i) append(log);
    const auto before = std::filesystem::file_size(path);
    append(log);
    return std::filesystem::file_size(path) - before;
  }

private:
  std::vector<evstore::new_event> events_;
  std::vector<std::string> streams_;
  std::size_t next_ = 0;
};

/// A file that blocks are written to, one behind the other.
class raw_file {
public:
  /// One with a size is filled with zeros first, and begun again when it is full.
  raw_file(const std::string& path, std::uint64_t size, std::size_t block)
      : fd_{::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)}, size_{size},
        block_(block, 'x') {
    const std::string zeros(std::size_t{1} << 14, '\0');
    for (std::uint64_t at = 0; at < size_; at += zeros.size()) write(zeros, at);
    if (::fsync(fd_) != 0) throw std::runtime_error{"cannot sync " + path};
  }
  raw_file(const raw_file&) = delete;
  ~raw_file() { ::close(fd_); }

  void append() {
    if (size_ != 0 && at_ + block_.size() > size_) at_ = 0;
    write(block_, at_);
    at_ += block_.size();
    if (::fdatasync(fd_) != 0) throw std::runtime_error{"cannot sync"};
  }

private:
  void write(const std::string& bytes, std::uint64_t at) const {
    if (::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at)) !=
        static_cast<ssize_t>(bytes.size()))
      throw std::runtime_error{"cannot write"};
  }

  int fd_;
  std::uint64_t size_;
  std::string block_;
  std::uint64_t at_ = 0;
};

/// How often a second the action can be done.
template <class Action>
double rate(std::chrono::milliseconds length, Action action) {
  const auto begin = bench_clock::now();
  std::uint64_t count = 0;
  auto now = begin;
  for (; now - begin < length; now = bench_clock::now(), ++count) action();
  return static_cast<double>(count) / std::chrono::duration<double>{now - begin}.count();
}

void measure(const std::string& folder, std::size_t events, std::chrono::milliseconds length,
             int rounds, std::uint64_t ahead) {
  workload work{events};
  const std::size_t block = work.bytes(folder + "/size.jsonl");
  constexpr std::uint64_t zeros = std::uint64_t{1} << 26;
  raw_file grows{folder + "/grows", 0, block};
  raw_file is_there{folder + "/is_there", zeros, block};
  for (const char* name : {"/log.jsonl", "/ahead.jsonl"}) std::filesystem::remove(folder + name);
  jsonl::adapter log = jsonl::open(folder + "/log.jsonl");
  jsonl::adapter log_ahead = jsonl::open(folder + "/ahead.jsonl", {.preallocation_size = ahead});

  std::vector<bench::contestant> all;
  all.push_back(
      {"pwrite + fdatasync, growing", [&] { return rate(length, [&] { grows.append(); }); }});
  all.push_back({"evstore, growing", [&] { return rate(length, [&] { work.append(log); }); }});
  all.push_back({"pwrite + fdatasync, written before",
                 [&] { return rate(length, [&] { is_there.append(); }); }});
  all.push_back(
      {"evstore, written ahead", [&] { return rate(length, [&] { work.append(log_ahead); }); }});
  bench::take_turns(all, rounds);
  std::printf("commits of %zu events, %zu bytes\n", events, block);
  for (std::size_t i = 0; i < all.size(); ++i)
    std::printf("  %-36s %8.0f /s  %5.3f x its limit  %5.2f x the growing file\n",
                all[i].name.c_str(), bench::median(all[i].rates),
                bench::ratio(all[i], all[i / 2 * 2]), bench::ratio(all[i], all[0]));
}

} // namespace

int main(int argc, char** argv) try {
  const std::string folder = argc > 1 ? argv[1] : "append_limit";
  const std::chrono::milliseconds length{argc > 2 ? std::atoi(argv[2]) : 300};
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 9;
  const std::uint64_t ahead = argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 1 << 24;
  std::filesystem::create_directories(folder);
  for (const std::size_t events : {1U, 100U}) measure(folder, events, length, rounds, ahead);
  return 0;
} catch (const std::exception& failed) {
  std::fprintf(stderr, "%s\n", failed.what());
  return 2;
}
