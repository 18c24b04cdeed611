// Many commits at once, by COPY.

#include <postgres/server.hpp>

#include <evstore/testing/plain_commit.hpp>
#include <evstore/transfer.hpp>

#include <catch2/catch.hpp>

#include <evstore/memory/adapter.hpp>

#include <chrono>
#include <cstdint>
#include <future>
#include <string>
#include <vector>

namespace {

using namespace evstore;
using tests::scratch_schema;
using tests::server;

constexpr timestamp at{std::chrono::microseconds{1'700'000'000'123'456}};

testing::plain_event event(std::string type, std::uint64_t id = 0) {
  testing::plain_event made{.type = std::move(type), .time = at};
  if (id != 0) made.id = testing::id_of(id);
  return made;
}

bool is_imported(postgres::adapter& store, const testing::plain_commit& commit) {
  return testing::with_view(commit, [&](const commit_view& view) {
    return store.import_commits({&view, 1});
  });
}

TEST_CASE("a copy arrives in few transactions, with all that events bear") {
  const scratch_schema schema;
  memory::adapter source;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    testing::plain_commit commit{{{"s-" + std::to_string(i % 7), any, {event("moved", i + 1)}}},
                                 {}};
    commit.writes[0].events[0].data =
        "{\"é\":\"\\u0000\",\"n\":1e2,\"i\":" + std::to_string(i) + "}";
    commit.writes[0].events[0].schema = static_cast<std::uint32_t>(1 + i % 3);
    if (i % 5 == 0) commit.writes[0].events[0].tags = {"even", "n:" + std::to_string(i)};
    if (i % 4 == 0) commit.writes[0].events[0].metadata = R"({"correlation":"c"})";
    if (i % 3 == 0)
      commit.writes.push_back({"t-" + std::to_string(i % 2), any, {event("b"), event("c")}});
    testing::append(source, commit).value();
  }
  auto store = schema.open();
  CHECK(copy(source, store).copied == 5000);
  CHECK(testing::collect(store.read_all(query::all(), {})) ==
        testing::collect(source.read_all(query::all(), {})));
  CHECK(testing::collect(store.read_all(query::tags({"n:15"}), {})).size() == 1);
  const auto transactions = schema.execute("select distinct xmin::text from events");
  CHECK(transactions.size() == 2);
  // It goes on from there, as if everything had been appended.
  testing::append(store, {{{"s-0", exactly(429), {{.type = "a"}}}}, {}}).value();
  CHECK(store.head() == global_position{5001});
}

TEST_CASE("what would not simply be appended is not imported, and nothing of it is stored") {
  const scratch_schema schema;
  auto store = schema.open();
  testing::append(store, {{{"s", no_stream, {event("a", 1)}}}, {}}).value();
  testing::append(store, {{{"gone", no_stream, {event("a"), event("$tombstoned")}}}, {}}).value();
  const global_position before = store.head();
  const auto refuses = [&](const testing::plain_commit& commit) {
    return !is_imported(store, commit) && store.head() == before;
  };
  CHECK(refuses({{{"t", no_stream, {event("a")}}, {"s", no_stream, {event("a")}}}, {}}));
  CHECK(refuses({{{"s", exactly(2), {event("a")}}}, {}}));
  CHECK(refuses({{{"s", exactly(1), {event("a", 1)}}}, {}})); // that id is there
  CHECK(refuses({{{"s", any, {event("a")}}}, {}}));
  CHECK(refuses({{{"gone", exactly(2), {event("a")}}}, {}}));
  CHECK(refuses({{{"s", exactly(1), {event("$tombstoned")}}}, {}}));
  CHECK(refuses({{{"s", exactly(1), {{.type = "a"}}}}, {}})); // without a time
  CHECK(refuses({{{"s", exactly(1), {event("a")}}}, {{query::types({"a"}), {}}}}));
  CHECK(is_imported(store,
                    {{{"s", exactly(1), {event("a", 2)}}, {"t", no_stream, {event("a", 1)}}}, {}}));
  CHECK(store.head().value() == before.value() + 2);
  CHECK(store.state_of("s").version == stream_version{2});
}

TEST_CASE("a role that may only append copies, too") {
  const scratch_schema schema;
  const std::string role = schema.name() + "_role";
  (void)schema.open();
  schema.execute("create role " + role + " login; select allow_appending('" + role + "')");
  {
    memory::adapter source;
    for (int i = 0; i < 20; ++i) testing::append(source, {{{"s", any, {event("a")}}}, {}}).value();
    auto store = postgres::open(server() + " user=" + role, schema.options());
    CHECK(copy(source, store).copied == 20);
  }
  schema.execute("drop owned by " + role + "; drop role " + role);
}

TEST_CASE("who waits is told of an import by another program") {
  const scratch_schema schema;
  auto store = schema.open();
  auto other = schema.open();
  auto waiting = std::async(std::launch::async,
                            [&] { return store.wait_beyond({}, std::chrono::minutes{1}); });
  CHECK(is_imported(other, {{{"s", no_stream, {event("a"), event("b")}}}, {}}));
  CHECK(waiting.get() == global_position{2});
}

TEST_CASE("a handle with an inline projection, and one for reading, do not import") {
  const scratch_schema schema;
  auto store = schema.open();
  postgres::options how = schema.options();
  how.inline_projection = [](postgres::transaction&, std::span<const event_view>) {};
  auto projected = postgres::open(server(), how);
  CHECK(!is_imported(projected, {{{"s", no_stream, {event("a")}}}, {}}));
  auto reader = postgres::open_read_only(server(), schema.options());
  CHECK_THROWS_AS(is_imported(reader, {{{"s", no_stream, {event("a")}}}, {}}), error);
}

} // namespace
