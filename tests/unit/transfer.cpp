#include "../support/bank.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

using namespace evstore;
using bank::account_closed;
using bank::account_opened;
using bank::money_moved;

namespace {

/// A log with all that an event can bear.
memory::adapter source_log() {
  bank::store store{memory::adapter{}};
  store.append("account-ada", no_stream, account_opened{"Ada"}).value();
  store.commit()
      .write("account-ada", exactly(1),
             envelope{money_moved{-5, "to bob \u0001 ré"},
                      {.id = generate_event_id(),
                       .tags = {"owner:ada", "kind:gift"},
                       .metadata = {.causation = "command-7"},
                       .time = timestamp{std::chrono::microseconds{123'456}}}})
      .write("account-bob", no_stream, money_moved{5, "from ada"}, account_closed{"done"})
      .append()
      .value();
  for (int i = 0; i < 50; ++i) store.append("account-eve", any, money_moved{i, ""}).value();
  return store.adapter();
}

/// Takes many commits at once, unless it is told not to.
class importing_adapter : public memory::adapter {
public:
  bool import_commits(std::span<const commit_view> commits) {
    ++*asked_;
    if (refuses_) return false;
    for (const commit_view& commit : commits) append(commit).value();
    return true;
  }
  void refuse() { refuses_ = true; }
  [[nodiscard]] int times_asked() const { return *asked_; }

private:
  std::shared_ptr<int> asked_ = std::make_shared<int>(0);
  bool refuses_ = false;
};
static_assert(importer<importing_adapter> && !importer<memory::adapter>);

std::vector<event_record> all_of(memory::adapter& adapter) {
  std::vector<event_record> all;
  auto cursor = adapter.read_all(query::all(), {});
  for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
    for (const event_view& event : batch) all.emplace_back(event);
  return all;
}

error error_of(memory::adapter& source, memory::adapter& destination) {
  try {
    copy(source, destination);
  } catch (const error& thrown) {
    return thrown;
  }
  return error{errc::invalid_argument, "nothing was thrown"};
}

} // namespace

TEST_CASE("a copy has the same events, order, ids, times, tags, bytes and commits") {
  memory::adapter source = source_log();
  memory::adapter destination;
  const transfer_report report = copy(source, destination);
  CHECK(report.copied == 54);
  CHECK(report.found == 0);
  CHECK(report.source.events() == 54);
  REQUIRE(report.destination);
  CHECK(*report.destination == report.source);
  CHECK(all_of(destination) == all_of(source));
  const auto state_in = [](memory::adapter& adapter) {
    return json::to_string(*open<bank::events>(adapter).fold<bank::account>("account-ada"));
  };
  CHECK(state_in(destination) == state_in(source));
}

TEST_CASE("a destination that can take many commits at once is given them so") {
  memory::adapter source = source_log();
  importing_adapter destination;
  bool is_told_of_what_is_there = true;
  SECTION("and takes them") {
    CHECK(copy(source, destination).copied == 54);
    CHECK(destination.times_asked() == 1);
  }
  SECTION("or has them appended one by one") {
    destination.refuse();
    CHECK(copy(source, destination).copied == 54);
  }
  SECTION("and has those that progress is told of") {
    const auto look = [&](const transfer_progress& so_far) {
      is_told_of_what_is_there =
          is_told_of_what_is_there && destination.head().value() == so_far.events;
    };
    CHECK(copy(source, destination, {.progress = look, .progress_every = 10}).copied == 54);
    CHECK(destination.times_asked() > 4);
  }
  CHECK(is_told_of_what_is_there);
  CHECK(all_of(destination) == all_of(source));
}

TEST_CASE("an empty log is copied to an empty log") {
  memory::adapter source;
  memory::adapter destination;
  CHECK(copy(source, destination).copied == 0);
  CHECK(destination.head() == global_position::origin());
}

TEST_CASE("a copy goes on where it was left") {
  memory::adapter source = source_log();
  memory::adapter destination;
  CHECK(copy(source, destination).copied == 54);
  CHECK(copy(source, destination).found == 54);
  bank::store{source}
      .append("account-ada", any, money_moved{1, "later"}, money_moved{2, "later"})
      .value();
  const transfer_report report = copy(source, destination);
  CHECK(report.found == 54);
  CHECK(report.copied == 2);
  CHECK(all_of(destination) == all_of(source));
}

TEST_CASE("a destination that is no beginning of the source is refused, naming the event") {
  memory::adapter source = source_log();
  SECTION("another event") {
    memory::adapter destination;
    bank::store{destination}.append("account-ada", any, account_opened{"Eve"}).value();
    const error thrown = error_of(source, destination);
    CHECK(thrown.code() == errc::corrupt);
    CHECK(thrown.place().stream == "account-ada");
    CHECK(thrown.place().version == 1u);
    CHECK(destination.head() == global_position{1});
  }
  SECTION("one more event") {
    memory::adapter destination;
    copy(source, destination);
    bank::store{destination}.append("account-ada", any, account_opened{"Eve"}).value();
    CHECK(error_of(source, destination).code() == errc::corrupt);
  }
  SECTION("a part of a commit") {
    memory::adapter destination;
    copy(source, destination);
    memory::adapter longer = source_log();
    CHECK(error_of(longer, destination).code() == errc::corrupt); // other ids
  }
}

TEST_CASE("truncated and tombstoned streams are copied as they are shown, versions and all") {
  memory::adapter source = source_log();
  bank::store store{source};
  store.truncate("account-eve", stream_version{20}, any).value();
  store.tombstone("account-bob", any).value();
  store.append("account-eve", any, money_moved{1, "later"}).value();
  memory::adapter destination;
  const transfer_report report = copy(source, destination);
  CHECK(*report.destination == report.source);
  CHECK(destination.state_of("account-eve") == source.state_of("account-eve"));
  CHECK(destination.state_of("account-bob") == source.state_of("account-bob"));
  const auto eve = [](memory::adapter& adapter) {
    std::vector<std::uint64_t> versions;
    for (const auto& event : open<bank::events>(adapter).read("account-eve"))
      versions.push_back(event.version().value());
    return versions;
  };
  CHECK(eve(destination) == eve(source));
  CHECK(copy(source, destination).copied == 0);
}

/// Takes no commit of more events than a copy may have in memory.
struct small_commits : memory::adapter {
  append_result append(const commit_view& commit) {
    for (const stream_write& write : commit.writes) most = std::max(most, write.events.size());
    if (refuses_after && --refuses_after == 0) throw error{errc::storage_full, "no more"};
    return memory::adapter::append(commit);
  }
  std::size_t most = 0;
  int refuses_after = 0;
};

TEST_CASE("a long gap is filled in pieces, and goes on where it was interrupted") {
  memory::adapter source;
  bank::store store{source};
  constexpr std::uint64_t hidden = 5000;
  store.append("account-ada", any, std::vector<money_moved>(hidden, money_moved{1, "x"})).value();
  store.truncate("account-ada", stream_version{hidden + 1}, any).value();
  small_commits destination;
  destination.refuses_after = 4;
  CHECK_THROWS_AS(copy(source, destination), error);
  CHECK(destination.state_of("account-ada").version > stream_version{1000});
  const transfer_report report = copy(source, destination);
  CHECK(*report.destination == report.source);
  CHECK(destination.state_of("account-ada") == source.state_of("account-ada"));
  CHECK(destination.most < hidden / 2);
}

TEST_CASE("a copy goes on after the source has hidden what was copied") {
  memory::adapter source = source_log();
  memory::adapter destination;
  copy(source, destination);
  bank::store store{source};
  store.truncate("account-eve", stream_version{20}, any).value();
  store.tombstone("account-bob", any).value();
  const transfer_report report = copy(source, destination);
  CHECK(report.copied == 2);
  CHECK(*report.destination == report.source);
}

TEST_CASE("progress is told as it is made") {
  memory::adapter source = source_log();
  memory::adapter destination;
  std::vector<std::uint64_t> told;
  copy(source, destination,
       {.progress = [&](const transfer_progress& so_far) { told.push_back(so_far.events); },
        .progress_every = 20});
  CHECK(told == std::vector<std::uint64_t>{20, 40, 54});
}

TEST_CASE("a digest tells logs apart by every part of an event") {
  const auto digest = [](auto change) {
    event_record event;
    event.stream = "s";
    event.version = stream_version{1};
    event.type = "t";
    event.data = "{}";
    event.tags = {"a", "b"};
    change(event);
    log_digest made;
    made.add(event, event.commit);
    return made.to_string();
  };
  const std::vector<std::string> digests{
      digest([](event_record&) {}),
      digest([](event_record& e) { e.stream = "x"; }),
      digest([](event_record& e) { e.version = stream_version{2}; }),
      digest([](event_record& e) { e.type = "x"; }),
      digest([](event_record& e) { e.schema = 2; }),
      digest([](event_record& e) { e.id = generate_event_id(); }),
      digest([](event_record& e) { e.time += std::chrono::microseconds{1}; }),
      digest([](event_record& e) { e.tags = {"ab"}; }),
      digest([](event_record& e) { e.data = "{ }"; }),
      digest([](event_record& e) { e.metadata = "{}"; }),
      digest([](event_record& e) {
        e.commit = {1, 2};
      }),
  };
  for (std::size_t i = 0; i < digests.size(); ++i)
    for (std::size_t k = 0; k < i; ++k) CHECK(digests[i] != digests[k]);
  CHECK(digest([](event_record& e) { e.position = global_position{9}; }) == digests[0]);
}

TEST_CASE("a digest can be computed by anyone: the documented form") {
  // uuid5(nil, b"1:s,1:1,1:t,1:1,0:,27:1970-01-01T00:00:00.000000Z,1:0,2:{},0:,1:1,1:1,"), from
  // Python
  event_record event;
  event.stream = "s";
  event.version = stream_version{1};
  event.type = "t";
  event.data = "{}";
  log_digest made;
  CHECK(made.to_string() == "00000000-0000-0000-0000-000000000000");
  made.add(event, event.commit);
  CHECK(made.to_string() == "d988553e-49e9-567a-89c3-3b24baa4db4c");
}
