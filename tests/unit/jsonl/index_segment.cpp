// A part of the index in a file answers as the part in memory that it was written from.
#include "small_logs.hpp"

#include <evstore/jsonl/index_segment.hpp>
#include <evstore/jsonl/index_tail.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace {

using namespace evstore;
using namespace evstore::tests;
using namespace evstore::jsonl;

using segment = index_segment<unsynced_files>;

/// Ten events of one stream and ten of another, in turns; each fifth of them hides what is before.
index_tail two_streams() {
  index_tail tail;
  for (std::uint32_t i = 0; i < 20; ++i) {
    const std::string stream = i % 2 == 0 ? "even" : "odd";
    event_view event;
    event.stream = stream;
    event.type = i % 5 == 4 ? fact::truncated : "happened";
    auto number = tail.find_stream(stream);
    if (!number) number = tail.enter_stream(stream, 0, 0);
    tail.add(event, *number, 100 * i);
    if (i % 5 == 4) tail.add_fact(*number, {i + 1, i + 1, i / 2 + 1, 0});
  }
  return tail;
}

TEST_CASE("what hides events of a stream is found as of every head") {
  const scratch_folder folder;
  const index_tail tail = two_streams();
  const file<unsynced_files> out = file<unsynced_files>::create_new({}, folder / "segment");
  segment::write(out, tail);
  const segment kept{file<unsynced_files>{{}, folder / "segment", O_RDONLY}};
  REQUIRE(kept.has_facts());
  for (const char* stream : {"even", "odd"}) {
    const auto number = kept.find_stream(stream);
    REQUIRE(number == tail.find_stream(stream));
    for (std::uint64_t head = 0; head <= 21; ++head) {
      INFO(stream << " at " << head);
      const std::optional<index_fact> found = kept.fact(*number, head);
      const std::optional<index_fact> wanted = tail.fact(*number, head);
      REQUIRE(found.has_value() == wanted.has_value());
      if (found) CHECK(found->position == wanted->position);
    }
  }
  CHECK_FALSE(kept.fact(*kept.find_stream("even"), 4).has_value());
}

TEST_CASE("a stream or a tag that a part of the index has not is not found in it") {
  const scratch_folder folder;
  segment::write(file<unsynced_files>::create_new({}, folder / "segment"), two_streams());
  const segment kept{file<unsynced_files>{{}, folder / "segment", O_RDONLY}};
  CHECK(kept.first() == 1);
  CHECK(kept.last() == 20);
  CHECK(kept.find_stream("even"));
  CHECK_FALSE(kept.find_stream("eve"));
  CHECK_FALSE(kept.find_stream(""));
}

} // namespace
