#include "chat.hpp"

#include <evstore/convex/http_api.hpp>
#include <evstore/memory/adapter.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace evstore;
using convex::http_request;
using convex::http_response;
using convex::object;

namespace {

using executor = chat::executor<memory::adapter>;

struct program {
  memory::adapter log;
  executor runs{evstore::open<chat::events>(log), chat::functions()};
  convex::http_api<executor> api{runs, {.shows_events = true}};

  std::string open_room() {
    return *runs.mutate({"rooms:open", object{{"title", "a"}}}).outcome->get_if<std::string>();
  }
  void say(const std::string& room, const std::string& content,
           std::optional<convex::request_key> key = std::nullopt) {
    const convex::value message = object{{"room", room}, {"content", content}};
    REQUIRE(runs.mutate({"messages:send", message}, std::move(key)).outcome);
  }
  http_response ask(std::string_view target, std::optional<std::string_view> last = std::nullopt) {
    return api.respond({.method = "GET", .target = target, .last_event_id = last});
  }
};

/// One who reads a feed: what of it was there, and whether there is more.
class reader {
public:
  explicit reader(const http_response& response) : body_{response.rest} {
    REQUIRE(response.status == 200);
    CHECK(response.content_type == "text/event-stream");
    REQUIRE(body_);
    body_->listen(std::make_shared<const std::function<void()>>([woken = woken_] {
      *woken = true;
      woken->notify_all();
    }));
  }

  /// What is there now; `most` is the size of the largest piece.
  std::string hear() {
    std::string text;
    for (auto piece = body_->next();; piece = body_->next()) {
      text += piece.text;
      most = std::max(most, piece.text.size());
      if (piece.is_all) return text;
    }
  }
  /// Who commits is answered first, and readers are woken then.
  void wait_until_woken() const { woken_->wait(false); }
  [[nodiscard]] std::string pulse() const { return body_->pulse(); }

  std::size_t most = 0;

private:
  std::shared_ptr<std::atomic<bool>> woken_ = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<convex::endless_body> body_;
};

/// The ids in a text of server-sent events that bring data.
std::vector<int> ids(std::string_view text) {
  std::vector<int> all;
  for (std::size_t at = text.find("\ndata: "); at != text.npos;
       at = text.find("\ndata: ", at + 1)) {
    const std::size_t begin = text.rfind("id: ", at) + 4;
    all.push_back(std::stoi(std::string{text.substr(begin, at - begin)}));
  }
  return all;
}

std::string code(const http_response& refused) {
  const convex::value body = convex::decode(refused.body);
  return std::to_string(refused.status) + " " +
         *body.get_if<object>()->find("code")->get_if<std::string>();
}

} // namespace

TEST_CASE("a feed begins at its position, tells what is there, and then what comes") {
  program chat;
  const std::string room = chat.open_room();
  chat.say(room, "one");
  reader from_one{chat.ask("/api/events?from=1")};
  const std::string heard = from_one.hear();
  CHECK_THAT(
      heard,
      Catch::StartsWith("retry: 1000\nid: 0\n\nid: 1\ndata: {\"position\":1,\"stream\":\"room-" +
                        room + "\",\"version\":1,\"type\":\"room_opened\",\"time\":\"20") &&
          Catch::Contains("\"data\":{\"id\":\"" + room + "\",\"title\":\"a\"}}\n\nid: 2\n") &&
          Catch::EndsWith("\"content\":\"one\"}}\n\n"));
  reader from_now{chat.ask("/api/events")};
  CHECK(from_now.hear() == "retry: 1000\nid: 2\n\n");
  chat.say(room, "two\nlines");
  from_one.wait_until_woken();
  CHECK(ids(from_one.hear()) == std::vector{3});
  CHECK_THAT(from_now.hear(), Catch::Contains(R"("content":"two\nlines"}})"));
  CHECK(from_now.hear().empty());
}

TEST_CASE("who comes back says what it had last, whatever its address says") {
  program chat;
  const std::string room = chat.open_room();
  for (const char* text : {"one", "two", "three"}) chat.say(room, text);
  CHECK(ids(reader{chat.ask("/api/events?from=1", "2")}.hear()) == std::vector{3, 4});
  CHECK(ids(reader{chat.ask("/api/events?from=1", "")}.hear()) == std::vector{1, 2, 3, 4});
  CHECK(ids(reader{chat.ask("/api/events?from=0")}.hear()) == std::vector{1, 2, 3, 4});
  CHECK(ids(reader{chat.ask("/api/events?from=5")}.hear()).empty());
  CHECK(ids(reader{chat.ask("/api/events", "0")}.hear()) == std::vector{1, 2, 3, 4});
}

TEST_CASE("only the events of a stream, of types, or with tags") {
  program chat;
  const std::string room = chat.open_room();
  const std::string other = chat.open_room();
  for (int i = 0; i < 5; ++i) chat.say(i % 2 == 0 ? room : other, "x"); // positions 3 to 7
  auto beside = evstore::open<chat::events>(chat.log);
  beside
      .append("room-" + room, any,
              envelope{chat::message_sent{"m", room, raw_json{"null"}}, {.tags = {"odd one"}}})
      .value();
  const auto told = [&](const std::string& parameters, const char* last = "0") {
    return ids(reader{chat.ask("/api/events?" + parameters, last)}.hear());
  };
  while (chat.runs.head() != global_position{8}) std::this_thread::yield();
  CHECK(told("stream=room-" + room) == std::vector{1, 3, 5, 7, 8});
  CHECK(told("stream=room-" + room, "3") == std::vector{5, 7, 8});
  CHECK(told("stream=room-" + room, "4") == std::vector{5, 7, 8});
  CHECK(told("stream=room-" + other, "2") == std::vector{4, 6});
  CHECK(told("stream=nobody").empty());
  CHECK(told("type=room_opened") == std::vector{1, 2});
  CHECK(told("type=room_opened&type=message_sent&stream=room-" + other) == std::vector{2, 4, 6});
  CHECK(told("tag=odd+one") == std::vector{8});
  CHECK(told("tag=odd%20one&type=room_opened").empty());

  // What concerned somebody else moves them on all the same.
  reader of_other{chat.ask("/api/events?stream=room-" + other, "0")};
  of_other.hear();
  CHECK(of_other.pulse() == "id: 8\n\n");
  chat.say(room, "x");
  CHECK(of_other.hear().empty());
  CHECK(of_other.pulse() == "id: 9\n\n");
  chat.say(other, "y");
  CHECK(ids(of_other.hear()) == std::vector{10});
  beside.truncate("room-" + other, stream_version{4}, any).value();
  CHECK(told("stream=room-" + other) == std::vector{10});
}

TEST_CASE("what the server remembers of its clients, and the library of its streams, is not told") {
  program chat;
  const std::string room = chat.open_room();
  chat.say(room, "once", convex::request_key{"secret-session", 1}); // positions 2 and 3
  evstore::open<chat::events>(chat.log).tombstone("room-gone", any).value();
  while (chat.runs.head() != global_position{4}) std::this_thread::yield();
  chat.say(room, "twice");
  const std::string heard = reader{chat.ask("/api/events?from=1")}.hear();
  CHECK(ids(heard) == std::vector{1, 2, 5});
  CHECK_THAT(heard, Catch::Contains(R"("commit":[1,2])") && !Catch::Contains("secret-session") &&
                        !Catch::Contains("$tombstoned"));
  CHECK(reader{chat.ask("/api/events?from=1&type=convex_mutation_answered")}.hear() ==
        "retry: 1000\nid: 0\n\n");
}

TEST_CASE("a log of any length comes in pieces of moderate size") {
  program chat;
  const std::string room = chat.open_room();
  for (int i = 0; i < 300; ++i) chat.say(room, std::string(10'000, 'x'));
  for (const std::string& parameters : {std::string{}, "&stream=room-" + room}) {
    reader all{chat.ask("/api/events?from=1" + parameters)};
    CHECK(ids(all.hear()).size() == 301);
    CHECK(all.most < 300'000);
  }
}

TEST_CASE("a request for what there is not is refused with words") {
  program chat;
  chat.open_room();
  for (const char* wrong : {"from=-1", "from=", "from=1x", "from=99999999999999999999", "from=3"})
    CHECK(code(chat.ask(std::string{"/api/events?"} + wrong)) == "400 BadPosition");
  for (const char* wrong :
       {"form=1", "from=1&from=1", "stream=a&stream=b", "stream=", "type=", "tag=%00", "a", "="})
    CHECK(code(chat.ask(std::string{"/api/events?"} + wrong)) == "400 BadParameter");
  CHECK(code(chat.ask("/api/events?from=%1")) == "400 BadQuery");
  CHECK(code(chat.ask("/api/events", "2")) == "400 BadPosition"); // of a log that was longer
  CHECK_THAT(chat.ask("/api/events?from=7").body, Catch::Contains("the log ends at 1"));
  CHECK(code(chat.api.respond({.method = "POST", .target = "/api/events"})) ==
        "405 MethodNotAllowed");
  CHECK(code(chat.api.respond(
            {.method = "GET", .target = "/api/events", .authorization = "Bearer a"})) ==
        "401 InvalidAuthHeader");
  convex::http_api<executor> closed{chat.runs};
  for (const char* method : {"GET", "POST"})
    CHECK(code(closed.respond({.method = method, .target = "/api/events?from=1"})) ==
          "404 NotFound");
}
