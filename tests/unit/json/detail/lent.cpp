#include <evstore/json/detail/lent.hpp>

#include <evstore/describe.hpp>
#include <evstore/event_set.hpp>
#include <evstore/json/read.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace {

struct small {
  std::int64_t n = 0;
};
EVSTORE_DESCRIBE(small, n)
struct named {
  std::string name;
};
EVSTORE_DESCRIBE(named, name)
struct everything {
  std::string text;
  std::optional<std::string> maybe;
  std::vector<small> list;
  std::map<std::string, std::int64_t> pairs;
  std::variant<small, named> either;
};
EVSTORE_DESCRIBE(everything, text, maybe, list, pairs, either)

struct events : evstore::event_set<evstore::named<"everything", everything>> {};

template <class Visitor>
void visit(std::string_view data, Visitor visitor) {
  REQUIRE(evstore::visit_event<events>("everything", 1, data, visitor));
}

constexpr std::string_view full =
    R"({"text":"a text that needs memory of its own","maybe":"this, too, is long enough",)"
    R"("list":[{"n":1},{"n":2}],"pairs":{"a":1,"b":2},"either":{"named":{"name":"x"}}})";
constexpr std::string_view bare = R"({"text":"","list":[],"pairs":{},"either":{"small":{"n":0}}})";

TEST_CASE("an event has nothing of the one before it") {
  for (const std::string_view form : {bare, std::string_view{R"({ "text":"","list":[], "pairs":{},)"
                                                             R"("either":{"small":{"n":0}}} )"}}) {
    visit(full, [](const everything& e) { CHECK(e.list.size() == 2); });
    visit(form, [](const everything& e) {
      CHECK(e.text.empty());
      CHECK_FALSE(e.maybe);
      CHECK(e.list.empty());
      CHECK(e.pairs.empty());
      CHECK(e.either.index() == 0);
    });
  }
}

TEST_CASE("an event keeps its memory for the next, unless it is large") {
  const char* before = nullptr;
  visit(full, [&](const everything& e) { before = e.text.data(); });
  visit(full, [&](const everything& e) { CHECK(e.text.data() == before); });
  const std::string large = R"({"text":")" + std::string(100'000, 'x') +
                            R"(","list":[],"pairs":{},"either":{"small":{"n":0}}})";
  visit(large, [&](const everything& e) { CHECK(e.text.size() == 100'000); });
  visit(full, [&](const everything& e) { CHECK(e.text.capacity() < 100'000); });
}

TEST_CASE("events that are visited inside of a visit have objects of their own") {
  visit(full, [](const everything& outer) {
    visit(bare, [&](const everything& inner) {
      CHECK(&inner != &outer);
      CHECK(inner.list.empty());
    });
    CHECK(outer.list.size() == 2);
  });
  try {
    evstore::visit_event<events>("everything", 1, full, [](const everything&) { throw 1; });
    FAIL("nothing was thrown");
  } catch (int) {
  }
  visit(full, [](const everything& e) { CHECK(e.list.size() == 2); });
}

TEST_CASE("threads do not share, and what comes after a thread's end still reads") {
  struct late {
    ~late() {
      if (armed) evstore::visit_event<events>("everything", 1, full, [](const everything&) {});
    }
    bool armed = false;
  };
  std::thread{[] {
    thread_local late last_of_all;
    last_of_all.armed = true;
    evstore::visit_event<events>("everything", 1, full, [](const everything&) {});
  }}.join();
}

} // namespace
