#include <evstore/snapshot_record.hpp>
#include <evstore/stream_name.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

namespace {

using Catch::Matchers::Message;
using evstore::error;
using evstore::stream_name;

TEST_CASE("a stream name has a category and an id, divided at the first dash") {
  const stream_name name{"campaign-lost_mine-2"};
  CHECK(name.category() == "campaign");
  CHECK(name.id() == "lost_mine-2");
  CHECK(name.view() == "campaign-lost_mine-2");
  CHECK(name.string() == "campaign-lost_mine-2");
}

TEST_CASE("a stream name without a dash is all category") {
  CHECK(stream_name{"settings"}.category() == "settings");
  CHECK(stream_name{"settings"}.id().empty());
  CHECK(stream_name{"-x"}.category().empty());
  CHECK(stream_name{"x-"}.id().empty());
}

TEST_CASE("stream names are compared byte by byte") {
  CHECK(stream_name{"a"} == stream_name{std::string{"a"}});
  CHECK(stream_name{"a"} != stream_name{"A"});
  CHECK(stream_name{"\u00E9"} != stream_name{"e\u0301"});
  CHECK(stream_name{"a-10"} < stream_name{"a-2"});
}

TEST_CASE("a name has 1 to 255 bytes") {
  CHECK(stream_name{std::string(255, 'n')}.view().size() == 255);
  CHECK_THROWS_AS(stream_name{std::string(256, 'n')}, error);
  CHECK_THROWS_AS(stream_name{""}, error);
  CHECK_NOTHROW(stream_name{std::string(253, 'n') + "é"});
  CHECK_THROWS_AS(stream_name{std::string(254, 'n') + "é"}, error);
}

TEST_CASE("a control character is found wherever it stands, and nothing else is one") {
  for (std::size_t size = 1; size <= 18; ++size)
    for (std::size_t at = 0; at < size; ++at)
      for (int value = 0; value < 256; ++value) {
        std::string name(size, 'n');
        name[at] = static_cast<char>(value);
        const bool is_control = value < 0x20 || value == 0x7F;
        const std::string_view expected = value >= 0x80 ? "is not valid UTF-8"
                                          : is_control  ? "contains a control character"
                                                        : "";
        if (evstore::name_defect(name) != expected)
          FAIL("byte " << value << " at " << at << " of " << size);
      }
}

TEST_CASE("a refused name is quoted in the message, shortened and on one line") {
  CHECK_THROWS_MATCHES(stream_name{"a\nb"}, error,
                       Message("invalid argument: the stream name \"a\\x0ab\" contains a control "
                               "character"));
  CHECK_THROWS_MATCHES(evstore::require_name(std::string(300, 'n'), "tag"), error,
                       Message("invalid argument: the tag name \"" + std::string(40, 'n') +
                               "...\" is longer than 255 bytes"));
  CHECK_THROWS_MATCHES(evstore::require_name(std::string(39, 'n') + "é\xFF", "tag"), error,
                       Message("invalid argument: the tag name \"" + std::string(39, 'n') +
                               "\\xc3...\" is not valid UTF-8"));
}

TEST_CASE("a snapshot key has 1 to 512 bytes and no control characters, and nothing else matters") {
  CHECK_NOTHROW(evstore::require_snapshot_key(std::string(512, 'k')));
  CHECK_NOTHROW(evstore::require_snapshot_key("../../etc/passwd"));
  CHECK_THROWS_MATCHES(evstore::require_snapshot_key(""), error,
                       Message("invalid argument: the snapshot key \"\" is empty"));
  CHECK_THROWS_AS(evstore::require_snapshot_key(std::string(513, 'k')), error);
  CHECK_THROWS_AS(evstore::require_snapshot_key("a\tb"), error);
  CHECK_THROWS_AS(evstore::require_snapshot_key("\x80"), error);
}

} // namespace
