#include <evstore/jsonl/pending_batch.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <memory>
#include <string_view>

namespace {

using namespace evstore;
using namespace evstore::jsonl;

/// A batch behind an empty log.
struct collected {
  pending_batch batch;
  record_writer writer;
  log_end end;

  void add(std::span<const stream_write> writes) {
    const auto state_of = [&](std::string_view stream) {
      return batch.state_of(stream).value_or(stream_state{});
    };
    batch.add({.writes = writes}, end, timestamp{}, std::nullopt, writer, state_of);
  }
  [[nodiscard]] std::uint64_t version_of(std::string_view stream) const {
    return batch.state_of(stream).value_or(stream_state{}).version.value();
  }
};

TEST_CASE("a commit that cannot be encoded leaves the batch as it was, whatever is in it") {
  const auto enormous = std::make_unique_for_overwrite<char[]>(max_record_size);
  const new_event plain{.type = "t", .data = json_view::trusted("{}")};
  const new_event fact{.type = fact::tombstoned, .data = json_view::trusted("{}")};
  const new_event too_long{.type = "t",
                           .data = json_view::trusted({enormous.get(), max_record_size})};
  const std::array refused{stream_write{"x", any, {&plain, 1}}, stream_write{"z", any, {&fact, 1}},
                           stream_write{"y", any, {&too_long, 1}}};
  const std::array accepted{stream_write{"w", any, {&plain, 1}}};
  collected in;
  SECTION("in an empty batch") {}
  SECTION("behind another commit") { in.add(accepted); }
  SECTION("behind another commit of the same stream") { in.add(std::span{refused}.first(1)); }
  const std::uint64_t version = in.version_of("x");
  const log_end before = in.end;
  const std::string bytes{in.batch.bytes().view()};

  CHECK_THROWS_AS(in.add(refused), error);
  CHECK(in.version_of("x") == version);
  CHECK_FALSE(in.batch.state_of("z").value_or(stream_state{}).tombstoned);
  CHECK_FALSE(in.batch.has_facts());
  CHECK(in.end.position == before.position);
  CHECK(in.batch.bytes().view() == bytes);

  in.add(std::span{refused}.first(1));
  CHECK(in.version_of("x") == version + 1);
  CHECK(in.end.position == before.position + 1);
}

} // namespace
