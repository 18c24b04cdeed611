// One connection of the sync protocol: what a client says, what it hears, byte for byte.
#include <evstore/convex/sync_session.hpp>
#include <evstore/json/read.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

using namespace evstore;
using convex::answer;
using convex::object;
using convex::value;

namespace {

using session = convex::sync_session<int>;

constexpr std::string_view hello =
    R"({"connectionCount":0,"lastCloseReason":"InitialConnect","clientTs":1795212004949,"type":"Connect","sessionId":"89ec472b-cb0d-4350-bbcd-f2aba803d133"})";

std::string add(int id, std::string_view path = "games:get", std::string_view args = "[{}]") {
  return R"({"type":"Add","queryId":)" + std::to_string(id) + R"(,"udfPath":")" +
         std::string{path} + R"(","args":)" + std::string{args} + "}";
}
std::string remove(int id) { return R"({"type":"Remove","queryId":)" + std::to_string(id) + "}"; }
std::string modify(int base, std::string_view changes, int step = 1) {
  return R"({"type":"ModifyQuerySet","baseVersion":)" + std::to_string(base) + R"(,"newVersion":)" +
         std::to_string(base + step) + R"(,"modifications":[)" + std::string{changes} + "]}";
}
std::string mutation(int id, std::string_view args = "[{}]") {
  return R"({"type":"Mutation","requestId":)" + std::to_string(id) +
         R"(,"udfPath":"messages:send","args":)" + std::string{args} + "}";
}

std::string heard(session& by) {
  std::string all;
  for (const auto& message : by.take_messages()) all += message.text() + "\n";
  return all;
}

/// A snapshot in which every query answers with the number of its state.
std::string transition(session& by, std::uint64_t at, double result) {
  by.transition(global_position{at}, [&](const auto&) {
    return std::make_shared<const std::string>(
        convex::write_query_result(value{result}, std::nullopt));
  });
  return heard(by);
}

session connected() {
  session made;
  made.hear(hello);
  return made;
}

} // namespace

TEST_CASE("a subscription is acknowledged with its result, and goes on where it was") {
  session client = connected();
  CHECK_FALSE(client.wants_transition());
  client.hear(modify(0, add(0)));
  CHECK(client.wants_transition());
  CHECK(
      transition(client, 7, 1) ==
      R"({"type":"Transition","startVersion":{"querySet":0,"ts":"AAAAAAAAAAA=","identity":0},"endVersion":{"querySet":1,"ts":"BwAAAAAAAAA=","identity":0},"modifications":[{"queryId":0,"value":1,"logLines":[],"journal":null,"type":"QueryUpdated"}]})"
      "\n");
  CHECK_FALSE(client.wants_transition());
  client.touch();
  CHECK(
      transition(client, 9, 2) ==
      R"({"type":"Transition","startVersion":{"querySet":1,"ts":"BwAAAAAAAAA=","identity":0},"endVersion":{"querySet":1,"ts":"CQAAAAAAAAA=","identity":0},"modifications":[{"queryId":0,"value":2,"logLines":[],"journal":null,"type":"QueryUpdated"}]})"
      "\n");
}

TEST_CASE("what has not changed is not sent, and the chain of versions stays whole") {
  session client = connected();
  client.hear(modify(0, add(0)));
  transition(client, 7, 1);
  client.touch();
  CHECK(transition(client, 8, 1).empty());
  client.touch();
  CHECK_THAT(transition(client, 9, 2),
             Catch::Contains(R"("startVersion":{"querySet":1,"ts":"BwAAAAAAAAA=")"));
}

TEST_CASE(
    "changes of the query set are acknowledged, together if need be, with nothing in them too") {
  session client = connected();
  client.hear(modify(0, ""));
  CHECK_THAT(transition(client, 0, 1), Catch::Contains(R"("modifications":[]})"));
  client.hear(modify(1, add(0) + "," + add(1)));
  client.hear(modify(2, remove(0)));
  client.hear(modify(3, add(2)));
  const std::string told = transition(client, 5, 1);
  CHECK_THAT(told, Catch::Contains(R"("endVersion":{"querySet":4)") &&
                       Catch::Contains(R"([{"type":"QueryRemoved","queryId":0},{"queryId":1,)") &&
                       Catch::Contains(R"({"queryId":2,)"));
  client.touch();
  CHECK_THAT(transition(client, 6, 2), !Catch::Contains(R"("queryId":0)"));
}

TEST_CASE("a large Transition comes in parts to who can put them together") {
  const auto large = [](session& by) {
    by.hear(hello);
    by.hear(modify(0, add(0)));
    by.transition(global_position{7}, [&](const auto&) {
      std::string text;
      for (int i = 0; i < 50; ++i) text += "a\u00e9\u65e5\U0001f600\"\n";
      return std::make_shared<const std::string>(
          convex::write_query_result(value{text}, std::nullopt));
    });
    return by.take_messages();
  };
  session unable{{.largest_transition = 97}};
  const auto whole = large(unable);
  REQUIRE(whole.size() == 1);
  for (const std::size_t size : {97U, 98U, 99U, 100U, 3U}) {
    session able{{.largest_transition = size}, true};
    const auto parts = large(able);
    REQUIRE(parts.size() > whole.front().size() / 100);
    std::string together;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const value decoded = convex::decode(parts[i].text()); // each part is whole text
      const object& part = *decoded.get_if<object>();
      CHECK(*part.find("type")->get_if<std::string>() == "TransitionChunk");
      CHECK(*part.find("partNumber") == value{static_cast<double>(i)});
      CHECK(*part.find("totalParts") == value{static_cast<double>(parts.size())});
      CHECK(*part.find("transitionId") == value{"1"});
      together += *part.find("chunk")->get_if<std::string>();
    }
    CHECK(together == whole.front().text());
  }
  session roomy{{.largest_transition = whole.front().size()}, true};
  CHECK(large(roomy).front().text() == whole.front().text());
}

TEST_CASE("clients say in their address whether they know parts") {
  for (const char* version : {"1.28.0", "1.48.0", "1.100.0-alpha.1", "2.0.0"})
    CHECK(convex::reads_chunks(version));
  for (const char* version : {"1.27.9", "0.99.0", "1", "1.48", "", "sync", "1.x.0", "-1.30.0"})
    CHECK_FALSE(convex::reads_chunks(version));
}

TEST_CASE("a mutation is answered before the Transition that covers it, which always comes") {
  session client = connected();
  client.hear(modify(0, ""));
  transition(client, 3, 1);
  client.hear(mutation(0, R"([{"content":"hi"}])"));
  const auto calls = client.take_calls();
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].call.path == "messages:send");
  CHECK(calls[0].call.arguments == object{{"content", "hi"}});
  CHECK(calls[0].key == convex::request_key{"89ec472b-cb0d-4350-bbcd-f2aba803d133", 0});
  CHECK_FALSE(client.wants_transition());
  client.tell(true, 0, {value{"id"}, global_position{5}});
  REQUIRE(client.wants_transition());
  const std::string told = transition(client, 5, 1);
  CHECK_THAT(
      told,
      Catch::StartsWith(
          R"({"type":"MutationResponse","requestId":0,"success":true,"result":"id","ts":"BQAAAAAAAAA=","logLines":[]})"
          "\n"
          R"({"type":"Transition")") &&
          Catch::Contains(R"("endVersion":{"querySet":1,"ts":"BQAAAAAAAAA=")"));
  CHECK_FALSE(client.wants_transition());
}

TEST_CASE("a snapshot that is older than a mutation is followed by another") {
  session client = connected();
  client.hear(mutation(0));
  static_cast<void>(client.take_calls());
  client.tell(true, 0, {value{}, global_position{5}});
  transition(client, 4, 1);
  CHECK(client.wants_transition());
  transition(client, 5, 1);
  CHECK_FALSE(client.wants_transition());
}

TEST_CASE("a mutation that was carried out before is covered without a new commit") {
  session client = connected();
  client.hear(modify(0, ""));
  transition(client, 9, 1);
  client.hear(mutation(0));
  client.tell(true, 0, {value{}, global_position{5}}); // at its first timestamp
  CHECK_THAT(transition(client, 9, 1),
             Catch::Contains(R"("endVersion":{"querySet":1,"ts":"CQAAAAAAAAA=")"));
}

TEST_CASE("failures are data: of mutations, actions and queries, and of arguments that are none") {
  session client = connected();
  client.hear(mutation(0));
  client.tell(true, 0,
              {failure{convex::function_error{convex::convex_error{object{{"code", "X"}}}}}, {}});
  CHECK(
      heard(client) ==
      R"({"type":"MutationResponse","requestId":0,"success":false,"result":"Server Error\nUncaught ConvexError: {\"code\":\"X\"}","errorData":{"code":"X"},"ts":null,"logLines":[]})"
      "\n");
  CHECK_FALSE(client.wants_transition());
  client.hear(R"({"type":"Action","requestId":1,"udfPath":"a:b","args":[{}]})");
  CHECK_FALSE(client.take_calls().back().is_mutation);
  client.tell(false, 1, {failure{convex::function_error{"no \xFF luck"}}, {}});
  CHECK_THAT(
      heard(client),
      Catch::StartsWith(R"({"type":"ActionResponse","requestId":1,"success":false,"result":")") &&
          Catch::EndsWith(R"("logLines":[]})"
                          "\n"));

  client.hear(mutation(2, R"([{"n":{"$integer":"AAA="}}])"));
  CHECK(client.take_calls().empty());
  CHECK_THAT(heard(client),
             Catch::Contains(R"("success":false,"result":"Server Error\nInvalid arguments)"));
  client.hear(modify(0, add(0, "games:get", R"([{"$bad":1}])")));
  CHECK_THAT(transition(client, 1, 1),
             Catch::Contains(R"({"queryId":0,"errorMessage":"Server Error\nInvalid arguments)") &&
                 Catch::Contains(R"("type":"QueryFailed"})"));
  client.touch();
  CHECK(transition(client, 2, 1).empty());
  CHECK_FALSE(client.closing());
}

TEST_CASE("bytes of a result are shared, not copied") {
  session one = connected();
  session other = connected();
  const auto result = std::make_shared<const std::string>(
      convex::write_query_result(value{std::string(1000, 'x')}, std::nullopt));
  std::vector<convex::sync_message> all;
  for (session* const client : {&one, &other}) {
    client->hear(modify(0, add(0)));
    client->transition(global_position{1}, [&](const auto&) { return result; });
    for (auto& message : client->take_messages()) all.push_back(std::move(message));
  }
  REQUIRE(all.size() == 2);
  CHECK(all[0].pieces()[1] == all[1].pieces()[1]);
  CHECK(all[0].size() == all[0].text().size());
}

TEST_CASE("who breaks the protocol is told so, and the connection ends") {
  const auto wrong = [](const std::vector<std::string>& messages) {
    session client;
    for (const auto& message : messages) client.hear(message);
    REQUIRE(client.closing());
    client.hear(hello); // is not looked at any more
    return heard(client);
  };
  const std::string connect{hello};
  CHECK_THAT(wrong({"{"}), Catch::StartsWith(R"({"type":"FatalError","error":")"));
  CHECK_THAT(wrong({"[]"}), Catch::Contains("FatalError"));
  CHECK_THAT(wrong({"{}"}), Catch::Contains("lacks `type`"));
  CHECK_THAT(wrong({R"({"type":"Hello"})"}), Catch::Contains("no message of type Hello"));
  CHECK_THAT(wrong({modify(0, "")}), Catch::Contains("before Connect"));
  CHECK_THAT(wrong({connect, connect}), Catch::Contains("a second Connect"));
  CHECK_THAT(wrong({R"({"type":"Connect","sessionId":"a\nb"})"}), Catch::Contains("no name"));
  CHECK_THAT(wrong({connect, modify(1, "")}), Catch::Contains("where the query set is at 0"));
  CHECK_THAT(wrong({connect, modify(0, "", 2)}), Catch::Contains("from 0 to 2"));
  CHECK_THAT(wrong({connect, modify(0, add(1) + "," + add(1))}), Catch::Contains("two queries"));
  CHECK_THAT(wrong({connect, modify(0, remove(1))}), Catch::Contains("no query with the id 1"));
  CHECK_THAT(wrong({connect, R"({"type":"Mutation","requestId":-1,"udfPath":"a","args":[]})"}),
             Catch::Contains("no number from 0"));
  CHECK_THAT(wrong({connect, R"({"type":"Mutation","requestId":1.5,"udfPath":"a","args":[]})"}),
             Catch::Contains("no number from 0"));
  CHECK_THAT(wrong({R"({"type":"Connect","sessionId":"s","maxObservedTimestamp":"AA"})"}),
             Catch::Contains("no timestamp"));
  CHECK_THAT(wrong({std::string(100'000, '[')}), Catch::Contains("FatalError"));
}

TEST_CASE("telemetry is passed over, whatever it says") {
  session client = connected();
  client.hear(R"({"type":"Event","eventType":"ClientConnect","event":[{"$x":1,"$y":{}}]})");
  CHECK_FALSE(client.closing());
  CHECK(heard(client).empty());
}

TEST_CASE("a client that has seen more than the store has is sent away, to come back") {
  session client;
  client.hear(
      R"({"type":"Connect","sessionId":"s","connectionCount":1,"maxObservedTimestamp":"CQAAAAAAAAA="})");
  client.hear(modify(0, add(0)));
  CHECK(transition(client, 8, 1).empty());
  REQUIRE(client.closing());
  CHECK(client.closing()->code == 1011);
  CHECK_THAT(client.closing()->reason, Catch::StartsWith("InternalServerError"));
}

TEST_CASE("tokens are refused, or mean nothing; to log out is always right") {
  constexpr std::string_view token =
      R"({"type":"Authenticate","baseVersion":0,"tokenType":"User","value":"a.b.c"})";
  session strict = connected();
  strict.hear(token);
  CHECK(
      heard(strict) ==
      R"({"type":"AuthError","error":"No auth provider found matching the given token","baseVersion":0,"authUpdateAttempted":true})"
      "\n");
  CHECK(strict.closing());

  session lenient{{.ignore_tokens = true}};
  lenient.hear(hello);
  lenient.hear(token);
  CHECK_THAT(transition(lenient, 3, 1), Catch::Contains(R"("ts":"AwAAAAAAAAA=","identity":1})"));

  session leaving = connected();
  leaving.hear(R"({"type":"Authenticate","baseVersion":0,"tokenType":"None"})");
  CHECK_THAT(transition(leaving, 3, 1), Catch::Contains(R"("identity":1})"));
  leaving.hear(R"({"type":"Authenticate","baseVersion":0,"tokenType":"None"})");
  CHECK_THAT(heard(leaving), Catch::Contains("FatalError"));
}

TEST_CASE("more calls and queries than one connection may have end it, plainly") {
  session client{{.most_queries = 2, .most_mutations = 2, .most_actions = 1}};
  client.hear(hello);
  for (int i = 0; i < 2; ++i) client.hear(mutation(i));
  client.tell(true, 0, {value{}, global_position{1}});
  client.hear(mutation(2));
  CHECK_FALSE(client.closing());
  client.hear(mutation(3));
  REQUIRE(client.closing());
  CHECK(client.closing()->reason == "TooManyConcurrentMutations");
  CHECK(client.closing()->code == 1013);

  session greedy{{.most_queries = 2}};
  greedy.hear(hello);
  greedy.hear(modify(0, add(0) + "," + add(1) + "," + add(2)));
  CHECK(greedy.closing()->reason == "TooManyConcurrentQueries");
}

TEST_CASE("the client hears that somebody is there") {
  session client = connected();
  client.ping();
  CHECK(heard(client) == R"({"type":"Ping"})"
                         "\n");
}
