#include "../support/bank.hpp"
#include "../support/scratch_folder.hpp"

#include <evstore/jsonl/adapter.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

// What the typed layer promises, on files: across reopening, and from adapter to adapter.

using namespace evstore;
using bank::account;
using bank::account_closed;
using bank::account_opened;
using bank::balances;
using bank::money_moved;
using evstore::tests::scratch_folder;

namespace {

const std::string ada = "account-ada";

auto open_at(const std::string& path) {
  return open<bank::events>(jsonl::open(path, {.durability = jsonl::durability::none()}));
}

std::string bytes_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

template <class Adapter>
std::vector<event_record> all_of(Adapter& adapter) {
  std::vector<event_record> all;
  auto cursor = adapter.read_all(query::all(), {});
  for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
    for (const event_view& event : batch) all.emplace_back(event);
  return all;
}

} // namespace

TEST_CASE("a log goes from JSONL through memory to JSONL and stays the same") {
  const scratch_folder folder;
  auto first = open_at(folder / "first.jsonl");
  first.append(ada, no_stream, account_opened{"Ada \u0001 é 🐉"}).value();
  first.commit()
      .write(
          ada, exactly(1),
          envelope{
              money_moved{INT64_MIN, "least"},
              {.id = generate_event_id(), .tags = {"owner:ada"}, .metadata = {.causation = "c7"}}})
      .write("account-bob", no_stream, money_moved{INT64_MAX, "most"}, account_closed{""})
      .append()
      .value();
  first.truncate("account-bob", stream_version{2}, any).value();

  memory::adapter between;
  CHECK(copy(first.adapter(), between).copied == 4); // what is hidden is not copied
  auto last = open_at(folder / "last.jsonl");
  const transfer_report report = copy(between, last.adapter());
  CHECK(*report.destination == report.source);
  CHECK(report.source == copy(first.adapter(), between).source);
  CHECK(json::to_string(*last.fold<account>(ada)) == json::to_string(*first.fold<account>(ada)));
  CHECK(last.state_of("account-bob") == first.state_of("account-bob"));
  CHECK(copy(first.adapter(), last.adapter()).found == 4);
}

TEST_CASE("snapshots and kept projections are found again by the next process") {
  const scratch_folder folder;
  const std::string path = folder / "bank.jsonl";
  {
    auto store = open_at(path);
    store.append(ada, any, account_opened{"Ada"}, money_moved{5, ""}).value();
    static_cast<void>(store.take_snapshot<account>(ada));
    store.keep(store.project<balances>());
    store.append(ada, any, money_moved{6, ""}).value();
  }
  const std::string log = bytes_of(path);
  auto store = open_at(path);
  const auto loaded = store.fold<account>(ada);
  CHECK(loaded.from_snapshot == stream_version{2});
  CHECK(loaded.replayed == 1);
  CHECK(loaded->cents == 11);
  CHECK(loaded.warnings.empty());
  auto kept = restore_projection<jsonl::adapter, balances>(store.adapter());
  CHECK(kept.checkpoint == global_position{2});
  CHECK(store.project(kept) == 1);
  CHECK(kept->cents.at(ada) == 11);
  CHECK(bytes_of(path) == log);
}

TEST_CASE("the snapshots of another log are not taken for this one's") {
  const scratch_folder folder;
  const auto fill = [&](const std::string& name, const std::string& owner) {
    auto store = open_at(folder / name);
    store.append(ada, any, account_opened{owner}).value();
    static_cast<void>(store.take_snapshot<account>(ada));
  };
  fill("bank.jsonl", "Ada");
  fill("other.jsonl", "Eve");
  std::filesystem::copy_file(folder / "other.jsonl", folder / "bank.jsonl",
                             std::filesystem::copy_options::overwrite_existing);
  const auto loaded = open_at(folder / "bank.jsonl").fold<account>(ada);
  CHECK(loaded->owner == "Eve");
  CHECK(!loaded.from_snapshot);
  CHECK(loaded.warnings.size() == 1);
}

TEST_CASE("reading with newer types leaves the bytes of the log alone") {
  const scratch_folder folder;
  const std::string path = folder / "bank.jsonl";
  {
    auto newer = open_at(path);
    newer.append(ada, any, account_opened{"Ada"}, account_closed{"moved  away"}).value();
  }
  const std::string before = bytes_of(path);
  const auto older =
      open<bank::older_events>(jsonl::open_read_only(path), {.unknown = unknown_events::preserve});
  const auto kept = older.fold<balances>(ada).preserved;
  REQUIRE(kept.size() == 1);
  CHECK(kept.front().data == R"({"reason":"moved  away"})");
  CHECK_THROWS_AS(open<bank::older_events>(jsonl::open_read_only(path)).fold<balances>(ada), error);
  CHECK(bytes_of(path) == before);
}

TEST_CASE("a reader's subscription sees each event once while a writer appends ten thousand") {
  const scratch_folder folder;
  const std::string path = folder / "bank.jsonl";
  auto store = open_at(path);
  store.append(ada, any, money_moved{1, ""}).value();
  // Opened a second time, as another process would.
  auto subscribed = open<bank::events>(jsonl::open_read_only(path)).subscribe({});
  constexpr std::uint64_t last = 10'000;
  std::thread writer{[&store] {
    for (std::uint64_t i = 2; i <= last;) {
      const std::uint64_t size = std::min<std::uint64_t>(1 + i % 7, last - i + 1);
      store.append(ada, any, std::vector(size, money_moved{1, ""})).value();
      i += size;
    }
  }};
  std::uint64_t expected = 1;
  bool in_order = true;
  while (expected <= last) {
    const auto batch = subscribed.next(std::chrono::seconds{30});
    if (batch.empty()) break;
    for (const auto& event : batch) in_order = in_order && event.position().value() == expected++;
  }
  writer.join();
  CHECK(in_order);
  CHECK(expected == last + 1);
}

TEST_CASE("a handle that was moved from says so, whatever it is asked") {
  const scratch_folder folder;
  const auto ask = [](auto first) {
    const auto second = std::move(first); // a store, and its adapter with it
    const auto refuses = [](auto&& call) {
      try {
        static_cast<void>(call());
        return false;
      } catch (const error& why) {
        return why.code() == errc::invalid_argument &&
               std::string{why.what()}.find("moved from") != std::string::npos;
      }
    };
    CHECK(refuses([&] { return first.append(ada, any, account_opened{"Ada"}); }));
    CHECK(refuses([&] { return first.append_async(ada, any, account_opened{"Ada"}); }));
    CHECK(refuses([&] { return first.template fold<account>(ada); }));
    CHECK(refuses([&] { return first.template take_snapshot<account>(ada); }));
    CHECK(refuses([&] { return first.read(ada); }));
    CHECK(refuses([&] { return first.read_all(); }));
    CHECK(refuses([&] { return first.head(); }));
    CHECK(refuses([&] { return first.state_of(ada); }));
    CHECK(refuses([&] { return first.adapter().load_snapshot("k"); }));
    CHECK(refuses([&] { first.adapter().save_snapshot("k", {.state = "{}"}); }));
    CHECK(refuses([&] { return first.adapter().wait_beyond({}, std::chrono::milliseconds{0}); }));
    CHECK(second.head() == global_position{});
  };
  ask(bank::store{memory::adapter{}});
  ask(open_at(folder / "log.jsonl"));
  jsonl::adapter reader = jsonl::open_read_only(folder / "log.jsonl");
  const jsonl::adapter moved = std::move(reader);
  CHECK_THROWS_AS(reader.head(), error);
  CHECK_THROWS_AS(reader.path(), error);
  CHECK(moved.head() == global_position{});
}
