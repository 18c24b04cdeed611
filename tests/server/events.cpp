// Server-sent events on sockets: many readers, slow ones, those that go, and the end of the server.
#include "../unit/convex/chat.hpp"

#include <evstore/convex/http_server.hpp>
#include <evstore/memory/adapter.hpp>

#include <catch2/catch.hpp>

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace evstore;
using convex::object;
namespace asio = boost::asio;

namespace {

using executor = chat::executor<memory::adapter>;

struct program {
  executor runs{evstore::open<chat::events>(memory::adapter{}), chat::functions()};
  convex::http_api<executor> api{runs, {.shows_events = true}};
  convex::http_server server;

  explicit program(convex::http_server_options options = {})
      : server{[this](const auto& request, const auto& reply) { api.respond(request, reply); },
               (options.workers = 2, options)} {}

  std::string open_room() {
    return *runs.mutate({"rooms:open", object{{"title", "a"}}}).outcome->get_if<std::string>();
  }
  void say(const std::string& room, const std::string& content) {
    REQUIRE(runs.mutate({"messages:send", object{{"room", room}, {"content", content}}}).outcome);
  }
};

/// Reads events as they come.
class reader {
public:
  explicit reader(const program& of,
                  std::string_view request = "GET /api/events?from=1 HTTP/1.1\r\nHost: x\r\n\r\n")
      : reader{of.server, request} {}
  reader(const convex::http_server& of, std::string_view request) {
    socket_.connect({asio::ip::make_address("127.0.0.1"), of.port()});
    asio::write(socket_, asio::buffer(request));
  }

  /// All up to a word; what came behind it is kept for the next time.
  std::string until(std::string_view word) {
    const std::size_t size =
        asio::read_until(socket_, asio::dynamic_buffer(buffer_), std::string{word});
    std::string text = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return text;
  }
  /// All that is left until the server closes; `end` says how.
  std::string rest() {
    asio::read(socket_, asio::dynamic_buffer(buffer_), end);
    return std::exchange(buffer_, {});
  }
  void go() { socket_.close(); }

  boost::system::error_code end;

private:
  asio::io_context context_;
  asio::ip::tcp::socket socket_{context_};
  std::string buffer_;
};

/// More than anybody reads, or a little and then a failure.
class noise final : public convex::endless_body {
public:
  noise(std::atomic<bool>& is_gone, bool fails) : is_gone_{is_gone}, fails_{fails} {}
  ~noise() override {
    is_gone_ = true;
    is_gone_.notify_all();
  }
  void listen(convex::wake_call) override {}
  piece next() override {
    if (fails_ && ++pieces_ == 3) throw std::runtime_error{"the disk is gone"};
    return {"noise" + std::string(fails_ ? 0 : 1'000'000, '.')};
  }
  [[nodiscard]] std::string pulse() const override { return {}; }

private:
  std::atomic<bool>& is_gone_;
  const bool fails_;
  int pieces_ = 0;
};

} // namespace

TEST_CASE("a reader hears what was, and each commit when it is there") {
  program chat;
  const std::string room = chat.open_room();
  reader one{chat,
             "GET /api/events?from=1 HTTP/1.1\r\nHost: x\r\nOrigin: http://a.example\r\n\r\n"};
  CHECK_THAT(one.until("\r\n\r\n"),
             Catch::StartsWith("HTTP/1.1 200 OK\r\n") &&
                 Catch::Contains("Content-Type: text/event-stream\r\n") &&
                 Catch::Contains("Transfer-Encoding: chunked\r\n") &&
                 Catch::Contains("Cache-Control: no-store\r\n") &&
                 Catch::Contains("Access-Control-Allow-Origin: http://a.example\r\n"));
  one.until(room);
  chat.say(room, "first");
  one.until("first");
  chat.say(room, "second");
  one.until("second");
}

TEST_CASE("who knows no chunks gets the events bare, who asks for the head only that") {
  program chat;
  chat.open_room();
  reader old{chat, "GET /api/events?from=1 HTTP/1.0\r\n\r\n"};
  CHECK_THAT(old.until("\r\n\r\n"), !Catch::Contains("chunked"));
  CHECK_THAT(old.until("room_opened"), Catch::StartsWith("retry: 1000\nid: 0\n\nid: 1\ndata: {"));
  reader head{chat,
              "HEAD /api/events?from=1 HTTP/1.1\r\nHost: x\r\n\r\n"
              "HEAD /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"};
  CHECK_THAT(head.until("\r\n\r\n"),
             Catch::Contains("text/event-stream\r\n") && !Catch::Contains("Content-Length"));
  CHECK_THAT(head.rest(), Catch::StartsWith("HTTP/1.1 200") && Catch::EndsWith("\r\n\r\n"));
  reader wrong{chat, "GET /api/events?from=9 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"};
  CHECK_THAT(wrong.rest(), Catch::StartsWith("HTTP/1.1 400 "));
}

TEST_CASE("far more readers than threads hear each commit, and others are served beside them") {
  program chat; // two workers
  const std::string room = chat.open_room();
  std::vector<std::unique_ptr<reader>> all;
  for (int i = 0; i < 200; ++i) all.push_back(std::make_unique<reader>(chat));
  for (auto& each : all) each->until(room);
  for (int round = 0; round < 3; ++round) {
    if (round == 1) // readers that go leave nothing behind
      for (std::size_t i = 0; i < 100; ++i) all[i]->go();
    const std::string word = "word " + std::to_string(round);
    chat.say(room, word);
    for (std::size_t i = round == 0 ? 0 : 100; i < all.size(); ++i) all[i]->until(word);
  }
  reader asks{chat, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"};
  CHECK_THAT(asks.rest(), Catch::EndsWith("ok\n"));
}

TEST_CASE("a reader who takes its time has every event in the end, and nobody waits for it") {
  program chat;
  const std::string room = chat.open_room();
  reader slow{chat};
  reader quick{chat};
  constexpr int commits = 200; // 20 MB, far more than the buffers of sockets
  for (int i = 0; i < commits; ++i) {
    const std::string word = std::string(100'000, 'x') + " is " + std::to_string(i) + "!";
    chat.say(room, word);
    quick.until(" is " + std::to_string(i) + "!");
  }
  for (int i = 0; i < commits; ++i) slow.until(" is " + std::to_string(i) + "!");
}

TEST_CASE("a reader who takes nothing is hung up on, and one whose events cannot be read") {
  std::atomic<bool> is_gone{false};
  const convex::http_server server{
      [&](const convex::http_request& request) {
        const bool fails = request.target == "/fails";
        return convex::http_response{.body = {}, .rest = std::make_shared<noise>(is_gone, fails)};
      },
      {.patience = std::chrono::seconds{1}, .workers = 1}};
  reader failed{server, "GET /fails HTTP/1.1\r\nHost: x\r\n\r\n"};
  CHECK_THAT(failed.rest(), Catch::Contains("noise") && !Catch::EndsWith("\r\n0\r\n\r\n"));
  is_gone.wait(false);
  is_gone = false;
  const reader stuck{server, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"};
  is_gone.wait(false);
}

TEST_CASE("in a pause there are signs of life that say where to go on") {
  program chat{{.pulse = std::chrono::milliseconds{20}}};
  const std::string room = chat.open_room();
  reader one{chat};
  one.until(room);
  one.until("\r\n7\r\nid: 1\n\n\r\n");
  one.until("\r\n7\r\nid: 1\n\n\r\n");
  chat.say(room, "x");
  one.until("\"x\"");
  one.until("\r\n7\r\nid: 2\n\n\r\n");
  // Who speaks where only the server does is not heard, and goes on hearing.
  reader loud{chat, "GET /api/events?from=1 HTTP/1.1\r\nHost: x\r\n\r\n" + std::string(99, '!')};
  loud.until("\r\n7\r\nid: 2\n\n\r\n");
  chat.say(room, "y");
  loud.until("\"y\"");
}

TEST_CASE("a server that stops ends its feeds, also of who does not read") {
  program chat{{.patience = std::chrono::seconds{1}}};
  const std::string room = chat.open_room();
  const std::string rooms = "GET /api/events?from=1&type=room_opened HTTP/";
  reader idle{chat, rooms + "1.1\r\nHost: x\r\n\r\n"};
  reader old{chat, rooms + "1.0\r\n\r\n"};
  reader stuck{chat};
  for (reader* each : {&idle, &old, &stuck}) each->until(room);
  for (int i = 0; i < 100; ++i) chat.say(room, std::string(100'000, 'x'));
  chat.server.stop();
  CHECK_THAT(idle.rest(), Catch::EndsWith("\r\n0\r\n\r\n"));
  CHECK(idle.end == asio::error::eof);
  CHECK_THAT(old.rest(), !Catch::Contains("0\r\n\r\n"));
  CHECK(old.end == asio::error::eof);
}
