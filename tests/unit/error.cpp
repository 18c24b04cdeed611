#include <evstore/error.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

using evstore::errc;
using evstore::error;
using evstore::error_place;
using namespace std::string_literals;

static_assert(std::is_nothrow_copy_constructible_v<error>, "copying must not throw while throwing");
static_assert(std::is_nothrow_copy_assignable_v<error>);

TEST_CASE("what an error says is the code, the message and the places that are known") {
  CHECK(error{errc::io_failed, "no luck"}.what() == std::string{"input/output failed: no luck"});

  error_place place;
  place.file = "log.jsonl";
  place.line = 3;
  place.byte = 0;
  place.stream = "account-ada";
  place.version = 2;
  place.position = 42;
  place.type = "money_moved";
  place.path = "$.cents";
  CHECK(error{errc::corrupt, "bad record", place}.what() ==
        std::string{"damaged data: bad record [file log.jsonl, line 3, byte 0, stream account-ada, "
                    "version 2, position 42, type money_moved, path $.cents]"});
}

TEST_CASE("an error gives its parts back") {
  error_place place;
  place.stream = "s";
  const error thrown{errc::locked, "in use", place};
  CHECK(thrown.code() == errc::locked);
  CHECK(thrown.message() == "in use");
  CHECK(thrown.place().stream == "s");
  CHECK(thrown.ids().empty());
}

TEST_CASE("what an error says stands on one line of UTF-8, whatever was quoted in it") {
  error_place place;
  place.stream = "a\nb";
  const error thrown{errc::invalid_argument, "bytes \xFF \x7F \0 \xE2\x82 é\t"s, place};
  CHECK(thrown.what() == std::string{"invalid argument: bytes \\xff \\x7f \\x00 \\xe2\\x82 é\\x09 "
                                     "[stream a\\x0ab]"});
}

TEST_CASE("control characters of two bytes are shown, and their neighbours are left alone") {
  CHECK(error{errc::locked, "\u009B2J \u0080\u009F\u00A0é\u00BF"}.what() ==
        std::string{"locked: \\xc2\\x9b2J \\xc2\\x80\\xc2\\x9f\u00A0é\u00BF"});
  CHECK(error{errc::locked, "\xC2"}.what() == std::string{"locked: \\xc2"});
}

TEST_CASE("a copy of an error shares what it says, and keeps it when the original is gone") {
  auto original = std::make_unique<error>(errc::append_in_doubt, "lost the server");
  original->with_ids({evstore::event_id{{1}}, evstore::event_id{{2}}});
  const error copy = *original;
  const char* text = copy.what();
  original.reset();
  CHECK(text == std::string{"append in doubt: lost the server"});
  CHECK(copy.ids() == std::vector{evstore::event_id{{1}}, evstore::event_id{{2}}});

  error other{errc::corrupt, "other"};
  error moved = std::move(other);
  CHECK(other.message() == "other"); // NOLINT(bugprone-use-after-move): a move is a copy
  other = copy;
  CHECK(other.code() == errc::append_in_doubt);
  CHECK(moved.code() == errc::corrupt);
}

TEST_CASE("ids that are given to an error do not appear in earlier copies of it") {
  error thrown{errc::append_in_doubt, "m"};
  const error before = thrown;
  thrown.with_ids({evstore::event_id{{1}}});
  CHECK(before.ids().empty());
  CHECK(thrown.ids().size() == 1);
  CHECK(thrown.message() == "m");
}

TEST_CASE("every code has a name of its own") {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(errc::unsupported); ++code)
    CHECK(names.insert(to_string(static_cast<errc>(code))).second);
  CHECK(!names.contains("unknown error"));
}

TEST_CASE("only what may pass without a repair is worth a retry") {
  const std::set<errc> worth{errc::storage_full, errc::locked, errc::connection_lost,
                             errc::cancelled, errc::append_in_doubt};
  for (int code = 0; code <= static_cast<int>(errc::unsupported); ++code) {
    const auto one = static_cast<errc>(code);
    CHECK(error{one, "m"}.retryable() == worth.contains(one));
  }
}

} // namespace
