#pragma once
// The same server used barely, with the same columns and indexes, and evstore beside it.

#include "bench_server.hpp"

#include <evstore/postgres/bulk_import.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

namespace postgres = evstore::postgres;

/// Before each of those that are timed one by one.
constexpr std::chrono::milliseconds pause{5};

constexpr std::int64_t some_time = 1'700'000'000'000'000;

inline std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

class bare_server {
public:
  explicit bare_server(std::string where) : where_{std::move(where)} {
    postgres::connection{where_}.execute(
        "set search_path = bench; create table bare (like events including all);"
        " create sequence bare_position");
  }

  /// Connects before the time begins to count for much: a connection takes a millisecond.
  [[nodiscard]] std::function<void()> inserting() const {
    static constexpr postgres::statement insert{
        "insert",
        "insert into bare (position, stream, version, type, schema, id, time, part, parts,"
        " tags, data, metadata) values (nextval('bare_position'), $1::text, $2::bigint,"
        " $3::text, 1, null, $4::bigint, 1, 1, null, $5::text, null)"};
    return [on = connect(), stream = next_stream(), version = std::int64_t{0}]() mutable {
      on->execute(insert, postgres::parameters{}
                              .add(std::string_view{stream})
                              .add(++version)
                              .add(std::string_view{"money_moved"})
                              .add(some_time)
                              .add(payload));
    };
  }
  /// Rows of their own streams each, as `importing` has them.
  [[nodiscard]] std::function<void()> copying_in(std::int64_t events) const {
    return [on = connect(), events] {
      const std::string stream = next_stream();
      std::int64_t position = take_positions(*on, events);
      postgres::detail::copy_rows rows;
      for (std::int64_t i = 0; i < events; ++i) {
        rows.begin_row(12);
        rows.integer(++position);
        rows.bytes(stream + "-" + std::to_string(i % 100));
        rows.integer(1 + i / 100);
        rows.bytes("money_moved");
        rows.integer(std::int64_t{1});
        rows.null();
        rows.integer(some_time);
        rows.integer(std::int32_t{1});
        rows.integer(std::int32_t{1});
        rows.null();
        rows.bytes(payload);
        rows.null();
      }
      on->copy_in(
          "copy bare (position, stream, version, type, schema, id, time, part, parts, tags,"
          " data, metadata) from stdin (format binary)",
          rows.finish());
    };
  }
  [[nodiscard]] std::function<void()> unnesting(std::int64_t events) const {
    static constexpr postgres::statement zipped{
        "insert_zipped",
        "insert into bare select e.position, e.stream, e.version, e.type, 1, null, e.time, 1, 1, "
        "null,"
        " e.data, null from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], "
        "$5::bigint[],"
        " $6::text[]) as e (position, stream, version, type, time, data)"};
    return [on = connect(), events] {
      const std::string stream = next_stream();
      const std::int64_t position = take_positions(*on, events);
      postgres::parameters with;
      const auto list = [&](postgres::element type, auto value) {
        with.begin_array(type);
        for (std::int64_t i = 0; i < events; ++i) with.element_of(value(i));
        with.end_array();
      };
      std::vector<std::string> names;
      for (std::int64_t i = 0; i < 100; ++i) names.push_back(stream + "-" + std::to_string(i));
      list(postgres::element::bigint, [&](std::int64_t i) { return position + 1 + i; });
      list(postgres::element::text, [&](std::int64_t i) {
        return std::string_view{names[static_cast<std::size_t>(i % 100)]};
      });
      list(postgres::element::bigint, [](std::int64_t i) { return 1 + i / 100; });
      list(postgres::element::text, [](std::int64_t) { return std::string_view{"money_moved"}; });
      list(postgres::element::bigint, [](std::int64_t) { return some_time; });
      list(postgres::element::text, [](std::int64_t) { return payload; });
      on->execute(zipped, with);
    };
  }

  /// Events a second, decoded into views; COPY's own way with the same columns.
  double copied_out(std::uint64_t& sum) const {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> on{PQconnectdb(where_.c_str()), PQfinish};
    PQclear(PQexec(on.get(), "set search_path = bench"));
    const auto begin = clock::now();
    PQclear(PQexec(on.get(),
                   "copy (select position, stream, version, type, schema, id, time, part,"
                   " parts, tags, data, metadata from events order by position)"
                   " to stdout (format binary)"));
    std::uint64_t events = 0;
    char* row = nullptr;
    for (int size = 0; (size = PQgetCopyData(on.get(), &row, 0)) > 0; PQfreemem(row)) {
      constexpr std::ptrdiff_t file_header = 19;
      const char* at = events == 0 ? row + file_header : row;
      if (postgres::detail::get<std::int16_t>(at) != 12) continue;
      at += 2;
      std::string_view columns[12];
      for (std::string_view& column : columns) {
        const auto length = postgres::detail::get<std::int32_t>(at);
        at += 4;
        if (length < 0) continue;
        column = {at, static_cast<std::size_t>(length)};
        at += length;
      }
      sum += postgres::detail::get<std::uint64_t>(columns[0].data()) +
             postgres::detail::get<std::uint64_t>(columns[2].data()) + columns[1].size() +
             columns[10].size();
      ++events;
    }
    return static_cast<double>(events) / seconds_since(begin);
  }

  /// Seconds for one INSERT, in the median.
  [[nodiscard]] double insert_time(int times) const {
    const auto insert = inserting();
    insert();
    std::vector<double> taken;
    for (int i = 0; i < times; ++i) {
      std::this_thread::sleep_for(pause);
      const auto begin = clock::now();
      insert();
      taken.push_back(seconds_since(begin));
    }
    return median(std::move(taken));
  }
  /// Seconds from a NOTIFY to who listens, in the median.
  [[nodiscard]] double notify_time(int times) const {
    const auto listener = connect();
    const auto teller = connect();
    listener->execute("listen bench");
    std::vector<double> taken;
    for (int i = 0; i < times; ++i) {
      std::atomic<bool> listens{false};
      clock::time_point heard;
      std::thread waiting{[&] {
        listens = true;
        while (!listener->next_notification()) listener->wait_for_input(-1, 1000);
        heard = clock::now();
      }};
      while (!listens) std::this_thread::yield();
      std::this_thread::sleep_for(pause);
      const auto begin = clock::now();
      teller->execute("notify bench");
      waiting.join();
      taken.push_back(std::chrono::duration<double>{heard - begin}.count());
    }
    return median(std::move(taken));
  }

private:
  [[nodiscard]] std::shared_ptr<postgres::connection> connect() const {
    auto on = std::make_shared<postgres::connection>(where_);
    on->execute("set search_path = bench");
    return on;
  }
  static std::string next_stream() { return "bare-" + std::to_string(next_number()); }
  static std::int64_t take_positions(postgres::connection& on, std::int64_t count) {
    return on.execute(std::string{"select setval('bare_position', nextval('bare_position') +"
                                  " $1::bigint)"},
                      postgres::parameters{}.add(count))
               .bigint(0, 0) -
           count;
  }

  std::string where_;
};

inline std::function<void()> appending(postgres::adapter store, std::size_t events) {
  auto list = std::make_shared<std::vector<evstore::new_event>>(
      events,
      evstore::new_event{.type = "money_moved", .data = evstore::json_view::trusted(payload)});
  return
      [=, stream = "ours-" + std::to_string(next_number()), version = std::uint64_t{0}]() mutable {
        const evstore::stream_write write{stream, evstore::exactly(version), *list};
        static_cast<void>(store.append({{&write, 1}, {}}).value());
        version += events;
      };
}

/// Commits of one event each, spread over a hundred new streams, or of `events_each` in as many.
inline std::function<void()> importing(postgres::adapter store, std::size_t commits,
                                       std::size_t events_each = 1) {
  return [=]() mutable {
    const evstore::new_event event{
        .type = "money_moved",
        .data = evstore::json_view::trusted(payload),
        .time = evstore::timestamp{std::chrono::microseconds{some_time}}};
    const std::vector<evstore::new_event> events(events_each, event);
    const std::string stream = events_each > 1 ? "filled" : "ours-" + std::to_string(next_number());
    const std::size_t streams = events_each > 1 ? commits : 100;
    std::vector<std::string> names;
    std::vector<evstore::stream_write> writes;
    std::vector<evstore::commit_view> views;
    writes.reserve(commits);
    for (std::size_t i = 0; i < streams; ++i) names.push_back(stream + "-" + std::to_string(i));
    for (std::size_t i = 0; i < commits; ++i) {
      writes.push_back({names[i % streams], evstore::exactly(i / streams * events_each), events});
      views.push_back({{&writes.back(), 1}, {}});
    }
    if (!store.import_commits(views)) throw std::runtime_error{"an import was refused"};
  };
}

inline double replayed(postgres::adapter& store, std::uint64_t& sum) {
  const auto begin = clock::now();
  std::uint64_t events = 0;
  auto cursor = store.read_all(evstore::query::all(), {});
  for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
    for (const evstore::event_view& event : batch) {
      sum +=
          event.position.value() + event.version.value() + event.stream.size() + event.data.size();
      ++events;
    }
  return static_cast<double>(events) / seconds_since(begin);
}

/// For a new store: 50 events for each of so many streams, one stream after the other, and again.
inline std::string strewn_events(std::uint64_t streams) {
  const std::string count = std::to_string(streams);
  return "set search_path = bench_strewn; insert into events select n + 1, 'filled-' || n % " +
         count + ", n / " + count + " + 1, 'money_moved', 1, null, " + std::to_string(some_time) +
         ", 1, 1, null, '" + std::string{payload} + "', null from generate_series(0, 50 * " +
         count + " - 1) as n";
}

inline double streams_a_second(postgres::adapter& store, std::chrono::milliseconds turn,
                               std::size_t streams) {
  std::size_t reads = 0;
  const auto begin = clock::now();
  for (; clock::now() - begin < turn; ++reads) {
    auto cursor = store.read_stream("filled-" + std::to_string(reads * 7919 % streams), {});
    std::size_t events = 0;
    for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next()) events += batch.size();
    if (events != 50) throw std::runtime_error{"the stream is not whole"};
  }
  return static_cast<double>(reads) / seconds_since(begin);
}

/// Seconds from the beginning of an append to who waits for it on another handle, in the median.
inline double followed(postgres::adapter& store, int times, const std::string& where) {
  auto reader = postgres::open(where, {.schema = "bench"});
  const auto append = appending(store, 1);
  append();
  std::vector<double> taken;
  for (int i = 0; i < times; ++i) {
    const auto head = store.head();
    std::atomic<bool> waits{false};
    clock::time_point seen;
    std::thread waiting{[&] {
      waits = true;
      static_cast<void>(reader.wait_beyond(head, std::chrono::minutes{1}));
      seen = clock::now();
    }};
    while (!waits) std::this_thread::yield();
    std::this_thread::sleep_for(pause); // until it has asked, and listens
    const auto begin = clock::now();
    append();
    waiting.join();
    taken.push_back(std::chrono::duration<double>{seen - begin}.count());
  }
  return median(std::move(taken));
}

} // namespace bench
