// A part of the index in a file answers as the part in memory that it was written from.
#include "small_logs.hpp"

#include <evstore/jsonl/index_segment.hpp>
#include <evstore/jsonl/index_tail.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

TEST_CASE("every part of a stream is found where it stands, in memory and in a file") {
  constexpr std::uint32_t before = 300; // of the stream, in an older part
  constexpr std::uint32_t events = 1000;
  const scratch_folder folder;
  index_tail tail{before};
  const std::uint32_t other = tail.enter_stream("other", 0, 0);
  const std::uint32_t stream = tail.enter_stream("stream", before, before);
  std::vector<std::uint32_t> places;
  for (std::uint32_t position = before + 1; position <= before + events; ++position) {
    const bool is_ours = position * 7919U % 10U < 7U;
    event_view event;
    event.type = "happened";
    tail.add(event, is_ours ? stream : other, 100 * position);
    if (is_ours) places.push_back(position);
  }
  segment::write(file<unsynced_files>::create_new({}, folder / "segment"), tail);
  const segment kept{file<unsynced_files>{{}, folder / "segment", O_RDONLY}};
  for (const std::size_t first : {0U, 1U, 200U, 500U})
    for (std::size_t count = 1; first + count <= places.size(); count += 37) {
      CAPTURE(first, count);
      const std::vector<std::uint32_t> wanted(
          places.begin() + static_cast<std::ptrdiff_t>(first),
          places.begin() + static_cast<std::ptrdiff_t>(first + count));
      std::vector<std::uint32_t> found(count);
      tail.positions_of(stream, before + first + 1, before + first + count, found.data());
      CHECK(found == wanted);
      found.assign(count, 0);
      kept.positions_of(stream, before + first + 1, before + first + count, found.data());
      CHECK(found == wanted);
    }
}

} // namespace
