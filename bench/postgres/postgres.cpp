// The PostgreSQL adapter against the least that can be done with the same server (prepared INSERTs into a
// table with the same columns and indexes, COPY out of it and into it), and against other event stores on
// PostgreSQL if they are there (see peers.hpp). Contestants take turns in each round, and ratios are
// medians of the rounds' ratios.
//
// Usage: postgres [<milliseconds a turn> [<rounds> [<events to replay> [<strewn streams>]]]]
//
// The server is that of EVSTORE_POSTGRES, or one that is started for the occasion.

#include "bare.hpp"
#include "bench_server.hpp"
#include "peers.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

namespace {

using namespace bench;

std::uint64_t argument(int count, char** of, int i, std::uint64_t otherwise) {
  return count > i ? std::strtoull(of[i], nullptr, 10) : otherwise;
}

struct contests {
  contests(const server& on, int count, char** of)
      : turn{argument(count, of, 1, 500)}, rounds{argument(count, of, 2, 9)},
        to_replay{argument(count, of, 3, 300'000)}, strewn{argument(count, of, 4, 20'000)},
        where{on.where}, store{postgres::open(on.where, {.schema = "bench"})}, bare{on.where} {
    if (const char* peers = std::getenv("EVSTORE_BENCH_PEERS")) {
      messages.emplace(on, peers);
      node.emplace(on, peers);
    }
  }

  void append() {
    ratios insert, write, emmett_one, many, many_write, piped, written, emmett_batch;
    const auto ours = [&](std::size_t threads, std::size_t events) {
      return rate(turn, threads, events, [&] { return appending(store, events); });
    };
    const std::string ms = std::to_string(turn.count());
    for (std::uint64_t round = 0; round < rounds; ++round) {
      const double one = ours(1, 1);
      insert.add(one, rate(turn, 1, 1, [&] { return bare.inserting(); }));
      const double of_32 = ours(32, 1);
      many.add(of_32, rate(turn, 32, 1, [&] { return bare.inserting(); }));
      const double hundred = ours(1, 100);
      if (!messages) continue;
      write.add(one, rate(turn, 1, 1, [&] { return messages->writing(); }));
      many_write.add(of_32, rate(turn, 32, 1, [&] { return messages->writing(); }));
      piped.add(hundred, rate(turn, 1, 100, [&] { return messages->pipelining(100); }));
      written.add(hundred, rate(turn, 1, 100, [&] { return messages->writing(100); }));
      emmett_one.add(one, node->turn("append 1 " + ms));
      emmett_batch.add(hundred, node->turn("append 100 " + ms));
    }
    insert.print("one event a commit: INSERT");
    write.print("    message-db");
    emmett_one.print("    Emmett");
    many.print("32 threads: INSERT on 32 connections");
    many_write.print("    message-db on 32 connections, one category");
    piped.print("100 events a commit: message-db in a pipeline");
    written.print("    message-db, one after the other");
    emmett_batch.print("    Emmett");
  }

  void import_many() {
    ratios copy, unnest;
    for (std::uint64_t round = 0; round < rounds; ++round) {
      const double ours = rate(turn, 1, 4000, [&] { return importing(store, 4000); });
      copy.add(ours, rate(turn, 1, 4000, [&] { return bare.copying_in(4000); }));
      unnest.add(ours, rate(turn, 1, 4000, [&] { return bare.unnesting(4000); }));
    }
    copy.print("import, 4000 commits at once: COPY");
    unnest.print("    unnest");
  }

  bool replay() {
    const auto more = importing(store, 4000);
    while (store.head().value() < to_replay) more();
    postgres::connection{where}.execute("vacuum analyze bench.events");
    ratios copy, category, emmett_all;
    const std::uint64_t smaller = to_replay / 5; // for those who take long
    if (messages) messages->fill(static_cast<std::int64_t>(smaller));
    if (node) static_cast<void>(node->turn("fill 2000 50"));
    std::uint64_t ours_sum = 0, bare_sum = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
      const double ours = replayed(store, ours_sum);
      copy.add(ours, bare.copied_out(bare_sum));
      if (messages) category.add(ours, messages->replay());
      if (node) emmett_all.add(ours, node->turn("replay " + std::to_string(smaller)));
    }
    copy.print("replay: COPY BINARY");
    category.print("    message-db, a category");
    emmett_all.print("    Emmett");
    return ours_sum == bare_sum;
  }

  void read_streams() {
    ratios emmett_one;
    if (!node) return;
    auto streams = postgres::open(where, {.schema = "bench_streams"});
    const auto fill = importing(streams, 2000, 50);
    fill();
    postgres::connection{where}.execute("vacuum analyze bench_streams.events");
    for (std::uint64_t round = 0; round < rounds; ++round)
      emmett_one.add(streams_a_second(streams, turn, 2000), node->turn("stream 200 2000"));
    emmett_one.print("streams of 50 out of 100,000 events: Emmett");
  }

  /// Streams whose events are strewn all over the log, as they are when many are written at once.
  void read_strewn_streams() {
    ratios covered;
    auto plain = postgres::open(where, {.schema = "bench_strewn"});
    postgres::connection{where}.execute(strewn_events(strewn).c_str());
    auto indexed = postgres::open(where, {.schema = "bench_strewn", .covered_streams = true});
    postgres::connection{where}.execute("vacuum analyze bench_strewn.events");
    for (std::uint64_t round = 0; round < rounds; ++round)
      covered.add(streams_a_second(indexed, turn, strewn), streams_a_second(plain, turn, strewn));
    covered.print("strewn streams of 50, covered: without the index");
  }

  void follow() {
    ratios latency;
    for (std::uint64_t round = 0; round < rounds; ++round)
      latency.add(1e6 * followed(store, 50, where),
                  1e6 * (bare.insert_time(50) + bare.notify_time(50)));
    latency.print("commit to subscriber, in us: INSERT and then NOTIFY");
  }

  std::chrono::milliseconds turn;
  std::uint64_t rounds;
  std::uint64_t to_replay;
  std::uint64_t strewn;
  std::string where;
  postgres::adapter store;
  bare_server bare;
  std::optional<message_db> messages;
  std::optional<emmett> node;
};

} // namespace

int main(int count, char** arguments) {
  const server one{"server"};
  contests all{one, count, arguments};
  std::printf("%-52s %9s %9s   %6s   rounds\n", "events a second", "ours", "other", "ratio");
  all.append();
  all.import_many();
  const bool is_same = all.replay();
  all.read_streams();
  all.read_strewn_streams();
  all.follow();
  postgres::connection{one.where}.execute(
      "set client_min_messages = error; drop schema bench cascade;"
      " drop schema if exists bench_streams, bench_strewn cascade");
  return is_same ? 0 : 1;
}
