// A disk that is really full: a small tmpfs, or, where nothing may be mounted, a limit on the size
// of files.
#include "../../unit/jsonl/small_logs.hpp"

#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/verify.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

namespace {

using namespace evstore;
using namespace evstore::tests;

class small_disk {
public:
  explicit small_disk(const scratch_folder& at) : path_{at.path()} {
    is_mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=256k") == 0;
    if (is_mounted_) return;
    WARN("no tmpfs can be mounted here: RLIMIT_FSIZE stands in for a full disk");
    ::signal(SIGXFSZ, SIG_IGN);
    limit(256 << 10);
  }
  ~small_disk() {
    if (is_mounted_)
      ::umount2(path_.c_str(), MNT_DETACH);
    else
      limit(RLIM_INFINITY);
  }
  small_disk(const small_disk&) = delete;

  void fill() const {
    if (is_mounted_) put_bytes(path_ / "ballast", std::string(std::size_t{1} << 17, 'x'));
  }
  void make_room() const {
    if (is_mounted_)
      std::filesystem::remove(path_ / "ballast");
    else
      limit(RLIM_INFINITY);
  }

private:
  static void limit(rlim_t bytes) {
    rlimit now{};
    ::getrlimit(RLIMIT_FSIZE, &now);
    now.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &now);
  }

  std::filesystem::path path_;
  bool is_mounted_ = false;
};

TEST_CASE(
    "a full disk: a distinct error, whole lines, old data to read, and appends when there is "
    "room") {
  const scratch_folder folder;
  const small_disk disk{folder};
  const std::string path = folder / "log.jsonl";
  std::uint64_t appended = 0;
  const testing::plain_event event{.type = "a",
                                   .data = "{\"a\":\"" + std::string(900, 'x') + "\"}"};
  {
    jsonl::adapter log = jsonl::open(path);
    disk.fill();
    const error full = error_of([&] {
      while (true) {
        (void)testing::append(log, {{{"s", any, {event, event, event}}}, {}}).value();
        appended += 3;
      }
    });
    CHECK(full.code() == errc::storage_full);
    CHECK(appended > 0);
    CHECK(log.head().value() == appended);
    CHECK(testing::collect(log.read_all(query::all(), {})).size() == appended);
    CHECK(bytes_of(path).ends_with("\"}\n"));
    CHECK(jsonl::verify(path).is_sound());
    const error snapshot = error_of([&] {
      log.save_snapshot("k", {{}, {}, 1, "\"" + std::string(1 << 18, 'x') + "\""});
    });
    CHECK(snapshot.code() == errc::storage_full);
  }
  {
    // A full disk can be opened, too.
    jsonl::adapter log = jsonl::open(path);
    CHECK(log.head().value() == appended);
    CHECK(error_of([&] {
            while (true)
              (void)testing::append(log, {{{"s", any, {event, event, event}}}, {}}).value();
          }).code() == errc::storage_full);
    disk.make_room();
    appended = log.head().value();
    (void)testing::append(log, {{{"s", any, {event, event, event}}}, {}}).value();
    CHECK(log.head().value() == appended + 3);
  }
  CHECK(jsonl::verify(path).is_sound());
  CHECK(jsonl::verify(path).records == appended + 3);
}

TEST_CASE("a full disk under a buffered log: what was acknowledged is there once there is room") {
  const scratch_folder folder;
  const small_disk disk{folder};
  const std::string path = folder / "log.jsonl";
  const testing::plain_event event{.type = "a",
                                   .data = "{\"a\":\"" + std::string(900, 'x') + "\"}"};
  std::uint64_t taken = 0;
  {
    using jsonl::durability;
    jsonl::adapter log =
        jsonl::open(path, {.durability = durability::buffered(std::chrono::milliseconds::max())});
    disk.fill();
    const error full = error_of([&] {
      for (;; taken += 3)
        (void)testing::append(log, {{{"s", any, {event, event, event}}}, {}}).value();
    });
    CHECK(full.code() == errc::storage_full);
    CHECK(error_of([&] { (void)log.head(); }).code() == errc::storage_full);
    CHECK(jsonl::verify(path).is_sound());
    disk.make_room();
    CHECK(log.head().value() == taken);
    (void)testing::append(log, {{{"s", any, {event, event, event}}}, {}}).value();
  }
  CHECK(jsonl::verify(path).is_sound());
  CHECK(jsonl::verify(path).records == taken + 3);
}

} // namespace
