#include <evstore/postgres/address.hpp>

#include <catch2/catch.hpp>

#include <string>

namespace {

using evstore::postgres::address;
using evstore::postgres::parse_address;

TEST_CASE("the schema is taken out of a list of words, and the others stay as they are") {
  const address found = parse_address("host=/run/pg  schema=games dbname = 'a \\'b\\' c' user=ada");
  CHECK(found.schema == "games");
  CHECK(found.connection == "host=/run/pg dbname = 'a \\'b\\' c' user=ada");
  CHECK(!found.has_password);
  CHECK(parse_address("schema='odd \\'name\\''").schema == "odd 'name'");
  CHECK(parse_address("host=a").schema == std::nullopt);
  CHECK(parse_address("").connection.empty());
  CHECK(parse_address("dbname=schema=x").schema == std::nullopt); // a value, not a word
}

TEST_CASE("the schema is taken out of a URI") {
  const address found = parse_address("//ada@db:5432/games?sslmode=require&schema=a%20b&port=1");
  CHECK(found.schema == "a b");
  CHECK(found.connection == "postgresql://ada@db:5432/games?sslmode=require&port=1");
  CHECK(!found.has_password);
  CHECK(parse_address("///games?schema=x").connection == "postgresql:///games");
  CHECK(parse_address("//h/games").connection == "postgresql://h/games");
}

TEST_CASE("a password is noticed wherever it stands") {
  CHECK(parse_address("host=a password=x").has_password);
  CHECK(parse_address("host=a password = 'x y'").has_password);
  CHECK(parse_address("//ada:x@db/games").has_password);
  CHECK(parse_address("//db/games?password=x").has_password);
  CHECK(parse_address("//db/games?sslmode=a&password=x").has_password);
  CHECK(!parse_address("//db:5432/games").has_password);
  CHECK(!parse_address("host=password").has_password);
}

TEST_CASE("what is no list of words is refused without being repeated") {
  for (const std::string text : {"hush", "host=a hush", "host='hush"}) {
    try {
      static_cast<void>(parse_address(text));
      FAIL(text);
    } catch (const evstore::error& refused) {
      CHECK(refused.code() == evstore::errc::invalid_argument);
      CHECK(std::string{refused.what()}.find("hush") == std::string::npos);
    }
  }
}

} // namespace
