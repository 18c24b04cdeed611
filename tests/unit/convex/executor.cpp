#include "chat.hpp"

#include "../../support/scratch_folder.hpp"

#include <evstore/jsonl/adapter.hpp>
#include <evstore/memory/adapter.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace evstore;
using convex::array;
using convex::object;
using convex::value;

namespace {

using in_memory = chat::executor<memory::adapter>;
using on_disk = chat::executor<jsonl::adapter>;

in_memory new_executor(const memory::adapter& log = {}) {
  return {evstore::open<chat::events>(log), chat::functions()};
}
on_disk open_executor(const std::filesystem::path& file) {
  return {evstore::open<chat::events>(jsonl::open(file)), chat::functions()};
}

std::string text(const convex::answer& given) {
  if (!given.outcome) return given.outcome.error().what();
  return *given.outcome->get_if<std::string>();
}

template <class Executor>
std::string open_room(Executor& on) {
  return text(on.mutate({"rooms:open", object{{"title", "a room"}}}));
}

template <class Executor>
std::size_t count_messages(Executor& on, const std::string& room) {
  const auto listed = on.query({"messages:list", object{{"room", room}}});
  return listed.outcome->template get_if<array>()->size();
}

convex::function_call say(const std::string& room, value content) {
  return {"messages:send", object{{"room", room}, {"content", std::move(content)}}};
}

} // namespace

TEST_CASE("a mutation appends events and a query sees them") {
  auto chat = new_executor();
  const std::string room = open_room(chat);
  REQUIRE(convex::parse_id(room)->table_number == 10001);
  const value content = object{{"n", std::int64_t{7}}, {"z", -0.0}};
  const auto sent = chat.mutate(say(room, content));
  CHECK(sent.at == chat.head());
  const auto listed = chat.query({"messages:list", object{{"room", room}}});
  CHECK(listed.at == sent.at);
  const auto& only = listed.outcome->get_if<array>()->at(0);
  CHECK(*only.get_if<object>()->find("content") == content);
  CHECK(*only.get_if<object>()->find("_id") == *sent.outcome);
}

TEST_CASE("creation times rise with every event, whatever the clock does") {
  const auto ahead = std::chrono::floor<std::chrono::microseconds>(
      std::chrono::system_clock::now() + std::chrono::hours{1});
  convex::rising_clock clock{ahead}; // as if it had been set back since
  CHECK(clock.next() == ahead + std::chrono::microseconds{1});
  CHECK(clock.next() == ahead + std::chrono::microseconds{2});

  auto chat = new_executor();
  const std::string room = open_room(chat);
  for (int i = 0; i < 50; ++i) REQUIRE(chat.mutate(say(room, "x")).outcome);
  const auto listed = chat.query({"messages:list", object{{"room", room}}});
  double before = 0;
  for (const value& each : *listed.outcome->get_if<array>()) {
    const double created = *each.get_if<object>()->find("_creationTime")->get_if<double>();
    CHECK(created > before);
    before = created;
  }
}

TEST_CASE("what a function throws is its answer, and nothing of the mutation is kept") {
  auto chat = new_executor();
  const std::string room = open_room(chat);
  const auto before = chat.head();
  const auto empty = chat.mutate(say(room, ""));
  REQUIRE_FALSE(empty.outcome);
  CHECK(
      empty.outcome.error().what() ==
      std::string{
          R"(Uncaught ConvexError: {"code":"EMPTY_CONTENT","minLength":{"$integer":"AQAAAAAAAAA="}})"});
  CHECK(*empty.outcome.error().data() ==
        object{{"code", "EMPTY_CONTENT"}, {"minLength", std::int64_t{1}}});
  CHECK(text(chat.query({"broken:query", object{}})) == "Uncaught Error: out of luck");
  CHECK_FALSE(chat.query({"broken:query", object{}}).outcome.error().data());
  CHECK_THAT(text(chat.query({"broken:deep", object{}})), Catch::Contains("nested too deeply"));
  CHECK(chat.head() == before);
  CHECK(count_messages(chat, room) == 0);
}

TEST_CASE("a commit that conflicts with its own expectations is a failure") {
  auto chat = new_executor();
  const std::string nowhere = convex::write_id({10001, {1, 2, 3}});
  CHECK_THAT(text(chat.mutate(say(nowhere, "x"))), Catch::Contains("expected to be stream_exists"));
}

TEST_CASE(
    "unknown functions, functions of another kind and wrong arguments are said in Convex's words") {
  auto chat = new_executor();
  CHECK(text(chat.query({"rooms:nope", object{}})) ==
        "Could not find public function for 'rooms:nope'.");
  CHECK(text(chat.mutate({"rooms:count", object{}})) ==
        "Trying to execute rooms.js:count as Mutation, but it is defined as Query.");
  CHECK(text(chat.act({"rooms.js:open", object{}})) ==
        "Trying to execute rooms.js:open as Action, but it is defined as Mutation.");
  CHECK_THAT(
      text(chat.mutate({"rooms:open", object{}})),
      Catch::StartsWith("ArgumentValidationError: Object is missing the required field `title`."));
  CHECK(*chat.query({"rooms.js:newest", object{}}).outcome == value{});
  CHECK(*chat.query({"echo", object{{"a", 1.0}}}).outcome == object{{"a", 1.0}});
}

TEST_CASE("an action calls mutations and queries, and fails as they do") {
  auto chat = new_executor();
  CHECK(*chat.act({"rooms:openTwice", object{{"title", "two"}}}).outcome == value{2.0});
  CHECK(*chat.run({"rooms:openTwice", object{{"title", "two"}}}).outcome == value{4.0});
}

TEST_CASE(
    "a request that is sent again has its first answer at its first timestamp, also after a "
    "restart") {
  const evstore::tests::scratch_folder folder;
  const convex::request_key key{"89ec472b-cb0d-4350-bbcd-f2aba803d133", 4};
  convex::answer first{value{}, {}};
  std::string room;
  {
    auto chat = open_executor(folder / "chat.jsonl");
    room = open_room(chat);
    first = chat.mutate(say(room, "once"), key);
    REQUIRE(first.outcome);
    REQUIRE(chat.mutate(say(room, "other"), convex::request_key{key.session, 5}).outcome);
    const auto again = chat.mutate(say(room, "once"), key);
    CHECK(text(again) == text(first));
    CHECK(again.at == first.at);
    CHECK(count_messages(chat, room) == 2);
  }
  auto chat = open_executor(folder / "chat.jsonl");
  const auto again = chat.mutate(say(room, "once"), key);
  CHECK(text(again) == text(first));
  CHECK(again.at == first.at);
  CHECK(count_messages(chat, room) == 2);
}

TEST_CASE("the answer stands in the commit of its events, as the last of them") {
  const memory::adapter log;
  auto chat = new_executor(log);
  const std::string room = open_room(chat);
  const auto sent = chat.mutate(say(room, "once"), convex::request_key{"session", 1});
  auto reading = memory::adapter{log};
  auto cursor = reading.read_all(query::all(), {.from = sent.at});
  const auto last = cursor.next();
  REQUIRE(last.size() == 1);
  CHECK(last[0].type == "convex_mutation_answered");
  CHECK(last[0].commit == commit_part{2, 2});
}

TEST_CASE("a request that failed is not remembered") {
  auto chat = new_executor();
  const std::string room = open_room(chat);
  const convex::request_key key{"session", 1};
  CHECK_FALSE(chat.mutate(say(room, ""), key).outcome);
  CHECK(chat.mutate(say(room, "now it is right"), key).outcome);
  CHECK_THROWS_WITH(chat.mutate(say(room, "x"), convex::request_key{"a\nb", 1}),
                    Catch::Contains("session"));
}

TEST_CASE("answers are remembered for fourteen days of the log's own time") {
  convex::answer_memory answers;
  event_view recorded{};
  recorded.time = timestamp{std::chrono::days{100}};
  answers.evolve({"s", 1, {}}, recorded);
  recorded.time += std::chrono::days{14};
  answers.evolve({"s", 2, {}}, recorded);
  CHECK(answers.find({"s", 1}) != nullptr);
  recorded.time += std::chrono::microseconds{1};
  answers.evolve({"s", 3, {}}, recorded);
  CHECK(answers.find({"s", 1}) == nullptr);
  CHECK(answers.find({"s", 2}) != nullptr);
  CHECK(answers.size() == 2);
}

TEST_CASE("a query can be asked at any past timestamp, and sees whole commits") {
  auto chat = new_executor();
  const std::string room = open_room(chat);
  std::vector<global_position> after{chat.head()};
  for (int i = 0; i < 5; ++i)
    after.push_back(chat.mutate(say(room, "x"), convex::request_key{"s", i}).at);
  for (std::uint64_t at = 0; at <= chat.head().value(); ++at) {
    const auto seen = chat.query_at({"messages:list", object{{"room", room}}}, global_position{at});
    std::size_t expected = 0; // commits of two events
    while (expected < 5 && after[expected + 1].value() <= at) ++expected;
    INFO(at);
    CHECK(seen.outcome->get_if<array>()->size() == expected);
  }
  for (const std::uint64_t at : {11U, 3U, 4U, 9U, 3U, 10U, 1U, 11U, 0U, 9U, 5U}) { // to and fro
    const auto seen = chat.query_at({"messages:list", object{{"room", room}}}, global_position{at});
    CHECK(seen.outcome->get_if<array>()->size() == (at == 0 ? 0 : (at - 1) / 2));
    CHECK(seen.at == global_position{at});
  }
  CHECK_THROWS_WITH(chat.query_at({"rooms:count", object{}}, chat.head().next()),
                    Catch::Contains("future"));
  CHECK(*chat.query_at({"rooms:count", object{}}, global_position::origin()).outcome == value{0.0});
}

TEST_CASE("a client that subscribes to what the program is subscribed to sees nothing of it") {
  auto chat = new_executor();
  const auto wake = std::make_shared<const std::function<void()>>([] {});
  const convex::function_call secret{"rooms:secret", object{}};
  const auto of_program = chat.subscribe({secret.path, secret.arguments, true}, std::nullopt, wake);
  const auto of_client = chat.subscribe(secret, std::nullopt, wake);
  chat.look([&](global_position, const auto& current) {
    CHECK_THAT(*current(of_program), Catch::Contains("true"));
    CHECK_THAT(*current(of_client), Catch::Contains("Could not find public function"));
  });
}

TEST_CASE("what others append reaches queries and subscribers, with no mutation in between") {
  const memory::adapter log;
  auto chat = new_executor(log);
  auto other = evstore::open<chat::events>(log);
  std::atomic<int> woken{0};
  const auto wake = std::make_shared<const std::function<void()>>([&] {
    ++woken;
    woken.notify_all();
  });
  const auto watching = chat.subscribe({"rooms:newest", object{}}, std::nullopt, wake);
  const auto beside = chat.watch_head(wake);
  const auto shown = [&] {
    std::string text;
    chat.look([&](global_position, const auto& current) { text = *current(watching); });
    return text;
  };
  CHECK_THAT(shown(), Catch::Contains("null"));
  for (std::uint8_t i = 1; i <= 3; ++i) {
    const std::string room = convex::write_id({10001, {i}});
    other.append("room-" + room, no_stream, chat::room_opened{room, "from outside"}).value();
    for (int so_far = woken; so_far != 2 * i; so_far = woken) woken.wait(so_far);
    CHECK_THAT(shown(), Catch::Contains(room));
    CHECK(*chat.query({"rooms:count", object{}}).outcome == value{static_cast<double>(i)});
    CHECK(chat.head() == global_position{i});
  }
}

TEST_CASE("two executors on one store show each other's mutations, and each is carried out once") {
  const memory::adapter log;
  auto one = new_executor(log);
  auto two = new_executor(log);
  const std::string room = open_room(one);
  std::vector<std::thread> callers;
  for (auto* const each : {&one, &two})
    callers.emplace_back([&, each] {
      for (int k = 0; k < 50; ++k) {
        // Each request by both; the answer is that of whoever was first.
        const auto sent =
            each->mutate(say(room, static_cast<double>(k)), convex::request_key{"s", k});
        if (!sent.outcome) FAIL(sent.outcome.error().what());
      }
    });
  for (auto& caller : callers) caller.join();
  for (auto* const each : {&one, &two}) {
    while (each->head() != log.head()) std::this_thread::yield();
    CHECK(count_messages(*each, room) == 50);
  }
}

TEST_CASE("what others append is taken in before the next mutation") {
  const memory::adapter log;
  auto chat = new_executor(log);
  auto other = evstore::open<chat::events>(log);
  const std::string room = convex::write_id({10001, {9}});
  other.append("room-" + room, no_stream, chat::room_opened{room, "from outside"}).value();
  CHECK(chat.mutate(say(room, "hello")).outcome);
  CHECK(*chat.query({"rooms:newest", object{}}).outcome == value{room});
}

TEST_CASE("a log that another process writes is followed, and served to look at") {
  const evstore::tests::scratch_folder folder;
  auto writer = open_executor(folder / "chat.jsonl");
  const std::string room = open_room(writer);
  on_disk reader{evstore::open<chat::events>(jsonl::open_read_only(folder / "chat.jsonl")),
                 chat::functions()};
  for (int i = 0; i < 3; ++i) {
    const auto at = writer.mutate(say(room, static_cast<double>(i))).at;
    while (reader.head() < at) std::this_thread::yield();
    CHECK(count_messages(reader, room) == static_cast<std::size_t>(i) + 1);
  }
  CHECK_THROWS_WITH(reader.mutate(say(room, 3.0)), Catch::Contains("read"));
  CHECK(writer.mutate(say(room, 3.0)).outcome);
}

TEST_CASE("many threads call: every message is there once, and no query sees half a commit") {
  const evstore::tests::scratch_folder folder;
  auto chat = open_executor(folder / "chat.jsonl");
  const std::string room = open_room(chat);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int k = 0; k < 20; ++k) {
        const convex::request_key key{"session-" + std::to_string(i / 2), k}; // each by two threads
        const auto sent = chat.mutate(say(room, static_cast<double>(k)), key);
        if (!sent.outcome || chat.head() < sent.at) ++wrong;
      }
    });
  threads.emplace_back([&] {
    for (int k = 0; k < 200; ++k) {
      const auto seen = chat.query({"messages:list", object{{"room", room}}});
      // one event for the room, two for each message
      if (seen.at.value() != 1 + 2 * seen.outcome->template get_if<array>()->size()) ++wrong;
    }
  });
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(count_messages(chat, room) == 40);
}
