#include <evstore/event_record.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace evstore;

TEST_CASE("a record owns what the view lent") {
  auto bytes =
      std::make_unique<std::string>(R"(account-ada money_moved x y {"cents":5} {"user":{}})");
  const std::string_view text = *bytes;
  auto tags = std::make_unique<std::array<std::string_view, 2>>();
  *tags = {text.substr(24, 1), text.substr(26, 1)};
  event_view view;
  view.position = global_position{42};
  view.stream = text.substr(0, 11);
  view.version = stream_version{7};
  view.type = text.substr(12, 11);
  view.schema = 2;
  view.id = event_id{{1}};
  view.time = timestamp{std::chrono::hours{1}};
  view.commit = {1, 3};
  view.tags = *tags;
  view.data = text.substr(28, 11);
  view.metadata = text.substr(40);
  CHECK(view.has_tag("y"));
  CHECK(!view.has_tag("z"));

  const event_record record{view};
  tags.reset();
  bytes.reset();
  CHECK(record.position == global_position{42});
  CHECK(record.stream == "account-ada");
  CHECK(record.version == stream_version{7});
  CHECK(record.type == "money_moved");
  CHECK(record.schema == 2);
  CHECK(record.id == event_id{{1}});
  CHECK(record.time == timestamp{std::chrono::hours{1}});
  CHECK(record.commit == commit_part{1, 3});
  CHECK(record.tags == std::vector<std::string>{"x", "y"});
  CHECK(record.data == R"({"cents":5})");
  CHECK(record.metadata == R"({"user":{}})");
}

TEST_CASE("a view of a record lends all of it") {
  event_record record;
  record.position = global_position{42};
  record.stream = "s";
  record.version = stream_version{7};
  record.type = "a";
  record.schema = 2;
  record.id = event_id{{1}};
  record.time = timestamp{std::chrono::hours{1}};
  record.commit = {1, 3};
  record.tags = {"x", "y"};
  record.data = "{}";
  record.metadata = R"({"user":{}})";
  std::vector<std::string_view> tags{"left over"};
  CHECK(event_record{view_of(record, tags)} == record);
}

TEST_CASE("records differ in every part") {
  const event_record one;
  event_record other;
  CHECK(one == other);
  other.metadata = "{}";
  CHECK(one != other);
}

} // namespace
