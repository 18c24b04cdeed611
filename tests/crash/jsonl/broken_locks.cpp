// Who may write, and what becomes of a log's file under its readers, on the real file system. Each
// rule is broken, in the calls below the adapter or in it, and the same checks then fail.
#define EVSTORE_JSONL_BREAKABLE
#include "../../unit/jsonl/small_logs.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace evstore;
using namespace evstore::tests;
namespace fs = std::filesystem;

enum class rule {
  none,
  locks_are_taken,
  locks_are_of_handles, // not of processes
  files_have_an_identity,
  links_are_not_followed,
  kinds_of_files_matter,
  files_may_become_shorter,
};
rule broken = rule::none;

struct careless_files : unsynced_files {
  static int open(const char* path, int flags, mode_t mode) {
    return ::open(path, broken == rule::links_are_not_followed ? flags & ~O_NOFOLLOW : flags, mode);
  }
  static int try_lock(int fd) {
    if (broken == rule::locks_are_taken) return 0;
    if (broken != rule::locks_are_of_handles) return unsynced_files::try_lock(fd);
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return ::fcntl(fd, F_SETLK, &whole);
  }
  static int lstat(const char* path, struct stat* status) {
    const int outcome = broken == rule::links_are_not_followed
                            ? ::stat(path, status)
                            : unsynced_files::lstat(path, status);
    if (broken == rule::kinds_of_files_matter) status->st_mode = S_IFREG | 0666;
    return outcome;
  }
  static int fstat(int fd, struct stat* status) {
    const int outcome = unsynced_files::fstat(fd, status);
    if (broken == rule::kinds_of_files_matter) status->st_mode = S_IFREG | 0666;
    return outcome;
  }
  static int statx(int fd, const char* path, int flags, unsigned wanted, struct statx* found) {
    if (broken == rule::links_are_not_followed) flags &= ~AT_SYMLINK_NOFOLLOW;
    if (broken == rule::files_have_an_identity) { // every path leads to the file that is open
      if (fd != AT_FDCWD) looked_at = fd;
      return unsynced_files::statx(looked_at, "", AT_EMPTY_PATH, wanted, found);
    }
    const int outcome = unsynced_files::statx(fd, path, flags, wanted, found);
    if (broken == rule::files_may_become_shorter && *path == '\0')
      found->stx_size = sizes[fd] = std::max<std::uint64_t>(sizes[fd], found->stx_size);
    return outcome;
  }
  /// What is missing reads as zeros, as it does in the last page of a mapped file.
  static ssize_t pread(int fd, void* out, std::size_t size, off_t at) {
    const ssize_t got = unsynced_files::pread(fd, out, size, at);
    if (broken != rule::files_may_become_shorter || got < 0) return got;
    std::memset(static_cast<char*>(out) + got, 0, size - static_cast<std::size_t>(got));
    return static_cast<ssize_t>(size);
  }

  static inline std::map<int, std::uint64_t> sizes;
  static inline int looked_at = -1;
};
using log = jsonl::basic_adapter<careless_files>;

template <class Action>
bool fails_with(errc code, Action action) {
  try {
    action();
    return false;
  } catch (const error& why) {
    return why.code() == code;
  }
}

bool holds_in_child(const std::function<bool()>& promise) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(promise() ? 0 : 1);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// ---- one writer

bool refuses_a_second_handle(const std::string& path) {
  const log first = log::open(path, {});
  return fails_with(errc::locked, [&] { static_cast<void>(log::open(path, {})); });
}

bool refuses_another_process(const std::string& path) {
  const log first = log::open(path, {});
  const std::string holder = "process " + std::to_string(::getpid()) + " ";
  return holds_in_child([&] {
    try {
      static_cast<void>(log::open(path, {}));
      return false;
    } catch (const error& why) {
      return why.code() == errc::locked &&
             std::string{why.what()}.find(holder) != std::string::npos;
    }
  });
}

bool refuses_a_forked_child(const std::string& path) {
  log first = log::open(path, {});
  return holds_in_child(
      [&] { return fails_with(errc::locked, [&] { append_words(first, "s", "child"); }); });
}

// ---- what happens to a file under a reader

/// The reader is told, and what it shows until then is what was there.
bool notices(const std::string& path, const std::function<void()>& change) {
  careless_files::sizes.clear();
  log reader = log::open_read_only(path, {});
  auto cursor = reader.read_all(query::all(), {});
  change();
  const auto is_told = [&](auto action) { return fails_with(errc::changed_under, action); };
  bool is_good = true;
  try {
    is_good = testing::collect(std::move(cursor)).size() == 3;
  } catch (const error& why) {
    is_good = why.code() == errc::changed_under;
  }
  return is_good && is_told([&] { static_cast<void>(reader.head()); }) &&
         is_told([&] { static_cast<void>(words_of(reader)); });
}

bool notices_a_cut(const std::string& path) {
  return notices(path, [&] { fs::resize_file(path, fs::file_size(path) / 2); });
}
bool notices_a_removal(const std::string& path) {
  return notices(path, [&] { fs::remove(path); });
}
bool notices_a_replacement(const std::string& path) {
  return notices(path, [&] {
    fs::copy_file(path, path + ".copy");
    fs::rename(path + ".copy", path);
  });
}
bool notices_a_fifo(const std::string& path) {
  return notices(path, [&] {
    fs::remove(path);
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  });
}
bool notices_a_link(const std::string& path) {
  return notices(path, [&] {
    fs::rename(path, path + ".moved");
    fs::create_symlink(path + ".moved", path);
  });
}

/// A link that leads to somebody's file appears in the log's place, before it is opened and after.
bool never_writes_through_a_link(const std::string& path) {
  log writer = log::open(path, {});
  fs::rename(path, path + ".moved");
  fs::create_symlink(path + ".moved", path);
  const std::string before = bytes_of(path);
  const bool is_told =
      fails_with(errc::changed_under, [&] { append_words(writer, "s", "through"); });
  { const log closed = std::move(writer); }
  return is_told &&
         fails_with(errc::invalid_argument, [&] { static_cast<void>(log::open(path, {})); }) &&
         bytes_of(path) == before;
}

bool opens_no_fifo(const std::string& path) {
  fs::remove(path);
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const auto is_refused = [](auto open) { return fails_with(errc::invalid_argument, open); };
  return is_refused([&] { static_cast<void>(log::open(path, {})); }) &&
         is_refused([&] { static_cast<void>(log::open_read_only(path, {})); });
}

struct check {
  std::string name;
  rule which;
  bool (*is_kept)(const std::string& path);
};

bool is_kept_anew(const check& one) {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  make_log(path, "a b c");
  return one.is_kept(path);
}

TEST_CASE("one handle writes, and files are what they were, unless the rule is broken") {
  const auto one = GENERATE(values<check>({
      {"a second handle", rule::locks_are_of_handles, refuses_a_second_handle},
      {"another process", rule::locks_are_taken, refuses_another_process},
      {"cut", rule::files_may_become_shorter, notices_a_cut},
      {"removed", rule::files_have_an_identity, notices_a_removal},
      {"replaced", rule::files_have_an_identity, notices_a_replacement},
      {"turned into a FIFO", rule::files_have_an_identity, notices_a_fifo},
      {"turned into a link", rule::links_are_not_followed, notices_a_link},
      {"written through a link", rule::links_are_not_followed, never_writes_through_a_link},
      {"a FIFO is opened", rule::kinds_of_files_matter, opens_no_fifo},
  }));
  INFO(one.name);
  CHECK(is_kept_anew(one));
  broken = one.which;
  CHECK_FALSE(is_kept_anew(one));
  broken = rule::none;
}

TEST_CASE("a forked child does not write, unless the rule is broken") {
  const check one{"", rule::none, refuses_a_forked_child};
  CHECK(is_kept_anew(one));
  jsonl::detail::broken_rule = jsonl::detail::rule::forked_children_are_refused;
  CHECK_FALSE(is_kept_anew(one));
  jsonl::detail::broken_rule = jsonl::detail::rule::none;
}

} // namespace
