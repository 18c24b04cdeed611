#include "chat.hpp"

#include <evstore/convex/http_api.hpp>
#include <evstore/memory/adapter.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace evstore;
using convex::http_request;
using convex::http_response;
using convex::object;
using convex::value;

namespace {

struct server {
  chat::executor<memory::adapter> runs{evstore::open<chat::events>(memory::adapter{}),
                                       chat::functions()};
  convex::http_api<chat::executor<memory::adapter>> api{runs};

  http_response post(std::string_view target, std::string_view body) {
    return api.respond({.method = "POST", .target = target, .body = body});
  }
  std::string body(std::string_view target, std::string_view text) {
    const auto response = post(target, text);
    CHECK(response.status == 200);
    return response.body;
  }
  std::string open_room() {
    const auto opened = convex::decode(
        body("/api/mutation", R"({"path":"rooms:open","args":{"title":"t"},"format":"json"})"));
    return *opened.get_if<object>()->find("value")->get_if<std::string>();
  }
};

std::string code(const http_response& refused) {
  const value body = convex::decode(refused.body);
  return std::to_string(refused.status) + " " +
         *body.get_if<object>()->find("code")->get_if<std::string>();
}

} // namespace

TEST_CASE("a query is answered as the official client asks") {
  server chat;
  CHECK(
      chat.body(
          "/api/query",
          R"({"path":"echo","format":"convex_encoded_json","args":[{"b":{"$integer":"AQAAAAAAAAA="},"a":{"$float":"AAAAAAAAAIA="}}]})") ==
      R"({"status":"success","value":{"a":{"$float":"AAAAAAAAAIA="},"b":{"$integer":"AQAAAAAAAAA="}}})");
  CHECK(chat.body("/api/query", R"({"path":"echo","args":{"b":{"$integer":"AQAAAAAAAAA="}}})") ==
        R"({"status":"success","value":{"b":"1"}})");
  CHECK(chat.body("/api/query", R"({"path":"echo:default","args":[]})") ==
        R"({"status":"success","value":{}})");
  CHECK(chat.body("/api/query", R"({"path":"rooms:newest","args":[{}]})") ==
        R"({"status":"success","value":null})");
}

TEST_CASE("a failed function is an answer with the words, and with data only if there is some") {
  server chat;
  const std::string room = chat.open_room();
  const std::string sent =
      chat.body("/api/mutation",
                R"({"path":"messages:send","format":"convex_encoded_json","args":[{"room":")" +
                    room + R"(","content":""}]})");
  CHECK_THAT(
      sent,
      Catch::StartsWith(R"({"status":"error","errorMessage":"[Request ID: )") &&
          Catch::Contains(R"(] Server Error\nUncaught ConvexError: )") &&
          Catch::EndsWith(
              R"("errorData":{"code":"EMPTY_CONTENT","minLength":{"$integer":"AQAAAAAAAAA="}}})"));
  const std::string unknown = chat.body("/api/query", R"({"path":"nope","args":{}})");
  CHECK_THAT(unknown, Catch::Contains("Could not find public function for 'nope:default'.") &&
                          !Catch::Contains("errorData"));
}

TEST_CASE("a timestamp is where the store stands, and a query can be asked there") {
  server chat;
  CHECK(chat.body("/api/query_ts", "") == R"({"ts":"AAAAAAAAAAA="})");
  chat.open_room();
  CHECK(chat.body("/api/query_ts", "") == R"({"ts":"AQAAAAAAAAA="})");
  chat.open_room();
  const auto rooms_at = [&](const std::string& ts) {
    return chat.post("/api/query_at_ts", R"({"path":"rooms:count","args":{},"ts":)" + ts + "}");
  };
  CHECK(rooms_at(R"("AAAAAAAAAAA=")").body == R"({"status":"success","value":0})");
  CHECK(rooms_at(R"("AQAAAAAAAAA=")").body == R"({"status":"success","value":1})");
  CHECK(rooms_at(R"("AgAAAAAAAAA=")").body == R"({"status":"success","value":2})");
  CHECK(code(rooms_at(R"("AwAAAAAAAAA=")")) == "400 BadRequest");
  CHECK(code(rooms_at("1")) == "400 BadTimestamp");
  CHECK(code(rooms_at(R"("AQ==")")) == "400 BadTimestamp");
}

TEST_CASE("a batch is answered in its order, each query in its format") {
  server chat;
  chat.open_room();
  CHECK(
      chat.body(
          "/api/query_batch",
          R"({"queries":[{"path":"rooms:count","args":{}},{"path":"echo","args":{"a":{"$integer":"AQAAAAAAAAA="}},"format":"convex_encoded_json"}]})") ==
      R"({"results":[{"status":"success","value":1},{"status":"success","value":{"a":{"$integer":"AQAAAAAAAAA="}}}]})");
  CHECK(chat.body("/api/query_batch", R"({"queries":[]})") == R"({"results":[]})");
  CHECK(code(chat.post("/api/query_batch", R"({"queries":1})")) == "400 BadJsonBody");
  CHECK(code(chat.post("/api/query_batch", R"({"queries":[1]})")) == "400 BadJsonBody");
}

TEST_CASE("run calls any function by its place, and a query can be asked with GET") {
  server chat;
  CHECK_THAT(chat.body("/api/run/rooms/open", R"({"args":{"title":"t"}})"),
             Catch::Contains("success"));
  CHECK(chat.body("/api/run/rooms/openTwice", R"({"args":{"title":"t"}})") ==
        R"({"status":"success","value":3})");
  CHECK(chat.body("/api/run/rooms/count", R"({"args":{}})") == R"({"status":"success","value":3})");
  CHECK(code(chat.post("/api/run/rooms", "{}")) == "400 BadConvexFunctionIdentifier");
  const auto get = [&](std::string_view target) {
    return chat.api.respond({.method = "GET", .target = target});
  };
  CHECK(get("/api/query?path=echo&format=json&args=%7B%22a%22%3A%22x+y%22%7D").body ==
        R"({"status":"success","value":{"a":"x y"}})");
  CHECK(get("/api/query?path=echo&args=%5B%7B%22a%22%3A1%7D%5D").body ==
        R"({"status":"success","value":{"a":1}})");
  CHECK(code(get("/api/query?path=echo&args=%7")) == "400 BadQuery");
  CHECK(get("/version").status == 200);
  CHECK(get("/version").content_type == "text/plain");
  CHECK(code(chat.post("/api/nope", "{}")) == "404 NotFound");
  CHECK(code(get("/api/nope")) == "404 NotFound");
}

TEST_CASE("a method that a target does not take is told which ones it takes") {
  server chat;
  const auto refused = [&](std::string_view method, std::string_view target) {
    const auto told = chat.api.respond({.method = method, .target = target});
    CHECK(code(told) == "405 MethodNotAllowed");
    REQUIRE(told.fields.size() == 1);
    CHECK(told.fields.front().first == "Allow");
    CHECK_THAT(told.body, Catch::Contains("this takes " + told.fields.front().second +
                                          ", and not " + std::string{method}));
    return told.fields.front().second;
  };
  for (const char* const target : {"/api/query_at_ts?ts=1", "/api/query_ts", "/api/query_batch",
                                   "/api/mutation", "/api/action", "/api/run/rooms/open"}) {
    CHECK(refused("GET", target) == "POST");
    CHECK(refused("HEAD", target) == "POST");
    CHECK(refused("PUT", target) == "POST");
  }
  for (const char* const target : {"/", "/version", "/health", "/metrics"})
    CHECK(refused("POST", target) == "GET, HEAD");
  CHECK(refused("PUT", "/api/query") == "GET, HEAD, POST");
  CHECK(code(chat.post("/api/events", "")) == "404 NotFound"); // as it is not shown
}

TEST_CASE("requests are numbered in sixteen digits, zeros in front too") {
  for (int i = 0; i < 500; ++i) {
    const std::string id = convex::new_request_id();
    REQUIRE(id.size() == 16);
    REQUIRE(id.find_first_not_of("0123456789abcdef") == id.npos);
  }
}

TEST_CASE("an internal function is not there for clients, and is for the program") {
  server chat;
  const std::string unknown = "Could not find public function for 'rooms:close'.";
  for (const char* const target : {"/api/query", "/api/mutation", "/api/action"})
    CHECK_THAT(chat.body(target, R"({"path":"rooms:close","args":{}})"), Catch::Contains(unknown));
  CHECK_THAT(chat.body("/api/run/rooms/close", R"({"args":{}})"), Catch::Contains(unknown));
  CHECK_THAT(chat.body("/api/run/rooms.js/close", R"({"args":{}})"), Catch::Contains(unknown));
  CHECK(chat.runs.head().value() == 0);
  CHECK(*chat.runs.mutate({"rooms:close", convex::object{}, true}).outcome == value{"closed"});
  CHECK(chat.body("/api/action", R"({"path":"rooms:closeAll","args":{}})") ==
        R"({"status":"success","value":"closed"})");
}

TEST_CASE("an idempotency key makes a mutation safe to send again") {
  server chat;
  const auto open = [&](std::string_view key) {
    return chat.api.respond({.method = "POST",
                             .target = "/api/mutation",
                             .body = R"({"path":"rooms:open","args":{"title":"t"}})",
                             .idempotency_key = key});
  };
  const auto first = open("a");
  CHECK(open("a").body == first.body);
  CHECK(open("b").body != first.body);
  CHECK(chat.body("/api/query", R"({"path":"rooms:count","args":{}})") ==
        R"({"status":"success","value":2})");
  for (const std::string& wrong : {std::string{"a\x01"}, std::string{}, std::string(500, 'k')})
    CHECK(code(open(wrong)) == "400 BadIdempotencyKey");
}

TEST_CASE("what is no request is refused with a code") {
  server chat;
  const auto refused = [&](std::string_view body) { return code(chat.post("/api/query", body)); };
  for (const char* body : {"", "{", "[]", "1", "{\"path\":\"echo\",}", "\xff"})
    CHECK(refused(body) == "400 BadJsonBody");
  CHECK(refused(std::string(200'000, '[')) == "400 BadJsonBody");
  CHECK(refused(R"({"path":"echo","args":{"a":{"$integer":"AAA="}}})") == "400 InvalidValue");
  CHECK(refused(R"({"path":"echo","args":[{},{}]})") == "400 BadArguments");
  CHECK(refused(R"({"path":"echo","args":1})") == "400 BadArguments");
  CHECK(refused(R"({"path":"echo","args":{},"format":"xml"})") == "400 BadFormat");
  CHECK(refused(R"({"path":"","args":{}})") == "400 BadConvexFunctionIdentifier");
  CHECK(refused(R"({"args":{}})") == "400 BadConvexFunctionIdentifier");
  CHECK(refused(R"({"path":7,"args":{}})") == "400 BadConvexFunctionIdentifier");
  const auto nested = [](std::size_t depth) {
    return R"({"path":"echo","args":{"a":)" + std::string(depth, '[') + std::string(depth, ']') +
           "}}";
  };
  CHECK(chat.post("/api/query", nested(63)).status == 200);
  CHECK(refused(nested(64)) == "400 BadArguments");
}

TEST_CASE("a token that no provider knows is refused, or ignored if the server is told so") {
  server chat;
  const http_request with{.method = "POST",
                          .target = "/api/query",
                          .body = R"({"path":"rooms:count","args":{}})",
                          .authorization = "Bearer a.b.c"};
  CHECK(code(chat.api.respond(with)) == "401 InvalidAuthHeader");
  convex::http_api lenient{chat.runs, {.arguments = {}, .ignore_authorization = true}};
  CHECK(lenient.respond(with).status == 200);
}

TEST_CASE("who watches over a server is told how it is doing") {
  server chat;
  chat.open_room();
  const auto get = [&](std::string_view target) {
    return chat.api.respond({.method = "GET", .target = target});
  };
  CHECK(get("/health").body == "ok\n");
  CHECK(get("/ready").status == 200);
  CHECK_THAT(
      get("/metrics").body,
      Catch::Contains("# TYPE evstore_mutations_total counter\nevstore_mutations_total 1\n") &&
          Catch::Contains("\nevstore_position 1\n") && Catch::Contains("\nevstore_writable 1\n"));
}
