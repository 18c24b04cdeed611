#include "faulty_files.hpp"
#include "small_logs.hpp"

#include <evstore/jsonl/adapter.hpp>
#include <evstore/pending_append.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace evstore;
using namespace evstore::tests;
using faulty_adapter = jsonl::basic_adapter<faulty_files>;
using jsonl::durability;
using jsonl::pending_append;

template <class Adapter>
pending_append begin(Adapter& log, std::vector<testing::plain_event> events,
                     expected_version expected = any) {
  return testing::with_view({{{"s", expected, std::move(events)}}, {}},
                            [&](const commit_view& commit) { return log.append_async(commit); });
}
template <class Adapter>
pending_append begin(Adapter& log, std::string_view types) {
  return begin(log, testing::events(types));
}

/// Holds up every sync until it is opened.
struct gate {
  explicit gate(const faulty_files& calls) : files{calls} {
    files.shared->decide = [this](std::string_view name) {
      if (name != "fdatasync") return fault{};
      ++reached;
      reached.notify_all();
      open.wait(false);
      return fault{outcome};
    };
  }
  ~gate() {
    if (!open) release();
    files.heal();
  }
  void wait_until_reached() const { reached.wait(0); }
  void release(int with = 0) {
    outcome = with;
    open = true;
    open.notify_all();
  }

  const faulty_files& files;
  std::atomic<int> reached{0};
  std::atomic<bool> open{false};
  std::atomic<int> outcome{0};
};

TEST_CASE("nothing in flight is acknowledged or shown before it is synced") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = faulty_adapter::open(folder / "log.jsonl", {}, files);
  gate sync{files};
  const pending_append first = begin(log, "a");
  sync.wait_until_reached();
  const pending_append second = begin(log, "b");
  CHECK(!first.is_ready());
  CHECK(!second.is_ready());
  CHECK(log.head() == global_position{});
  sync.release();
  CHECK(second.get()->first == global_position{2});
  CHECK(first.is_ready());
  CHECK(first.get()->first == global_position{1});
  CHECK(words_of(log) == "a b");
}

TEST_CASE("commits in flight share syncs") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = faulty_adapter::open(folder / "log.jsonl", {}, files);
  files.forget();
  gate sync{files};
  static_cast<void>(begin(log, "a"));
  sync.wait_until_reached();
  for (int i = 0; i < 99; ++i) static_cast<void>(begin(log, "b"));
  const pending_append last = begin(log, "c");
  sync.release();
  CHECK(last.get()->first == global_position{101});
  CHECK(files.count("fdatasync") == 2);
}

TEST_CASE("as many commits are in flight as the log was opened for, and the next one waits") {
  constexpr int limit = 3;
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = faulty_adapter::open(folder / "log.jsonl", {.most_in_flight = limit}, files);
  gate sync{files};
  std::atomic<int> begun{0};
  std::thread producer{[&] {
    for (int i = 0; i < 10; ++i) {
      static_cast<void>(begin(log, "a"));
      ++begun;
      begun.notify_all();
    }
  }};
  for (int now = 0; now < limit; now = begun) begun.wait(now);
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  CHECK(begun == limit);
  sync.release();
  producer.join();
  append_words(log, "s", "b");
  CHECK(log.head() == global_position{11});
}

TEST_CASE("a failed sync: what it was for is in doubt, what came behind is refused") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = faulty_adapter::open(folder / "log.jsonl", {}, files);
  append_words(log, "s", "a");
  gate sync{files};
  const pending_append lost = begin(log, {{.type = "b", .id = testing::id_of(1)}});
  sync.wait_until_reached();
  const pending_append behind = begin(log, {{.type = "c", .id = testing::id_of(2)}});
  const pending_append retry = begin(log, {{.type = "b", .id = testing::id_of(1)}});
  const pending_append refused = begin(log, testing::events("d"), no_stream);
  sync.release(EIO);
  const error doubt = error_of([&] { static_cast<void>(lost.get()); });
  CHECK(doubt.code() == errc::append_in_doubt);
  REQUIRE(doubt.ids().size() == 1);
  CHECK(doubt.ids()[0] == testing::id_of(1));
  CHECK(error_of([&] { static_cast<void>(lost.get()); }).ids().size() == 1);
  CHECK(error_of([&] { static_cast<void>(behind.get()); }).code() == errc::append_halted);
  CHECK(error_of([&] { static_cast<void>(retry.get()); }).code() == errc::append_halted);
  CHECK(error_of([&] { static_cast<void>(refused.get()); }).code() == errc::append_halted);
  CHECK(error_of([&] { static_cast<void>(begin(log, "e")); }).code() == errc::append_halted);
  CHECK(words_of(log) == "a");
}

TEST_CASE("what rests on a commit in doubt: a retry is in doubt too, a refusal is not told") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = faulty_adapter::open(folder / "log.jsonl", {}, files);
  gate sync{files};
  const pending_append lost = begin(log, {{.type = "a", .id = testing::id_of(1)}});
  sync.wait_until_reached();
  const pending_append retry = begin(log, {{.type = "a", .id = testing::id_of(1)}});
  const pending_append refused = begin(log, testing::events("b"), no_stream);
  CHECK(!retry.is_ready());
  CHECK(!refused.is_ready());
  sync.release(EIO);
  const error doubt = error_of([&] { static_cast<void>(retry.get()); });
  CHECK(doubt.code() == errc::append_in_doubt);
  CHECK(doubt.ids().size() == 1);
  CHECK(error_of([&] { static_cast<void>(refused.get()); }).code() == errc::append_halted);
}

TEST_CASE("a full disk: what is in flight fails, and later commits go on when there is room") {
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = faulty_adapter::open(folder / "log.jsonl", {}, files);
  append_words(log, "s", "a");
  files.fail("pwrite", ENOSPC);
  std::vector<pending_append> tickets;
  for (int i = 0; i < 20; ++i) tickets.push_back(begin(log, "b"));
  for (const pending_append& ticket : tickets)
    CHECK(error_of([&] { static_cast<void>(ticket.get()); }).code() == errc::storage_full);
  files.heal();
  CHECK(begin(log, "c").get()->version() == stream_version{2});
  CHECK(words_of(log) == "a c");
}

TEST_CASE(
    "a commit of which one record is too long leaves nothing of itself among those in flight") {
  const scratch_folder folder;
  const faulty_files files;
  const std::string path = folder / "log.jsonl";
  const std::string endless = "{\"text\":\"" + std::string(jsonl::max_record_size, 'x') + "\"}";
  {
    faulty_adapter log = faulty_adapter::open(path, {}, files);
    gate sync{files};
    static_cast<void>(begin(log, "a"));
    sync.wait_until_reached();
    const pending_append before = begin(log, "b");
    const auto refused = error_of([&] {
      const evstore::new_event short_event{.type = "c", .data = json_view::trusted("{}")};
      const evstore::new_event long_event{.type = "c", .data = json_view::trusted(endless)};
      const stream_write writes[]{{"s", any, {&short_event, 1}}, {"t", any, {&long_event, 1}}};
      static_cast<void>(log.append_async({writes, {}}));
    });
    CHECK(refused.code() == errc::invalid_payload);
    const pending_append behind = begin(log, "d");
    sync.release();
    CHECK(behind.get()->version() == stream_version{3});
    CHECK(behind.get()->first == global_position{3});
  }
  quick_adapter log = quick_open(path);
  CHECK(log.report().warnings.empty());
  CHECK(words_of(log) == "a b d");
}

TEST_CASE("closing a log writes what is in flight, and tickets outlive it") {
  const auto how = GENERATE(0, 1, 2, 3);
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  const durability kinds[]{durability::sync(), durability::batched(std::chrono::milliseconds{1}),
                           durability::none(),
                           durability::buffered(std::chrono::milliseconds::max())};
  std::vector<pending_append> tickets;
  {
    jsonl::adapter log = jsonl::open(path, {.durability = kinds[how], .most_in_flight = 16});
    for (int i = 0; i < 100; ++i) tickets.push_back(begin(log, "a"));
  }
  CHECK(jsonl::open_read_only(path).head() == global_position{100});
  for (std::size_t i = 0; i < tickets.size(); ++i)
    CHECK(tickets[i].get()->version() == stream_version{i + 1});
}

TEST_CASE("many threads, some of which wait, and every commit is there once") {
  constexpr std::size_t threads = 8;
  constexpr std::size_t commits = 100;
  const scratch_folder folder;
  const faulty_files files;
  faulty_adapter log = faulty_adapter::open(folder / "log.jsonl", {.most_in_flight = 10}, files);
  std::vector<std::thread> running;
  for (std::size_t t = 0; t < threads; ++t)
    running.emplace_back([&, t] {
      for (std::size_t i = 0; i < commits; ++i) {
        if (t % 2 == 0)
          append_words(log, "stream-" + std::to_string(t), "a");
        else
          static_cast<void>(begin(log, "b"));
      }
    });
  for (std::thread& one : running) one.join();
  append_words(log, "last", "c");
  CHECK(log.head().value() == threads * commits + 1);
  CHECK(log.state_of("s").version.value() == threads / 2 * commits);
}

/// While it lives, no thread can be started: none has so large a stack.
class no_room_for_threads {
public:
  no_room_for_threads() {
    pthread_attr_t huge;
    ::pthread_getattr_default_np(&before_);
    ::pthread_attr_init(&huge);
    ::pthread_attr_setstacksize(&huge, std::size_t{1} << 47);
    ::pthread_setattr_default_np(&huge);
    ::pthread_attr_destroy(&huge);
  }
  ~no_room_for_threads() {
    ::pthread_setattr_default_np(&before_);
    ::pthread_attr_destroy(&before_);
  }
  no_room_for_threads(const no_room_for_threads&) = delete;

private:
  pthread_attr_t before_{};
};

TEST_CASE("without a thread to write it there is an error with a code, and later the log goes on") {
  const scratch_folder folder;
  const std::string path = folder / "log.jsonl";
  const jsonl::options batched{.durability = durability::batched(std::chrono::milliseconds{1})};
  quick_adapter log = quick_open(path);
  {
    const no_room_for_threads now;
    CHECK(error_of([&] { static_cast<void>(begin(log, "a")); }).code() == errc::io_failed);
    CHECK(error_of([&] {
            static_cast<void>(jsonl::open(folder / "other.jsonl", batched));
          }).code() == errc::io_failed);
    append_words(log, "s", "b");
  }
  CHECK(begin(log, "c").get()->first == global_position{2});
  jsonl::adapter other = jsonl::open(folder / "other.jsonl", batched);
  append_words(other, "s", "d");
  CHECK(words_of(log) == "b c");
}

TEST_CASE("a forked child neither appends nor waits for the thread it does not have") {
  const scratch_folder folder;
  auto log = std::make_unique<quick_adapter>(quick_open(folder / "log.jsonl"));
  begin(*log, "a").wait();
  const pid_t child = ::fork();
  if (child == 0) {
    bool refused = false;
    try {
      static_cast<void>(begin(*log, "b"));
    } catch (const error& why) {
      refused = why.code() == errc::locked;
    }
    log.reset();
    ::_exit(refused ? 1 : 0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 1);
  CHECK(begin(*log, "c").get()->first == global_position{2});
}

} // namespace
