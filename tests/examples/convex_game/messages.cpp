#include "called.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <vector>

using namespace called;
using Catch::Contains;

namespace {

using in_memory = server<>;

void say(in_memory& call, const std::string& game, const std::string& content) {
  call("messages:send",
       {{"gameId", game}, {"role", "user"}, {"content", content}, {"timestamp", 1.0}});
}

std::vector<std::string> contents(const array& of) {
  std::vector<std::string> all;
  for (const value& each : of) all.push_back(text(field(each, "content")));
  return all;
}

object page_of(const std::string& game, double items, value cursor) {
  return {
      {"gameId", game},
      {"paginationOpts", object{{"numItems", items}, {"cursor", std::move(cursor)}, {"id", 1.0}}}};
}

} // namespace

TEST_CASE("a message comes back as it was sent") {
  in_memory call;
  const std::string game = call.create();
  for (const double time : {1.5, -0.0, std::numeric_limits<double>::infinity()}) {
    const value id = call("messages:send", {{"gameId", game},
                                            {"role", "agent"},
                                            {"content", std::string{"h\0llo", 5}},
                                            {"timestamp", time}});
    const array listed = call.messages(game);
    CHECK(field(listed.back(), "_id") == id);
    CHECK(field(listed.back(), "gameId") == value{game});
    CHECK(field(listed.back(), "role") == value{"agent"});
    CHECK(field(listed.back(), "content") == value{std::string{"h\0llo", 5}});
    CHECK(field(listed.back(), "timestamp") == value{time});
    CHECK(listed.back().get_if<object>()->size() == 6);
  }
}

TEST_CASE("a role that there is not, and an empty message, are refused and not written") {
  in_memory call;
  const std::string game = call.create();
  const auto before = call.head();
  const auto send = [&](value role, std::string content) {
    call("messages:send", {{"gameId", game},
                           {"role", std::move(role)},
                           {"content", std::move(content)},
                           {"timestamp", 1.0}});
  };
  CHECK_THROWS_WITH(send("referee", "x"), Contains("Path: .role"));
  try {
    send("user", "");
    FAIL("an empty message is none");
  } catch (const convex::function_error& refused) {
    CHECK(refused.data() == value{object{{"code", "EMPTY_CONTENT"},
                                         {"field", "content"},
                                         {"gameId", game},
                                         {"minLength", std::int64_t{1}}}});
  }
  CHECK(call.head() == before);
}

TEST_CASE("the messages of a game are its own, in the order in which they were sent") {
  in_memory call;
  std::vector<std::string> games;
  for (int i = 0; i < 10; ++i) games.push_back(call.create());
  for (int i = 0; i < 300; ++i)
    say(call, games[static_cast<std::size_t>(i % 10)], std::to_string(i));
  const array listed = call.messages(games[3]);
  REQUIRE(listed.size() == 30);
  for (std::size_t i = 0; i < 30; ++i)
    CHECK(field(listed[i], "content") == value{std::to_string(10 * i + 3)});
  for (std::size_t i = 1; i < 30; ++i)
    CHECK(field(listed[i - 1], "_creationTime") < field(listed[i], "_creationTime"));
  const value last =
      call("messages:list", {{"gameId", games[3]}, {"order", "desc"}, {"limit", 2.0}});
  CHECK(contents(*last.get_if<array>()) == std::vector<std::string>{"293", "283"});
}

TEST_CASE("pages follow each other without a gap, and the last one is open to what comes") {
  in_memory call;
  const std::string game = call.create();
  const std::string other = call.create();
  for (const char* each : {"a", "b", "c", "d", "e"}) {
    say(call, game, each);
    say(call, other, "not this");
  }
  const value first = call("messages:page", page_of(game, 2, nullptr));
  CHECK(contents(*field(first, "page").get_if<array>()) == std::vector<std::string>{"a", "b"});
  CHECK(field(first, "isDone") == value{false});
  const value second = call("messages:page", page_of(game, 2, field(first, "continueCursor")));
  CHECK(contents(*field(second, "page").get_if<array>()) == std::vector<std::string>{"c", "d"});
  const object last_asked = page_of(game, 2, field(second, "continueCursor"));
  const value last = call("messages:page", last_asked);
  CHECK(contents(*field(last, "page").get_if<array>()) == std::vector<std::string>{"e"});
  CHECK(field(last, "isDone") == value{true});

  object ended = last_asked;
  ended.find("paginationOpts")->get_if<object>()->set("endCursor", field(last, "continueCursor"));
  for (const char* each : {"f", "g", "h"}) say(call, game, each);
  CHECK(contents(*field(call("messages:page", ended), "page").get_if<array>()) ==
        std::vector<std::string>{"e", "f", "g", "h"});

  object closed = page_of(game, 1, field(first, "continueCursor"));
  closed.find("paginationOpts")
      ->get_if<object>()
      ->set("endCursor", field(second, "continueCursor"));
  const value again = call("messages:page", closed);
  CHECK(contents(*field(again, "page").get_if<array>()) == std::vector<std::string>{"c", "d"});
  CHECK(field(again, "continueCursor") == field(second, "continueCursor"));
}

TEST_CASE("a cursor that is none is said to be none") {
  in_memory call;
  const std::string game = call.create();
  say(call, game, "a");
  const auto refused = [&](object asked) {
    try {
      call("messages:page", std::move(asked));
      FAIL("the cursor is none");
    } catch (const convex::function_error& said) {
      CHECK(field(*said.data(), "paginationError") == value{"InvalidCursor"});
    }
  };
  for (const char* wrong : {"", "x", "nan", "inf", "1 ", "1e999"}) refused(page_of(game, 1, wrong));
  object backwards = page_of(game, 1, "9");
  backwards.find("paginationOpts")->get_if<object>()->set("endCursor", "8");
  refused(backwards);
  CHECK_THROWS_WITH(call("messages:page", page_of(game, 0, nullptr)), Contains("BAD_LIMIT"));
}
