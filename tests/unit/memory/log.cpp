#include <evstore/memory/adapter.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <memory_resource>
#include <new>
#include <string>
#include <vector>

namespace {

using namespace evstore;

/// Memory of which there is only so much.
class scarce_memory : public std::pmr::memory_resource {
public:
  std::size_t left = 0;

private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    if (bytes > left) throw std::bad_alloc{};
    left -= bytes;
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  }
  void do_deallocate(void* p, std::size_t bytes, std::size_t alignment) override {
    std::pmr::new_delete_resource()->deallocate(p, bytes, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

/// The memory of stores that are made while it lives.
struct default_memory {
  explicit default_memory(std::pmr::memory_resource& memory)
      : before{std::pmr::set_default_resource(&memory)} {}
  ~default_memory() { std::pmr::set_default_resource(before); }
  default_memory(const default_memory&) = delete;

  std::pmr::memory_resource* before;
};

std::vector<event_record> all_of(memory::adapter& store) {
  std::vector<event_record> all;
  auto cursor = store.read_all(query::all(), {});
  for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
    for (const event_view& event : batch) all.emplace_back(event);
  return all;
}

TEST_CASE("a commit for which there is no memory leaves nothing behind, and can be repeated") {
  scarce_memory memory;
  const default_memory given{memory};
  memory::adapter store;

  const std::string small = R"({"n":1})", large = R"({"t":")" + std::string(1 << 20, 't') + "\"}";
  const event_id one = event_id::parse("01890a5d-ac96-774b-bcce-b302099a8057").value();
  const event_id two = event_id::parse("01890a5d-ac96-774b-bcce-b302099a8058").value();
  const new_event first{.type = "noted", .data = json_view::trusted(small), .id = one};
  const new_event both[] = {{.type = "noted", .data = json_view::trusted(small), .id = two},
                            {.type = "noted", .data = json_view::trusted(large)}};
  const stream_write writes[] = {{"b", any, {&first, 1}}, {"a", exactly(1), both}};

  memory.left = 1 << 16;
  const stream_write before{"a", no_stream, {&first, 1}};
  REQUIRE(store.append({{&before, 1}}));
  const auto stored = all_of(store);
  CHECK_THROWS_AS(store.append({writes}), std::bad_alloc);

  CHECK(store.head() == global_position{1});
  CHECK(store.state_of("a").version == stream_version{1});
  CHECK(store.state_of("b").version == stream_version{0});
  CHECK(all_of(store) == stored);

  memory.left = std::size_t{1} << 24;
  const append_result repeated = store.append({writes});
  REQUIRE(repeated);
  CHECK_FALSE(repeated->replayed);
  CHECK(repeated->first == global_position{2});
  REQUIRE(all_of(store).size() == 4);
  CHECK(all_of(store).back().data == large);
}

TEST_CASE("tags, metadata and payloads of any length are kept as they were given") {
  memory::adapter store;
  std::vector<event_record> given;
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text(size, 'x'), data = "{\"t\":\"" + text + "\"}", metadata = "{\"m\":1}";
    const std::string type = "t" + text;
    std::vector<std::string> owned;
    for (std::size_t i = 0; i < size % 4; ++i) owned.push_back(text + std::to_string(i));
    const std::vector<std::string_view> tags{owned.begin(), owned.end()};
    const new_event event{.type = type,
                          .data = json_view::trusted(data),
                          .tags = tags,
                          .metadata = size % 2 == 0 ? json_view{} : json_view::trusted(metadata)};
    const stream_write write{"s", any, {&event, 1}};
    REQUIRE(store.append({{&write, 1}}));
    event_record kept;
    kept.type = type;
    kept.tags = owned;
    kept.data = data;
    kept.metadata = event.metadata.text();
    given.push_back(kept);
  }
  const auto stored = all_of(store);
  REQUIRE(stored.size() == given.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    CHECK(stored[i].type == given[i].type);
    CHECK(stored[i].tags == given[i].tags);
    CHECK(stored[i].data == given[i].data);
    CHECK(stored[i].metadata == given[i].metadata);
  }
}

} // namespace
