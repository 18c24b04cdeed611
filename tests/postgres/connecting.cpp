#include <evstore/postgres/connecting.hpp>

#include <catch2/catch.hpp>

namespace {

using evstore::postgres::detail::first_sqlstate;

TEST_CASE("of what libpq says about attempts to connect, the first code of a server counts") {
  CHECK(first_sqlstate("connection to server at \"db\", port 5432 failed: FATAL:  28P01\n"
                       "connection to server at \"db\", port 5432 failed: FATAL:  28000\n") ==
        "28P01");
  CHECK(first_sqlstate("connection to server at \"a\" failed: Connection refused\n"
                       "\tIs the server running on that host and accepting TCP/IP connections?\n"
                       "connection to server at \"b\" failed: FATAL:  57P03") == "57P03");
  for (const char* none : {"", "\n", "57P03", "connection to server at \"a\" failed: timeout\n",
                           "connection to server at \"a\" failed: FATAL:  words\n"})
    CHECK(first_sqlstate(none).empty());
}

} // namespace
