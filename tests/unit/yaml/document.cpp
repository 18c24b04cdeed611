#include <evstore/yaml/document.hpp>

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

using namespace evstore;

namespace {

std::string refusal_of(std::string_view text, const yaml::limits& bounds = {}) {
  try {
    (void)yaml::document::parse(text, "bomb.yaml", bounds);
  } catch (const error& refused) {
    CHECK(refused.code() == errc::decode_failed);
    return refused.what();
  }
  return "read";
}

/// Nine levels of lists of nine aliases: 9⁹ nodes in nine lines.
std::string billion_laughs() {
  std::string text = "a0: &a0 [lol]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + alias;
    for (int k = 1; k < 9; ++k) text += ", " + alias;
    text += "]\n";
  }
  return text;
}

} // namespace

TEST_CASE("a bomb of aliases is refused at the line where it goes off") {
  CHECK(refusal_of(billion_laughs()) ==
        "decode failed: the document has more than 1000000 nodes [file bomb.yaml, line 7]");
}

TEST_CASE("an alias may not stand inside of what it names") {
  CHECK(refusal_of("a: &a\n  - *a\n") ==
        "decode failed: an alias stands inside of what it names [file bomb.yaml, line 2]");
}

TEST_CASE("depth is bounded, also through aliases") {
  const yaml::limits bounds{.depth = 5};
  CHECK(refusal_of("[[[[1]]]]", bounds) == "read");
  CHECK(refusal_of("[[[[[1]]]]]", bounds) ==
        "decode failed: nested deeper than 5 levels [file bomb.yaml, line 1]");
  CHECK(refusal_of("- &a [[1]]\n- [*a]\n", bounds) == "read");
  CHECK(refusal_of("- &a [[1]]\n- [[*a]]\n", bounds) ==
        "decode failed: nested deeper than 5 levels [file bomb.yaml, line 2]");
  CHECK(refusal_of(std::string(1'000'000, '[')) ==
        "decode failed: nested deeper than 100 levels [file bomb.yaml, line 1]");
  CHECK(refusal_of(std::string(100'000, '{')) ==
        "decode failed: nested deeper than 100 levels [file bomb.yaml, line 1]");
}

TEST_CASE("size is bounded") {
  CHECK(refusal_of("0123456789", {.bytes = 10}) == "read");
  CHECK(refusal_of("0123456789\n", {.bytes = 10}) ==
        "decode failed: the document is larger than 10 bytes [file bomb.yaml]");
  CHECK(refusal_of("[1, 2, 3]", {.nodes = 4}) == "read");
  CHECK(refusal_of("[1, 2, 3]", {.nodes = 3}) ==
        "decode failed: the document has more than 3 nodes [file bomb.yaml, line 1]");
}

TEST_CASE("an empty text is a document that says nothing") {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n", "~"})
    CHECK(yaml::document::parse(text, "", {}).root().is == yaml::node::kind::null);
}

TEST_CASE("a document that was cut off is refused wherever it was cut") {
  const auto check = [](const std::string& text, std::size_t from) {
    const std::string_view whole{text};
    REQUIRE(refusal_of(whole) == "read");
    REQUIRE(refusal_of(whole.substr(0, whole.size() - 1)) == "read");
    for (std::size_t size = from; size < whole.size() - 1; ++size)
      CHECK(refusal_of(whole.substr(0, size)) != "read");
  };
  check("a: [1, {b: \"c\n  d\n\n \"}]\n", 4);
  check("a: \"b\n  c\n\n  d\"\n", 4);
  check("a: 'b\n\t \n'\n", 4);
}

TEST_CASE("the end of the text is the end of a block") {
  const auto block = [](const char* text) {
    return yaml::document::parse(text, "", {}).root().text;
  };
  CHECK(block("|\n  a\n") == "a\n");
  CHECK(block("|-\n  a\n") == "a");
  CHECK(block("|+\n  a\n\n") == "a\n\n");
  CHECK(block("|\n  a\n...\n") == "a\n");
}

TEST_CASE("nodes know their lines and what is quoted") {
  const auto document = yaml::document::parse("a: 1\nb:\n  - 'x'\n  - |\n    y\n", "", {});
  const yaml::node& root = document.root();
  REQUIRE(root.children.size() == 4);
  CHECK(root.children[0]->line == 1);
  CHECK_FALSE(root.children[1]->quoted);
  const yaml::node& list = *root.children[3];
  REQUIRE(list.children.size() == 2);
  CHECK(list.children[0]->quoted);
  CHECK(list.children[0]->line == 3);
  CHECK(list.children[1]->quoted);
  CHECK(list.children[1]->text == "y\n");
}
