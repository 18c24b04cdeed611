#include <evstore/detail/utf8.hpp>
#include <evstore/json/detail/path.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using evstore::json::detail::path_at;

namespace {

/// The path of the first '@' in a text.
std::string path_of_mark(std::string_view text) { return path_at(text, text.find('@')); }

} // namespace

TEST_CASE("a byte of a JSON text has a path") {
  CHECK(path_of_mark(R"(@)") == "$");
  CHECK(path_of_mark(R"({"a":@)") == "$.a");
  CHECK(path_of_mark(R"({"a":1,"b":@)") == "$.b");
  CHECK(path_of_mark(R"({"a":{"b":[1,{"c":@)") == "$.a.b[1].c");
  CHECK(path_of_mark(R"([[],[@)") == "$[1][0]");
  CHECK(path_of_mark(R"([{"x":[1,2]},3,@)") == "$[2]");
}

TEST_CASE("a place between members has the path of the object") {
  CHECK(path_of_mark(R"({@)") == "$");
  CHECK(path_of_mark(R"({"a":1,@)") == "$");
  CHECK(path_of_mark(R"({"a":{"b":1,@)") == "$.a");
}

TEST_CASE("brackets and commas inside of strings are text") {
  CHECK(path_of_mark(R"({"a":"],}[{\"","b":@)") == "$.b");
  CHECK(path_of_mark(R"({"a":"\\","b":@)") == "$.b");
}

TEST_CASE("keys that are no plain words stand in brackets") {
  CHECK(path_of_mark(R"({"a b":@)") == R"($["a b"])");
  CHECK(path_of_mark(R"({"":[@)") == R"($[""][0])");
  CHECK(path_of_mark(R"({"a\"b":@)") == R"($["a\"b"])");
  CHECK(path_of_mark("{\"caf\xC3\xA9\":@") == "$.caf\xC3\xA9");
}

TEST_CASE("what is not well-formed has some path, and nothing worse") {
  for (const std::string_view text : {"]@", "}}}@", ",@", "{\"a@", "\"\\@", "[}]{@"})
    CHECK(path_of_mark(text).front() == '$');
  CHECK(path_at("[1", 100) == "$[0]");
}

TEST_CASE("a very long path is cut in the middle, and not within a character") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "{\"first\":1,\"caf\xC3\xA9\":[";
  const std::string path = path_of_mark(text + "@");
  CHECK(path.size() < 250);
  CHECK(path.substr(0, 10) == "$.caf\xC3\xA9[0]");
  CHECK(path.substr(path.size() - 3) == "[0]");
  CHECK(path.find("...") != std::string::npos);
  for (int shift = 0; shift < 10; ++shift)
    CHECK(evstore::detail::is_utf8(path_of_mark(
        "{\"" + std::string(static_cast<std::size_t>(shift), 'x') + "\":" + text + "@")));
}
