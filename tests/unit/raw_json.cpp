#include <evstore/raw_json.hpp>

#include <catch2/catch.hpp>

#include <string>

namespace {

using evstore::errc;
using evstore::error;
using evstore::json_view;
using evstore::raw_json;

template <class F>
std::uint64_t refused_at(F&& make) {
  try {
    make();
  } catch (const error& thrown) {
    CHECK(thrown.code() == errc::invalid_payload);
    return thrown.place().byte.value();
  }
  FAIL("was accepted");
  return 0;
}

TEST_CASE("any JSON is kept byte for byte") {
  for (const char* text : {"null", "-0.0", "1e400", "\"\\u0000\\ud83d\\udc09\"", "[1,\t2 ]",
                           "{\"b\":1,\"a\":2,\"a\":3}", "12345678901234567890.0"})
    CHECK(raw_json{text}.text() == text);
}

TEST_CASE("without a value it is null") {
  CHECK(raw_json{}.text() == "null");
  CHECK(raw_json{} == raw_json{"null"});
}

TEST_CASE("line breaks between tokens become spaces, and space around the value is dropped") {
  CHECK(raw_json{" \r\n\t{\n  \"a\": 1,\r\n  \"b\": \"x\\ny\"\n}\n\n"}.text() ==
        "{   \"a\": 1,    \"b\": \"x\\ny\" }");
  CHECK(raw_json{"\n1\n"}.text() == "1");
}

TEST_CASE("what is not JSON is refused with the byte that is wrong") {
  CHECK(refused_at([] { raw_json{""}; }) == 0);
  CHECK(refused_at([] { raw_json{"{\"a\":tru}"}; }) == 5);
  CHECK(refused_at([] { raw_json{"{} x"}; }) == 3);
  CHECK(refused_at([] { raw_json{"\"\xFF\""}; }) == 1);
}

TEST_CASE("raw JSON is equal by its bytes, not by its meaning") {
  CHECK(raw_json{"[1]"} == raw_json{" [1] "});
  CHECK(raw_json{"[1]"} != raw_json{"[ 1]"});
  CHECK(raw_json{"1.0"} != raw_json{"1"});
}

TEST_CASE("a checked view is of the value, without the space around it") {
  CHECK(json_view::checked(" \n{\"a\": 1}\t\n").text() == "{\"a\": 1}");
  CHECK(json_view::checked(" {}").is_object());
  CHECK(!json_view::checked("[{}]").is_object());
  CHECK(json_view{}.empty());
  CHECK(!json_view{}.is_object());
}

TEST_CASE("a view cannot turn line breaks into spaces, and refuses them") {
  CHECK(refused_at([] { static_cast<void>(json_view::checked(" {\n}")); }) == 2);
  CHECK(refused_at([] { static_cast<void>(json_view::checked("[1,\r2]")); }) == 3);
}

TEST_CASE("what is trusted is not looked at") {
  CHECK(json_view::trusted("{...").text() == "{...");
  CHECK(raw_json::trusted("...").text() == "...");
}

} // namespace
