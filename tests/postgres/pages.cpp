#include <postgres/server.hpp>

#include <evstore/testing/plain_commit.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace {

using namespace evstore;
using tests::scratch_schema;
using tests::server;

constexpr std::uint64_t all_there_are = 15'000; // more pages than are under way at once

/// A store of one long stream, made past the adapter: its positions are its versions.
struct long_store : scratch_schema {
  long_store() {
    const auto made = open();
    execute(
        "insert into events select n, 's', n, 'a', 1, null, 0, 1, 1, null, '{}', null"
        " from generate_series(1, 15000) as n");
  }
};

template <class Cursor>
std::vector<std::uint64_t> positions_of(Cursor cursor) {
  std::vector<std::uint64_t> seen;
  for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
    for (const event_view& event : batch) {
      seen.push_back(event.position.value());
      CHECK(event.version.value() == event.position.value());
    }
  return seen;
}

std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all(first <= last ? last - first + 1 : first - last + 1);
  std::iota(all.begin(), all.end(), std::min(first, last));
  if (first > last) std::reverse(all.begin(), all.end());
  return all;
}

TEST_CASE("page by page a log is read whole, both ways, from anywhere and as far as is asked") {
  const long_store schema;
  for (const std::size_t connections : {2U, 8U}) {
    auto how = schema.options();
    how.most_connections = connections;
    const auto store = postgres::open(server(), how);
    const auto read = [&](store_range range) {
      return positions_of(store.read_all(query::all(), range));
    };
    CHECK(read({}) == numbers(1, all_there_are));
    CHECK(read({.order = direction::backwards}) == numbers(all_there_are, 1));
    CHECK(read({.from = global_position{700}, .limit = 14'000}) == numbers(700, 14'699));
    CHECK(read({.order = direction::backwards, .from = global_position{14'500}, .limit = 13'999}) ==
          numbers(14'500, 502));
    CHECK(positions_of(store.read_stream("s", {})) == numbers(1, all_there_are));
    CHECK(positions_of(store.read_stream("s", {.order = direction::backwards})) ==
          numbers(all_there_are, 1));
  }
}

TEST_CASE("a cursor shows the log as it was when it was made, and no more") {
  const long_store schema;
  const auto store = schema.open();
  auto cursor = store.read_all(query::all(), {});
  auto of_stream = store.read_stream("s", {});
  schema.execute(
      "insert into events select n, 's', n, 'a', 1, null, 0, 1, 1, null, '{}', null"
      " from generate_series(15001, 20000) as n");
  CHECK(positions_of(std::move(cursor)) == numbers(1, all_there_are));
  CHECK(positions_of(std::move(of_stream)) == numbers(1, all_there_are));
}

TEST_CASE("events that somebody's hand has taken out of the log are passed over, and no others") {
  const long_store schema;
  schema.execute("delete from events where position between 7000 and 11500 or position % 2500 = 0");
  auto left = numbers(1, all_there_are);
  left.erase(
      std::remove_if(left.begin(), left.end(),
                     [](std::uint64_t n) { return (n >= 7000 && n <= 11'500) || n % 2500 == 0; }),
      left.end());
  const auto store = schema.open();
  CHECK(positions_of(store.read_all(query::all(), {})) == left);
  const std::vector<std::uint64_t> first(left.begin(), left.begin() + 9000);
  CHECK(positions_of(store.read_all(query::all(), {.limit = 9000})) == first);
  CHECK(positions_of(store.read_stream("s", {})) == left);
  std::reverse(left.begin(), left.end());
  CHECK(positions_of(store.read_all(query::all(), {.order = direction::backwards})) == left);
  CHECK(positions_of(store.read_stream("s", {.order = direction::backwards})) == left);
}

TEST_CASE("streams are read whole from an index that covers them, and where it does not") {
  const scratch_schema schema;
  auto how = schema.options();
  const auto plain = schema.open();
  how.covered_streams = true;
  auto store = postgres::open(server(), how);
  // Who opens it again finds it, and so do those who know nothing of it.
  const auto again = postgres::open(server(), how);
  const auto reader = postgres::open_read_only(server(), schema.options());
  const auto fill = [&](const std::string& stream, int events, int long_one) {
    schema.execute(
        "insert into events select (select coalesce(max(position), 0) from events) + n, '" +
        stream +
        "', n, 'a', 1, null, 0, 1, 1, null, '{\"a\":\"' || repeat(md5(n::text), case n when " +
        std::to_string(long_one) + " then 100 else 1 end) || '\"}', null from generate_series(1, " +
        std::to_string(events) + ") as n");
  };
  fill("short", 50, 0);
  fill("page", 128, 0);
  fill("many", 9000, 0);
  fill("long-1", 3, 1);
  fill("long-3", 3, 3);
  fill("long-9", 9000, 8999);
  schema.execute(
      "insert into events select max(position) + 1, 'tagged', 1, 'a', 1, null, 0, 1, 1,"
      " array_fill(repeat('t', 255), array[9]), '{}', '{}' from events");
  const std::vector<std::string> names{"short",  "page",   "many",   "long-1",
                                       "long-3", "long-9", "tagged", "none"};
  for (const std::string& name : names)
    for (const direction order : {direction::forwards, direction::backwards})
      for (const std::optional<std::uint64_t> limit :
           {std::optional<std::uint64_t>{}, std::optional<std::uint64_t>{2},
            std::optional<std::uint64_t>{5000}})
        for (const std::optional<stream_version> from :
             {std::optional<stream_version>{}, std::optional{stream_version{3}},
              std::optional{stream_version{8999}}}) {
          const stream_range range{.order = order, .from = from, .limit = limit};
          const auto all = testing::collect(plain.read_stream(name, range));
          CHECK(testing::collect(store.read_stream(name, range)) == all);
          CHECK(testing::collect(reader.read_stream(name, range)) == all);
        }
  CHECK(testing::collect(store.read_stream("many", {})).size() == 9000);
  CHECK(testing::collect(store.read_stream("long-9", {})).size() == 9000);
  CHECK(testing::collect(store.read_stream("tagged", {})).size() == 1);

  testing::append(store,
                  {{{"many", any, {{.type = "$truncated", .data = R"({"before":8000})"}}}}, {}})
      .value();
  CHECK(testing::collect(store.read_stream("many", {})) ==
        testing::collect(plain.read_stream("many", {})));
  CHECK(testing::collect(store.read_stream("many", {})).size() == 1002);

  postgres::connection{server()}.execute(("vacuum analyze " + schema.name() + ".events").c_str());
  const std::string plan = [&] {
    const auto lines =
        schema.execute("explain select data from events e where stream = 'short' and " +
                       postgres::detail::is_covered("e."));
    std::string text;
    for (int row = 0; row < lines.size(); ++row) text += lines.bytes(row, 0);
    return text;
  }();
  CAPTURE(plan);
  CHECK(plan.find("Index Only Scan using events_of_streams") != std::string::npos);
}

TEST_CASE("a reader whose connections are cut goes on where it was") {
  const long_store schema;
  const auto store =
      postgres::open(server() + " application_name=" + schema.name(), schema.options());
  for (const direction order : {direction::forwards, direction::backwards}) {
    auto cursor = store.read_all(query::all(), {.order = order});
    std::vector<std::uint64_t> seen;
    int cuts = 0;
    for (int batches = 1;; ++batches) {
      try {
        const auto batch = cursor.next();
        if (batch.empty()) break;
        for (const event_view& event : batch) seen.push_back(event.position.value());
      } catch (const error& cut) {
        CHECK(cut.code() == errc::connection_lost);
        ++cuts;
      }
      if (batches == 2 || batches == 6)
        schema.execute(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
            " where application_name = '" +
            schema.name() + "'");
    }
    CHECK(cuts >= 1);
    CHECK(seen ==
          (order == direction::forwards ? numbers(1, all_there_are) : numbers(all_there_are, 1)));
  }
}

} // namespace
