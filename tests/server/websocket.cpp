// The sync protocol on sockets: what clients say right and wrong, many of them, slow ones, and the end of the server.
#include "../unit/convex/chat.hpp"

#include <evstore/convex/http_server.hpp>
#include <evstore/memory/adapter.hpp>

#include <catch2/catch.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace evstore;
using convex::object;
using convex::value;
namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

using executor = chat::executor<memory::adapter>;

struct program {
  executor runs{evstore::open<chat::events>(memory::adapter{}), chat::functions()};
  convex::http_api<executor> api{runs};
  convex::http_server server{
      [this](const auto& request, const auto& reply) { api.respond(request, reply); },
      {.body_limit = 1'000'000},
      convex::sync_api(runs)};

  std::string open_room() {
    return *runs.mutate({"rooms:open", object{{"title", "a"}}}).outcome->get_if<std::string>();
  }
  void say(const std::string& room, const value& content) {
    REQUIRE(runs.mutate({"messages:send", object{{"room", room}, {"content", content}}}).outcome);
  }
};

/// A client that speaks when it is told to.
class client {
public:
  explicit client(const program& of, std::string_view path = "/api/1.48.0/sync") {
    socket().connect({asio::ip::make_address("127.0.0.1"), of.server.port()});
    stream_.handshake("127.0.0.1", beast::string_view{path.data(), path.size()});
  }

  asio::ip::tcp::socket& socket() { return stream_.next_layer(); }
  void say(std::string_view text, bool is_binary = false) {
    stream_.binary(is_binary);
    stream_.write(asio::buffer(text));
  }
  /// The next message; nothing once the server has closed, for the reason that it gave.
  std::optional<std::string> hear() {
    beast::flat_buffer buffer;
    boost::system::error_code end;
    stream_.read(buffer, end);
    if (end) return std::nullopt;
    return beast::buffers_to_string(buffer.cdata());
  }
  [[nodiscard]] int close_code() const { return stream_.reason().code; }

  void connect() {
    say(R"({"type":"Connect","sessionId":"89ec472b-cb0d-4350-bbcd-f2aba803d133","connectionCount":0})");
  }
  void subscribe(std::string_view path, std::string_view arguments, std::string_view journal = {}) {
    connect();
    say(std::string{
        R"({"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":[{"type":"Add","queryId":0,"udfPath":")"}
            .append(path)
            .append(R"(","args":[)")
            .append(arguments)
            .append("]")
            .append(journal.empty() ? "" : ",\"journal\":")
            .append(journal)
            .append("}]}"));
  }

private:
  asio::io_context context_;
  beast::websocket::stream<asio::ip::tcp::socket> stream_{context_};
};

std::string room_arguments(const std::string& room) { return R"({"room":")" + room + "\"}"; }

std::string text_of(const object& message, std::string_view name) {
  return convex::encode(*message.find(name));
}

} // namespace

TEST_CASE("a client subscribes, and hears of mutations, its own and those of others") {
  program chat;
  const std::string room = chat.open_room();
  client one{chat};
  one.subscribe("messages:list", room_arguments(room));
  CHECK_THAT(*one.hear(), Catch::Contains(R"("queryId":0,"value":[])"));
  chat.say(room, "from elsewhere");
  CHECK_THAT(*one.hear(), Catch::Contains("from elsewhere"));
  one.say(R"({"type":"Mutation","requestId":0,"udfPath":"messages:send","args":[{"room":")" + room +
          R"(","content":"my own"}]})");
  CHECK_THAT(*one.hear(),
             Catch::StartsWith(R"({"type":"MutationResponse","requestId":0,"success":true)"));
  CHECK_THAT(*one.hear(),
             Catch::StartsWith(R"({"type":"Transition")") && Catch::Contains("my own"));
  one.say(R"({"type":"Action","requestId":1,"udfPath":"rooms:openTwice","args":[{"title":"t"}]})");
  CHECK_THAT(
      *one.hear(),
      Catch::StartsWith(R"({"type":"ActionResponse","requestId":1,"success":true,"result":3)"));
}

TEST_CASE(
    "the protocol is spoken at its path, with a version or without, and in binary frames too") {
  program chat;
  client plain{chat, "/api/sync"};
  plain.connect();
  plain.say(R"({"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":[]})", true);
  CHECK_THAT(*plain.hear(), Catch::Contains(R"("endVersion":{"querySet":1)"));
  CHECK_THROWS(client{chat, "/sync"});
  CHECK_THROWS(client{chat, "/api/query"});
}

TEST_CASE("what is no message is answered and hung up on, and the next client is served") {
  program chat;
  for (const std::string& wrong :
       {std::string{"{"}, std::string{"null"}, std::string{R"({"type":"Hello"})"},
        std::string{
            R"({"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":[]})"},
        std::string(500'000, '['), std::string{"\xC3\x28", 2}}) {
    client bad{chat};
    bad.say(wrong, true);
    CHECK_THAT(*bad.hear(), Catch::StartsWith(R"({"type":"FatalError","error":")"));
    CHECK_FALSE(bad.hear());
    CHECK(bad.close_code() == 1002);
  }
  client large{chat};
  large.say(std::string(1'000'001, 'x'));
  CHECK_FALSE(large.hear());
  CHECK(large.close_code() == 1009);
  client text{chat};
  text.say("\xC3\x28"); // no UTF-8
  CHECK_FALSE(text.hear());
  client frames{chat};
  asio::write(frames.socket(), asio::buffer(std::string_view{"\x81\x05hello"})); // without a mask
  CHECK_FALSE(frames.hear());
  client odd{chat};
  asio::write(odd.socket(), asio::buffer(std::string(100, '\xFF')));
  CHECK_FALSE(odd.hear());
  client gone{chat};
  gone.connect();
  gone.socket().close();
  client right{chat};
  right.subscribe("rooms:count", "{}");
  CHECK_THAT(*right.hear(), Catch::Contains(R"("value":0)"));
}

TEST_CASE("many subscribers of one query share its runs") {
  program chat;
  const std::string room = chat.open_room();
  std::vector<std::unique_ptr<client>> all;
  for (int i = 0; i < 100; ++i) {
    all.push_back(std::make_unique<client>(chat));
    all.back()->subscribe("messages:list", room_arguments(room));
  }
  for (auto& each : all) CHECK_THAT(*each->hear(), Catch::Contains(R"("value":[])"));
  chat.say(room, "to all");
  for (auto& each : all) CHECK_THAT(*each->hear(), Catch::Contains("to all"));
  CHECK(chat.runs.count().live_queries == 1);
  CHECK(chat.runs.count().live_query_runs == 2);
}

TEST_CASE("who does not read has a few messages before it, and the newest state as the last") {
  program chat;
  const std::string room = chat.open_room();
  client slow{chat, "/api/sync"}; // who is sent each Transition in one
  slow.subscribe("messages:list", room_arguments(room));
  client quick{chat};
  quick.subscribe("messages:list", room_arguments(room));
  REQUIRE(quick.hear());
  constexpr int commits = 60;
  for (int i = 0; i < commits; ++i) {
    chat.say(room, std::string(100'000, 'x')); // up to 6 MB each time
    REQUIRE(quick.hear());
  }
  int transitions = 0;
  std::string version;
  for (std::size_t messages = 0; messages != commits; ++transitions) {
    const auto heard = slow.hear();
    REQUIRE(heard);
    const value decoded = convex::decode(*heard, {.size = std::size_t{1} << 30});
    const object& message = *decoded.get_if<object>();
    if (transitions != 0) CHECK(text_of(message, "startVersion") == version);
    version = text_of(message, "endVersion");
    const auto& changes = *message.find("modifications")->get_if<convex::array>();
    const value* const result = changes.at(0).get_if<object>()->find("value");
    REQUIRE(result != nullptr);
    messages = result->get_if<convex::array>()->size();
  }
  CHECK(transitions < commits / 2); // what the system's buffers hold, and two more
}

TEST_CASE("a page keeps its end by its journal, also when the client comes back") {
  program chat;
  const std::string room = chat.open_room();
  for (const char* text : {"one", "two", "three"}) chat.say(room, text);
  const std::string arguments = R"({"room":")" + room + R"(","most":2})";
  std::string journal;
  const auto contents = [&](client& by) {
    const value decoded = convex::decode(*by.hear());
    const object& change = *decoded.get_if<object>()
                                ->find("modifications")
                                ->get_if<convex::array>()
                                ->at(0)
                                .get_if<object>();
    journal = text_of(change, "journal");
    std::string all;
    for (const value& message : *change.find("value")->get_if<convex::array>())
      all += *message.get_if<object>()->find("content")->get_if<std::string>() + " ";
    return all;
  };
  std::string first_journal;
  {
    client one{chat};
    one.subscribe("messages:page", arguments);
    CHECK(contents(one) == "three two ");
    first_journal = journal;
    CHECK(first_journal != "null");
    chat.say(room, "four");
    CHECK(contents(one) == "four three two ");
    CHECK(journal == first_journal);
  }
  chat.say(room, "five");
  client back{chat};
  back.subscribe("messages:page", arguments, first_journal);
  CHECK(contents(back) == "five four three two ");
  CHECK(journal == first_journal);
  client fresh{chat};
  fresh.subscribe("messages:page", arguments); // at the same time, with an end of its own
  CHECK(contents(fresh) == "five four ");
  CHECK(journal != first_journal);
  chat.say(room, "six");
  CHECK(contents(fresh) == "six five four ");
  CHECK(contents(back) == "six five four three two ");
  client first_run{chat};
  first_run.subscribe("messages:page", arguments, "null"); // as clients say it that had none
  contents(first_run);
}

TEST_CASE("a large Transition comes in parts to clients who say that they can put them together") {
  program chat;
  const std::string room = chat.open_room();
  for (int i = 0; i < 6; ++i) chat.say(room, std::string(900'000, 'x'));
  client able{chat};
  able.subscribe("messages:list", room_arguments(room));
  for (const char* const part : {"\"partNumber\":0,\"totalParts\":2", "\"partNumber\":1"})
    CHECK_THAT(*able.hear(),
               Catch::StartsWith(R"({"type":"TransitionChunk",)") && Catch::Contains(part));
  for (const char* const path : {"/api/1.27.5/sync", "/api/sync"}) {
    client unable{chat, path};
    unable.subscribe("messages:list", room_arguments(room));
    CHECK_THAT(*unable.hear(), Catch::StartsWith(R"({"type":"Transition",)"));
  }
}

TEST_CASE("a server that stops says goodbye, and what was asked before is carried out") {
  executor runs{evstore::open<chat::events>(memory::adapter{}), chat::functions()};
  convex::http_server server{
      [](const auto&) { return convex::http_response{}; }, {}, convex::sync_api(runs)};
  asio::io_context context;
  beast::websocket::stream<asio::ip::tcp::socket> idle{context};
  idle.next_layer().connect({asio::ip::make_address("127.0.0.1"), server.port()});
  idle.handshake("127.0.0.1", "/api/sync");
  std::thread stopping{[&] { server.stop(); }};
  beast::flat_buffer buffer;
  boost::system::error_code end;
  idle.read(buffer, end);
  CHECK(end == beast::websocket::error::closed);
  CHECK(idle.reason().code == 1001);
  stopping.join();
}
