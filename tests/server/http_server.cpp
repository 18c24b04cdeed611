// Requests as bytes on a socket, right and wrong, and what comes back.
#include <evstore/convex/http_server.hpp>

#include <catch2/catch.hpp>

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace evstore::convex;
namespace asio = boost::asio;

namespace {

/// A connection that says what it is told and hears all until the server closes.
class connection {
public:
  explicit connection(std::uint16_t port) {
    socket_.connect({asio::ip::make_address("127.0.0.1"), port});
  }

  void say(std::string_view text) { asio::write(socket_, asio::buffer(text)); }

  std::string hear() {
    std::string text;
    boost::system::error_code end;
    asio::read(socket_, asio::dynamic_buffer(text), end);
    return text;
  }
  void hear_up_to(std::string_view word) {
    std::string text;
    asio::read_until(socket_, asio::dynamic_buffer(text), std::string{word});
  }

private:
  asio::io_context context_;
  asio::ip::tcp::socket socket_{context_};
};

http_response echo(const http_request& request) {
  std::string said{request.method};
  said.append(" ").append(request.target).append(" ").append(request.body);
  if (request.authorization) said.append(" by ").append(*request.authorization);
  if (request.idempotency_key) said.append(" once ").append(*request.idempotency_key);
  return {.content_type = "text/plain", .body = said};
}

std::string ask(const http_server& server, std::string_view request) {
  connection to{server.port()};
  to.say(request);
  return to.hear();
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

} // namespace

TEST_CASE("a request is handed on, and the response comes back") {
  const http_server server{echo};
  const std::string heard = ask(
      server,
      "POST /api/query?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer t\r\n"
      "idempotency-key: k1\r\nContent-Length: 5\r\n\r\nhello");
  CHECK_THAT(heard, Catch::StartsWith("HTTP/1.1 200 OK\r\n") &&
                        Catch::Contains("Content-Type: text/plain\r\n") &&
                        Catch::EndsWith("\r\n\r\nPOST /api/query?a=b hello by Bearer t once k1"));
}

TEST_CASE("a connection serves many requests, in chunks, without bodies and all at once") {
  const http_server server{echo};
  const std::string heard = ask(server,
                                "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
                                "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                                "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
                                "GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(count(heard, "HTTP/1.1 200 OK") == 3);
  CHECK_THAT(heard, Catch::Contains("POST /1 ") && Catch::Contains("POST /2 abcde") &&
                        Catch::EndsWith("GET /3 "));
}

TEST_CASE("a HEAD is told how long the body is, and has none") {
  const http_server server{echo};
  CHECK_THAT(ask(server, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
             Catch::Contains("Content-Length: 7\r\n") && Catch::EndsWith("\r\n\r\n"));
}

TEST_CASE("pages of any origin may ask") {
  const http_server server{echo};
  const std::string preflight = ask(
      server,
      "OPTIONS /api/query HTTP/1.1\r\nHost: x\r\nOrigin: http://a.example\r\nConnection: close\r\n"
      "Access-Control-Request-Method: POST\r\n"
      "Access-Control-Request-Headers: content-type,convex-client,authorization\r\n\r\n");
  CHECK_THAT(
      preflight,
      Catch::StartsWith("HTTP/1.1 204") &&
          Catch::Contains("Access-Control-Allow-Origin: http://a.example\r\n") &&
          Catch::Contains(
              "Access-Control-Allow-Headers: content-type,convex-client,authorization\r\n") &&
          Catch::Contains("Access-Control-Allow-Credentials: true\r\n") &&
          Catch::Contains("Access-Control-Max-Age: 86400\r\n"));
  CHECK_THAT(ask(server, "GET / HTTP/1.1\r\nHost: x\r\nOrigin: null\r\nConnection: close\r\n\r\n"),
             Catch::Contains("Access-Control-Allow-Origin: null\r\n") &&
                 Catch::Contains("Vary: Origin\r\n"));
}

TEST_CASE("what is too large or no HTTP is refused, and the connection closed") {
  const http_server server{echo, {.body_limit = 1000}};
  CHECK_THAT(ask(server, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1099511627776\r\n\r\n"),
             Catch::StartsWith("HTTP/1.1 413"));
  CHECK_THAT(
      ask(server, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n"),
      Catch::StartsWith("HTTP/1.1 400"));
  CHECK_THAT(
      ask(server, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n" +
                      std::string(1001, 'x')),
      Catch::StartsWith("HTTP/1.1 413"));
  CHECK_THAT(ask(server, "GET / HTTP/1.1\r\nX: " + std::string(17'000, 'x') + "\r\n\r\n"),
             Catch::StartsWith("HTTP/1.1 431"));
  for (const char* coding : {"gzip", "chunked, chunked", "identity"})
    CHECK_THAT(ask(server, std::string{"POST / HTTP/1.1\r\nTransfer-Encoding: "} + coding +
                               "\r\n\r\n0\r\n\r\n"),
               Catch::StartsWith("HTTP/1.1 400"));
  for (const char* wrong : {"hello\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
                            "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                            "GET / HTTP/1.1\r\nbad header\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n"})
    CHECK_THAT(ask(server, wrong), Catch::StartsWith("HTTP/1.1 400"));
  CHECK_THAT(ask(server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
             Catch::StartsWith("HTTP/1.1 200"));
}

TEST_CASE("what stands around chunks is as short as other fields, and the server outlives it") {
  const http_server server{echo};
  const std::string begin = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string much(200'000, 'x');
  CHECK_THAT(ask(server, begin + "2;" + much + "\r\nab\r\n0\r\n\r\n"),
             Catch::StartsWith("HTTP/1.1 431"));
  CHECK_THAT(ask(server, begin + "2\r\nab\r\n0\r\nX: " + much + "\r\n\r\n"),
             Catch::StartsWith("HTTP/1.1 431"));
  CHECK_THAT(ask(server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
             Catch::StartsWith("HTTP/1.1 200"));
}

TEST_CASE("who is refused while it still speaks hears why") {
  const http_server server{echo, {.body_limit = 1000}};
  connection loud{server.port()};
  loud.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n");
  loud.say(std::string(3'000'000, 'x'));
  CHECK_THAT(loud.hear(), Catch::StartsWith("HTTP/1.1 413"));
}

TEST_CASE("who sends a request too slowly is hung up on") {
  const http_server server{echo, {.patience = std::chrono::seconds{1}}};
  connection slow{server.port()};
  slow.say("POST / HTTP/1.1\r\nHo");
  CHECK(slow.hear().empty());
}

TEST_CASE("what a responder throws is an internal error, and the next request is served") {
  std::atomic<int> calls{0};
  const http_server server{[&](const http_request&) -> http_response {
    if (++calls == 1) throw std::runtime_error{"no\nluck"};
    return {};
  }};
  CHECK_THAT(ask(server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
             Catch::StartsWith("HTTP/1.1 500") && Catch::Contains("InternalServerError"));
  CHECK_THAT(ask(server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
             Catch::StartsWith("HTTP/1.1 200"));
}

TEST_CASE("what fails while a response is made is an internal error") {
  const http_server server{[](const http_request&, const http_reply& reply) {
    reply([]() -> http_response { throw std::runtime_error{"no luck"}; });
  }};
  CHECK_THAT(ask(server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
             Catch::StartsWith("HTTP/1.1 500") && Catch::Contains("no luck"));
}

TEST_CASE("a server that stops answers what it was asked, and hangs up on who asks nothing") {
  std::atomic<bool> asked{false};
  std::atomic<bool> may_answer{false};
  http_server server{[&](const http_request&) -> http_response {
    asked = true;
    asked.notify_all();
    may_answer.wait(false);
    return {.body = "the answer"};
  }};
  connection idle{server.port()};
  connection waiting{server.port()};
  waiting.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  asked.wait(false);
  std::thread stopping{[&] { server.stop(); }};
  CHECK(idle.hear().empty()); // the server is stopping by now
  may_answer = true;
  may_answer.notify_all();
  CHECK_THAT(waiting.hear(), Catch::EndsWith("the answer"));
  stopping.join();
  CHECK_THROWS(connection{server.port()});
}

TEST_CASE("a worker that answers makes the response at once") {
  std::atomic<bool> is_made = false;
  std::atomic<bool> was_made_at_once = false;
  http_server server{[&](const http_request&, const http_reply& reply) {
    reply([&] {
      is_made = true;
      return http_response{.body = "{}"};
    });
    was_made_at_once = is_made.load();
  }};
  ask(server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  server.stop(); // and so all that it does
  CHECK(was_made_at_once);
}

TEST_CASE("a response is not made by a thread that only tells of it") {
  std::thread::id teller;
  std::thread::id maker;
  http_server server{[&](const http_request&, const http_reply& reply) {
    std::thread telling{[&] {
      reply([&] {
        maker = std::this_thread::get_id();
        return http_response{.body = "{}"};
      });
    }};
    teller = telling.get_id();
    telling.join();
  }};
  ask(server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  server.stop();
  CHECK(maker != teller);
}

TEST_CASE("a connection too many waits until another goes") {
  std::mutex mutex;
  std::vector<std::string> served;
  const http_server server{[&](const http_request& request) {
                             const std::lock_guard lock{mutex};
                             served.emplace_back(request.target);
                             return echo(request);
                           },
                           {.most_connections = 2}};
  connection first{server.port()};
  connection second{server.port()};
  for (connection* each : {&first, &second}) {
    each->say("GET /here HTTP/1.1\r\nHost: x\r\n\r\n");
    each->hear_up_to("/here");
  }
  connection third{server.port()};
  third.say("GET /third HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  for (int i = 0; i < 100; ++i) { // time enough to be served in, if there were room
    second.say("GET /again HTTP/1.1\r\nHost: x\r\n\r\n");
    second.hear_up_to("/again");
  }
  first.say("GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  first.hear();
  CHECK_THAT(third.hear(), Catch::EndsWith("/third "));
  const std::lock_guard lock{mutex};
  CHECK(std::find(served.begin(), served.end(), "/last") + 1 ==
        std::find(served.begin(), served.end(), "/third"));
}

TEST_CASE("many connections are served side by side, and a port that is taken is an error") {
  const http_server server{echo};
  std::vector<std::thread> clients;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 8; ++i)
    clients.emplace_back([&, i] {
      std::string all;
      for (int k = 0; k < 50; ++k)
        all += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n" +
               (k == 49 ? "Connection: close\r\n" : "") + "\r\nhi";
      if (count(ask(server, all), "POST /" + std::to_string(i) + " hi") != 50) ++wrong;
    });
  for (auto& client : clients) client.join();
  CHECK(wrong == 0);
  CHECK_THROWS_WITH((http_server{echo, {.address = "127.0.0.1", .port = server.port()}}),
                    Catch::Contains("cannot listen"));
}
