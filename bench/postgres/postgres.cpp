// The PostgreSQL adapter against the least that can be done with the same server: prepared INSERTs
// into the same table with the same indexes, and COPY out of it. Contestants take turns in each
// round, and ratios are medians of the rounds' ratios.
//
// Usage: postgres [<milliseconds a turn> [<rounds> [<events to replay>]]]
//
// The server is that of EVSTORE_POSTGRES, or one that is started for the occasion.

#include <evstore/postgres/adapter.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

namespace postgres = evstore::postgres;
using bench_clock = std::chrono::steady_clock;

constexpr std::string_view payload =
    R"({"cents":1250,"reason":"groceries, and a newspaper","balance":99321.25,"by":"ada"})";

double seconds_since(bench_clock::time_point begin) {
  return std::chrono::duration<double>{bench_clock::now() - begin}.count();
}

/// A server for as long as the benchmark runs.
class server {
public:
  server() {
    if (std::system(command("start").c_str()) != 0) throw std::runtime_error{"no server"};
    std::ifstream file{"server"};
    where = {std::istreambuf_iterator<char>{file}, {}};
  }
  ~server() { static_cast<void>(std::system(command("stop").c_str())); }
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  std::string where;

private:
  static std::string command(const std::string& what) {
    return "exec " EVSTORE_CLUSTER " " + what + " server";
  }
};

struct contest {
  std::string where;
  std::chrono::milliseconds turn;
  std::atomic<std::uint64_t> next_stream{0};

  /// Events a second of `threads` threads, each calling what `make` gives it until its time is up.
  double rate(std::size_t threads, std::size_t events_a_call,
              const std::function<std::function<void()>()>& make) const {
    std::atomic<std::uint64_t> calls{0};
    std::vector<std::thread> running;
    const auto begin = bench_clock::now();
    for (std::size_t t = 0; t < threads; ++t)
      running.emplace_back([&] {
        const auto call = make();
        std::uint64_t mine = 0;
        for (; bench_clock::now() - begin < turn; ++mine) call();
        calls += mine;
      });
    for (std::thread& thread : running) thread.join();
    return static_cast<double>(calls * events_a_call) / seconds_since(begin);
  }

  /// Connects before the time begins to count for much: a connection takes a millisecond.
  std::function<void()> bare_insert() {
    auto on = std::make_shared<postgres::connection>(where);
    on->execute("set search_path = bench");
    static constexpr postgres::statement insert{
        "insert",
        "insert into bare (position, stream, version, type, schema, id, time, part, parts,"
        " tags, data, metadata) values (nextval('bare_position'), $1::text, $2::bigint,"
        " $3::text, 1, null, $4::bigint, 1, 1, null, $5::text, null)"};
    return [on, stream = "bare-" + std::to_string(++next_stream),
            version = std::int64_t{0}]() mutable {
      on->execute(insert, postgres::parameters{}
                              .add(std::string_view{stream})
                              .add(++version)
                              .add(std::string_view{"money_moved"})
                              .add(std::int64_t{1'700'000'000'000'000})
                              .add(payload));
    };
  }
  std::function<void()> appending(postgres::adapter store, std::size_t events) {
    auto list = std::make_shared<std::vector<evstore::new_event>>(
        events,
        evstore::new_event{.type = "money_moved", .data = evstore::json_view::trusted(payload)});
    return [=, stream = "ours-" + std::to_string(++next_stream),
            version = std::uint64_t{0}]() mutable {
      const evstore::stream_write write{stream, evstore::exactly(version), *list};
      static_cast<void>(store.append({{&write, 1}, {}}).value());
      version += events;
    };
  }
};

/// Events a second, decoded into views; COPY's own way with the same columns.
double copied_out(const std::string& where, std::uint64_t& sum) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> on{PQconnectdb(where.c_str()), PQfinish};
  PQclear(PQexec(on.get(), "set search_path = bench"));
  const auto begin = bench_clock::now();
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

double replayed(postgres::adapter& store, std::uint64_t& sum) {
  const auto begin = bench_clock::now();
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

class ratios {
public:
  void add(double ours, double bare) {
    ours_.push_back(ours);
    bare_.push_back(bare);
    ratios_.push_back(ours / bare);
  }
  void print(const char* what) {
    std::printf("%-44s %9.0f %9.0f   %5.2f   %.2f to %.2f\n", what, median(ours_), median(bare_),
                median(ratios_), *std::min_element(ratios_.begin(), ratios_.end()),
                *std::max_element(ratios_.begin(), ratios_.end()));
  }

private:
  static double median(std::vector<double> of) {
    std::nth_element(of.begin(), of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2), of.end());
    return of[of.size() / 2];
  }
  std::vector<double> ours_;
  std::vector<double> bare_;
  std::vector<double> ratios_;
};

std::uint64_t argument(int count, char** of, int i, std::uint64_t otherwise) {
  return count > i ? std::strtoull(of[i], nullptr, 10) : otherwise;
}

} // namespace

int main(int count, char** arguments) {
  const server one;
  contest on{one.where, std::chrono::milliseconds{argument(count, arguments, 1, 500)}};
  const std::uint64_t rounds = argument(count, arguments, 2, 9);
  const std::uint64_t to_replay = argument(count, arguments, 3, 300'000);
  auto store = postgres::open(one.where, {.schema = "bench"});
  postgres::connection{one.where}.execute(
      "set search_path = bench; create table bare (like events including all);"
      " create sequence bare_position");

  ratios single;
  ratios many;
  ratios batches;
  const auto bare = [&] { return on.bare_insert(); };
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const double bare_one = on.rate(1, 1, bare);
    single.add(on.rate(1, 1, [&] { return on.appending(store, 1); }), bare_one);
    many.add(on.rate(32, 1, [&] { return on.appending(store, 1); }), on.rate(32, 1, bare));
    batches.add(on.rate(1, 100, [&] { return on.appending(store, 100); }), bare_one);
  }
  std::printf(
      "events a second                                   ours      bare   ratio   rounds\n");
  single.print("one event a commit, against INSERT");
  many.print("32 threads, against 32 connections");
  batches.print("100 events a commit, against INSERT of one");

  for (std::uint64_t have = store.head().value(); have < to_replay; have += 1000)
    on.appending(store, 1000)();
  postgres::connection{one.where}.execute("vacuum analyze bench.events");
  ratios replay;
  std::uint64_t ours_sum = 0;
  std::uint64_t bare_sum = 0;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const double bare_rate = copied_out(one.where, bare_sum);
    replay.add(replayed(store, ours_sum), bare_rate);
  }
  replay.print("replay, against COPY BINARY");
  postgres::connection{one.where}.execute("drop schema bench cascade");
  return ours_sum == bare_sum ? 0 : 1;
}
