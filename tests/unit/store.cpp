#include "../support/bank.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <thread>
#include <vector>

using namespace evstore;
using bank::account_closed;
using bank::account_opened;
using bank::money_moved;

namespace {

bank::store new_store() { return open<bank::events>(memory::adapter{}); }

std::vector<event_record> all_of(const bank::store& store) {
  std::vector<event_record> all;
  for (const auto& event : store.read_all()) all.push_back(event.owned());
  return all;
}

} // namespace

TEST_CASE("what is appended is read back in order, byte for byte") {
  bank::store store = new_store();
  const append_receipt receipt =
      store.append("account-ada", no_stream, account_opened{"Ada"}, money_moved{-5, "ré\u0001\n"})
          .value();
  CHECK(receipt.version() == stream_version{2});
  const auto all = all_of(store);
  REQUIRE(all.size() == 2);
  CHECK(all[0].type == "account_opened");
  CHECK(all[0].data == R"({"owner":"Ada"})");
  CHECK(all[0].version == stream_version{1});
  CHECK(all[1].data == "{\"cents\":-5,\"reason\":\"ré\\u0001\\n\"}");
  CHECK(all[1].commit == commit_part{2, 2});
  CHECK(all[1].metadata.empty());
}

TEST_CASE("an envelope's id, tags, metadata and time are stored") {
  bank::store store = new_store();
  const event_id id = generate_event_id();
  const timestamp time{std::chrono::microseconds{1'000'001}};
  store
      .append("account-ada", any,
              envelope{money_moved{1, "x"},
                       {.id = id,
                        .tags = {"owner:ada", "kind:gift"},
                        .metadata = {.correlation = "talk-1",
                                     .causation = "command-7",
                                     .user = {{"client", "cli"}}},
                        .time = time}})
      .value();
  const event_record stored = all_of(store).front();
  CHECK(stored.id == id);
  CHECK(stored.tags == std::vector<std::string>{"owner:ada", "kind:gift"});
  CHECK(stored.metadata ==
        R"({"correlation":"talk-1","causation":"command-7","user":{"client":"cli"}})");
  CHECK(stored.time == time);
}

TEST_CASE("events of many forms are one commit") {
  bank::store store = new_store();
  using either = std::variant<money_moved, account_closed>;
  const std::vector<either> later{money_moved{1, "a"}, account_closed{"b"}};
  store.append("account-ada", any, account_opened{"Ada"}, later, std::optional<money_moved>{})
      .value();
  const auto all = all_of(store);
  REQUIRE(all.size() == 3);
  CHECK(all[0].type == "account_opened");
  CHECK(all[2].type == "account_closed");
  CHECK(all[2].commit == commit_part{3, 3});
}

TEST_CASE(
    "of two writers with one expected version exactly one wins, and nothing is half-written") {
  bank::store store = new_store();
  store.append("account-ada", no_stream, account_opened{"Ada"}).value();
  const auto first = store.append("account-ada", exactly(1), money_moved{1, "first"});
  const auto second =
      store.append("account-ada", exactly(1), money_moved{2, "second"}, account_closed{"second"});
  CHECK(first.has_value());
  REQUIRE(!second.has_value());
  CHECK(second.error().expected == exactly(1));
  CHECK(second.error().actual == stream_version{2});
  CHECK(all_of(store).size() == 2);
}

TEST_CASE("of many threads with one expected version exactly one wins each round") {
  bank::store store = new_store();
  constexpr std::uint64_t rounds = 200;
  std::vector<std::uint64_t> wins(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wins.size(); ++t)
    threads.emplace_back([&store, &win = wins[t]] {
      for (std::uint64_t round = 0; round < rounds; ++round)
        if (store.append("account-ada", exactly(round), money_moved{1, "race"})) ++win;
    });
  for (std::thread& thread : threads) thread.join();
  std::uint64_t sum = 0;
  for (const std::uint64_t won : wins) sum += won;
  CHECK(sum == store.state_of("account-ada").version.value());
  CHECK(sum == store.head().value());
}

TEST_CASE("what JSON cannot say is refused before anything is written") {
  bank::store store = new_store();
  CHECK_THROWS_AS(store.append("account-ada", any, money_moved{1, "ok"}, money_moved{2, "\xFF"}),
                  error);
  CHECK(store.head() == global_position::origin());
  // and the next commit does not see what was begun
  store.append("account-ada", any, money_moved{3, "fine"}).value();
  CHECK(all_of(store).size() == 1);
}

TEST_CASE("a commit over several streams is all or nothing") {
  bank::store store = new_store();
  store.append("account-ada", any, money_moved{10, "start"}).value();
  const auto refused = store.commit()
                           .write("account-ada", exactly(1), money_moved{-5, "to bob"})
                           .write("account-bob", exactly(3), money_moved{5, "from ada"})
                           .append();
  REQUIRE(!refused.has_value());
  CHECK(refused.error().what == "account-bob");
  CHECK(store.head() == global_position{1});

  const auto receipt = store.commit()
                           .write("account-ada", exactly(1), money_moved{-5, "to bob"})
                           .write("account-bob", no_stream, money_moved{5, "from ada"})
                           .guard("account-eve", no_stream)
                           .append()
                           .value();
  CHECK(receipt.versions == std::vector{stream_version{2}, stream_version{1}, stream_version{0}});
}

TEST_CASE("of a write that is refused nothing is left in the commit") {
  bank::store store = new_store();
  auto paid = store.commit();
  std::move(paid).write("account-ada", any, account_opened{"Ada"});
  const envelope marked{
      money_moved{1, "marked"},
      {.id = generate_event_id(), .tags = {"kind:gift"}, .metadata = {.correlation = "\xFF"}}};
  CHECK_THROWS_AS(std::move(paid).write("account-bob", any, money_moved{2, "fine"}, marked), error);
  CHECK_THROWS_AS(std::move(paid).write("account-bob", any, money_moved{3, "\xFF"}), error);
  std::move(paid).write("account-bob", any,
                        envelope{money_moved{4, "again"}, {.tags = {"kind:debt"}}});
  const auto receipt = std::move(paid).append().value();
  CHECK(receipt.versions == std::vector{stream_version{1}, stream_version{1}});
  const auto all = all_of(store);
  REQUIRE(all.size() == 2);
  CHECK(all[0].data == R"({"owner":"Ada"})");
  CHECK(all[1].data == R"({"cents":4,"reason":"again"})");
  CHECK(all[1].tags == std::vector<std::string>{"kind:debt"});
  CHECK(all[1].metadata.empty());
}

TEST_CASE("a commit can require that nothing that matches was appended since") {
  bank::store store = new_store();
  const global_position seen = store.head();
  const query of_ada = query::tags({"owner:ada"});
  const auto claim = [&] {
    return store.commit()
        .write("account-1", any, envelope{account_opened{"Ada"}, {.tags = {"owner:ada"}}})
        .require(of_ada, seen)
        .append();
  };
  CHECK(claim().has_value());
  const auto second = claim();
  REQUIRE(!second.has_value());
  CHECK(second.error().reason == append_conflict::kind::condition);
  CHECK(second.error().at == global_position{1});
}

TEST_CASE("an append that is not waited for is the same append") {
  auto store = new_store();
  const auto opened = store.append_async("account-ada", no_stream, account_opened{"Ada"});
  const auto again = store.append_async("account-ada", no_stream, account_opened{"Ada"});
  const auto moved = store.commit()
                         .guard("account-ada", exactly(1))
                         .write("account-bob", no_stream, money_moved{5, "x"}, money_moved{6, "y"})
                         .append_async();
  CHECK(opened.get().value().version() == stream_version{1});
  CHECK(again.get().error().reason == append_conflict::kind::version);
  CHECK(moved.get()->last == global_position{3});
  CHECK(store.head() == global_position{3});
}

TEST_CASE("a retry with the same ids returns the first receipt") {
  bank::store store = new_store();
  const envelope paid{money_moved{5, "once"}, {.id = generate_event_id()}};
  const append_receipt first = store.append("account-ada", no_stream, paid).value();
  const append_receipt again = store.append("account-ada", no_stream, paid).value();
  CHECK(!first.replayed);
  CHECK(again.replayed);
  CHECK(again.last == first.last);
  CHECK(store.head() == global_position{1});
}

TEST_CASE("a typed range passes over facts and treats unknown types as the policy says") {
  memory::adapter adapter;
  bank::store newer{adapter};
  newer.append("account-ada", any, account_opened{"Ada"}, account_closed{"moved away"}).value();
  newer.truncate("account-ada", stream_version{2}, stream_exists).value();

  const auto types_by = [&](unknown_events policy) {
    const auto older = open<bank::older_events>(adapter, {.unknown = policy});
    std::vector<std::string> types;
    for (const auto& event : older.read_all()) types.emplace_back(event.type());
    return types;
  };
  CHECK(types_by(unknown_events::skip).empty());
  CHECK(types_by(unknown_events::preserve) == std::vector<std::string>{"account_closed"});
  CHECK_THROWS_AS(types_by(unknown_events::error), error);
}

TEST_CASE("a typed event is visited, asked and taken") {
  bank::store store = new_store();
  store.append("account-ada", any, account_opened{"Ada"}, money_moved{5, "x"}).value();
  std::string said;
  for (const auto& event : store.read("account-ada")) {
    CHECK(event.known());
    event.visit([&](const account_opened& opened) { said += opened.owner; },
                [&](const money_moved& moved) { said += ":" + moved.reason; }, [](const auto&) {});
    CHECK(event.is<money_moved>() == event.as<money_moved>().has_value());
  }
  CHECK(said == "Ada:x");
}

TEST_CASE("ranges follow order, begin and limit") {
  bank::store store = new_store();
  for (int i = 1; i <= 5; ++i) store.append("account-ada", any, money_moved{i, ""}).value();
  std::vector<std::int64_t> cents;
  for (const auto& event : store.read(
           "account-ada", {.order = direction::backwards, .from = stream_version{4}, .limit = 2}))
    cents.push_back(event.as<money_moved>()->cents);
  CHECK(cents == std::vector<std::int64_t>{4, 3});
  CHECK(store.read("account-nobody").next() == nullptr);
}

TEST_CASE("a range models an input range with a sentinel") {
  using range = decltype(std::declval<const bank::store&>().read_all());
  using iterator = decltype(std::declval<range&>().begin());
  static_assert(std::input_iterator<iterator>);
  static_assert(std::sentinel_for<std::default_sentinel_t, iterator>);
  static_assert(!std::forward_iterator<iterator>);
}

TEST_CASE("a tombstoned stream takes no more events and folds to nothing") {
  bank::store store = new_store();
  store.append("account-ada", any, account_opened{"Ada"}).value();
  static_cast<void>(store.take_snapshot<bank::account>("account-ada"));
  store.tombstone("account-ada", exactly(1)).value();
  const auto refused = store.append("account-ada", any, money_moved{1, ""});
  REQUIRE(!refused.has_value());
  CHECK(refused.error().reason == append_conflict::kind::tombstoned);
  const auto gone = store.fold<bank::account>("account-ada");
  CHECK(gone.tombstoned);
  CHECK(*gone == bank::account{});
  CHECK(gone.version == stream_version{2});
}

TEST_CASE("a truncated stream folds what is left, and says what is missing") {
  bank::store store = new_store();
  for (int i = 1; i <= 4; ++i) store.append("account-ada", any, money_moved{i, ""}).value();
  store.truncate("account-ada", stream_version{3}, exactly(4)).value();
  const auto left = store.fold<bank::account>("account-ada");
  CHECK(left->cents == 3 + 4);
  CHECK(left.version == stream_version{5});
  REQUIRE(left.warnings.size() == 1);
  CHECK_THAT(left.warnings.front(), Catch::Contains("versions 1 to 2"));
}

TEST_CASE("order follows position, not the recorded time") {
  bank::store store = new_store();
  for (const int day : {3, 1, 2})
    store
        .append("account-ada", any,
                envelope{account_opened{std::to_string(day)},
                         {.time = timestamp{std::chrono::hours{24 * day}}}})
        .value();
  CHECK(store.fold<bank::account>("account-ada")->owner == "2");
  std::vector<std::int64_t> times;
  for (const auto& event : store.read_all())
    times.push_back(event.time().time_since_epoch() / std::chrono::hours{24});
  CHECK(times == std::vector<std::int64_t>{3, 1, 2});
}

TEST_CASE("many threads append and fold through one store") {
  bank::store store = new_store();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&store, t] {
      const std::string stream = "account-" + std::to_string(t);
      for (int i = 0; i < 250; ++i) {
        store
            .append(stream, exactly(static_cast<std::uint64_t>(i)),
                    envelope{money_moved{t, stream}, {.tags = {stream}}})
            .value();
        if (i % 50 == 0) static_cast<void>(store.fold<bank::account>(stream));
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (int t = 0; t < 4; ++t) {
    const std::string stream = "account-" + std::to_string(t);
    CHECK(store.fold<bank::account>(stream)->cents == t * 250);
    CHECK(store.fold<bank::account>(query::tags({stream}))->cents == t * 250);
  }
}
