// How long after a commit is acknowledged another process sees it: a writer that commits now and
// then, and a reader in a process of its own that waits for news (inotify). Both read one clock.
//
// Usage: follow [<file, made anew> [<commits> [<bytes written ahead>]]]

#include <evstore/jsonl/adapter.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace jsonl = evstore::jsonl;
using bench_clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// When each commit was begun, acknowledged and seen; shared by both processes.
struct times {
  std::int64_t begun;
  std::int64_t acknowledged;
  std::int64_t seen;
};

std::int64_t now() {
  return std::chrono::nanoseconds{bench_clock::now().time_since_epoch()}.count();
}

/// The child: notes when each position came into view.
void follow(const std::string& path, times* noted, std::uint64_t commits) {
  const auto log = jsonl::open_read_only(path);
  for (std::uint64_t seen = 0; seen < commits;) {
    const std::uint64_t head =
        log.wait_beyond(evstore::global_position{seen}, milliseconds{1000}).value();
    const std::int64_t at = now();
    for (; seen < head; ++seen) noted[seen].seen = at;
  }
}

void write(const std::string& path, times* noted, std::uint64_t commits, std::uint64_t ahead) {
  auto log = jsonl::open(path, {.preallocation_size = ahead});
  const evstore::new_event event{.type = "ticked",
                                 .data = evstore::json_view::trusted(R"({"value":1})")};
  const evstore::stream_write one{"clock-1", evstore::any, {&event, 1}};
  for (std::uint64_t i = 0; i < commits; ++i) {
    std::this_thread::sleep_for(milliseconds{2}); // by then the reader waits again
    noted[i].begun = now();
    static_cast<void>(log.append({{&one, 1}, {}}).value());
    noted[i].acknowledged = now();
  }
}

void tell(const char* since, std::vector<std::int64_t> delays) {
  std::sort(delays.begin(), delays.end());
  const auto part = [&](std::size_t percent) {
    return static_cast<double>(delays[(delays.size() - 1) * percent / 100]) / 1e3;
  };
  std::printf("%s: median %.0f, 90 %% %.0f, 99 %% %.0f, all %.0f microseconds\n", since, part(50),
              part(90), part(99), part(100));
}

} // namespace

int main(int argc, char** argv) try {
  const std::string path = argc > 1 ? argv[1] : "follow.jsonl";
  const std::uint64_t commits = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 2000;
  const std::uint64_t ahead = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 0;
  std::filesystem::remove(path);
  static_cast<void>(jsonl::open(path));
  void* const shared = ::mmap(nullptr, commits * sizeof(times), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) throw std::runtime_error{"no memory to share"};
  auto* const noted = static_cast<times*>(shared);
  const pid_t reader = ::fork();
  if (reader == 0) {
    follow(path, noted, commits);
    ::_exit(0);
  }
  write(path, noted, commits, ahead);
  int status = 0;
  if (::waitpid(reader, &status, 0) != reader || status != 0)
    throw std::runtime_error{"the reader failed"};
  std::vector<std::int64_t> since_begun;
  std::vector<std::int64_t> since_acknowledged;
  for (std::uint64_t i = 0; i < commits; ++i) {
    since_begun.push_back(noted[i].seen - noted[i].begun);
    since_acknowledged.push_back(noted[i].seen - noted[i].acknowledged);
  }
  tell("seen after append was called", std::move(since_begun));
  tell("seen after it returned", std::move(since_acknowledged));
  return 0;
} catch (const std::exception& failed) {
  std::fprintf(stderr, "%s\n", failed.what());
  return 2;
}
