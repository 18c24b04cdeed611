// The Convex server under load with its log on a PostgreSQL server, which is started for the occasion, or named in
// EVSTORE_POSTGRES: how many mutations of 64 connections are durable in a second, against what that server does for one
// connection that inserts a row and waits. Another convex_game, of an older version for example, takes turns with it.
//
// Usage: server_load_postgres [<folder> [<milliseconds a round> [<rounds> [<another convex_game>]]]]

#include "../postgres/own_server.hpp"
#include "../runtime/rounds.hpp"
#include "load.hpp"
#include "served_process.hpp"

#include <evstore/postgres/connection.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using bench::bench_clock;
using bench::busy_clients;
using bench::client_count;
using bench::figure;
using bench::moves;
using evstore::postgres::connection;
using std::chrono::milliseconds;

std::string store(const bench::server& on, const std::string& schema) {
  return "postgres:" + on.where + " schema=" + schema;
}

/// A program that plays: each client in a game of its own, with and without keys, or all in one.
class contender {
public:
  contender(const std::string& program, const std::string& folder, const bench::server& on,
            const std::string& schema)
      : server_{program, folder + "/" + schema, store(on, schema)}, actor_{server_.port()},
        clients_{server_.port()}, begun_at_{figure(actor_, "position")} {
    kinds_.emplace_back(actor_, client_count, 1);
    kinds_.emplace_back(actor_, client_count, 1, true);
    kinds_.emplace_back(actor_, 1, client_count);
    begun_at_ = figure(actor_, "position");
  }

  double run(std::size_t kind, milliseconds length) {
    const double groups = figure(actor_, "mutation_groups_total");
    const double mutations = figure(actor_, "mutations_total");
    const double rate =
        clients_.run(length, [&](std::size_t client) { return kinds_[kind].next(client); });
    groups_ += figure(actor_, "mutation_groups_total") - groups;
    mutations_ += figure(actor_, "mutations_total") - mutations;
    return rate;
  }
  [[nodiscard]] double mutations_a_group() const { return mutations_ / groups_; }

  /// Throws if the log has anything else than one would expect.
  void require_all() {
    std::size_t events = 0;
    for (const moves& made : kinds_) {
      made.require_all(actor_);
      events += made.events();
    }
    const double stored = figure(actor_, "position") - begun_at_;
    if (stored != static_cast<double>(events))
      throw std::runtime_error{std::to_string(events) + " events, stored " +
                               std::to_string(stored)};
  }

private:
  bench::served_process server_;
  bench::connection actor_;
  busy_clients clients_;
  std::deque<moves> kinds_;
  double begun_at_;
  double groups_ = 0;
  double mutations_ = 0;
};

void measure_alone(const bench::server& on, const std::string& folder, milliseconds length,
                   int rounds, const char* other) {
  connection bare{on.where};
  bare.execute("create table bare (n bigint primary key, data text)");
  std::int64_t inserted = 0;
  constexpr std::string_view a_move = R"({"id":"k57","entity":"e1","pixel_box":[1,0,0,0]})";
  static constexpr evstore::postgres::statement insert{
      "insert", "insert into bare values ($1::bigint, $2::text)"};
  contender ours{CONVEX_GAME, folder, on, "bench_ours"};
  std::deque<contender> others;
  if (other != nullptr) others.emplace_back(other, folder, on, "bench_other");

  const std::pair<std::size_t, const char*> kinds[] = {
      {0, "each a small game of its own"}, {1, "the same with keys"}, {2, "all one game"}};
  std::vector<bench::contestant> all;
  all.push_back({"one connection: INSERT and wait", [&] {
                   const auto begin = bench_clock::now();
                   auto now = begin;
                   double count = 0;
                   for (; now - begin < length; now = bench_clock::now(), ++count)
                     bare.execute(insert,
                                  evstore::postgres::parameters{}.add(++inserted).add(a_move));
                   return count * 1e6 / bench::microseconds(now - begin);
                 }});
  for (const auto& [kind, name] : kinds) {
    all.push_back({name, [&, kind = kind] { return ours.run(kind, length); }});
    for (contender& one : others)
      all.push_back(
          {"  the other program", [&one, length, kind = kind] { return one.run(kind, length); }});
  }
  bench::take_turns(all, rounds);
  std::printf("durable mutations on PostgreSQL, %zu connections\n", client_count);
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::printf("  %-40s %8.0f /s  %6.2f x the INSERTs", all[i].name.c_str(),
                bench::median(all[i].rates), bench::ratio(all[i], all[0]));
    if (!others.empty() && i != 0 && i % 2 == 0)
      std::printf("  %6.2f x in place of it", bench::ratio(all[i - 1], all[i]));
    std::printf("\n");
  }
  ours.require_all();
  for (contender& one : others) one.require_all();
  std::printf("  %.1f mutations a group; nothing lost, nothing doubled\n",
              ours.mutations_a_group());
}

/// Two programs on one store, each with as many clients.
void measure_together(const bench::server& on, const std::string& folder, milliseconds length,
                      int rounds) {
  std::deque<bench::served_process> servers;
  std::deque<busy_clients> clients;
  std::deque<bench::connection> actors;
  std::deque<moves> made;
  for (const char* const name : {"/one", "/two"}) {
    servers.emplace_back(CONVEX_GAME, folder + name, store(on, "bench_shared"));
    clients.emplace_back(servers.back().port());
    actors.emplace_back(servers.back().port());
    made.emplace_back(actors.back(), client_count, 1);
  }
  const auto play = [&](std::size_t i) {
    return clients[i].run(length, [&, i](std::size_t client) { return made[i].next(client); });
  };
  std::vector<double> alone, together, weaker;
  for (int round = 0; round < rounds; ++round) {
    alone.push_back(play(0));
    double rates[2] = {};
    std::thread other{[&] { rates[1] = play(1); }};
    rates[0] = play(0);
    other.join();
    together.push_back((rates[0] + rates[1]) / alone.back());
    weaker.push_back(std::min(rates[0], rates[1]) / (rates[0] + rates[1]));
  }
  for (std::size_t i = 0; i < 2; ++i) made[i].require_all(actors[i]);
  std::printf(
      "two programs on one store: %.2f x what one of them does alone, "
      "the slower one %.0f %% of it (at least %.0f %%)\n",
      bench::median(together), 100 * bench::median(weaker),
      100 * *std::min_element(weaker.begin(), weaker.end()));
}

} // namespace

int main(int argc, char** argv) try {
  const std::string folder = argc > 1 ? argv[1] : "server_load_postgres";
  const milliseconds length{argc > 2 ? std::atoi(argv[2]) : 500};
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 9;
  bench::want_descriptors();
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::filesystem::create_directories(folder);
  const bench::server on{folder + "/server"};
  measure_alone(on, folder, length, rounds, argc > 4 ? argv[4] : nullptr);
  measure_together(on, folder, length, rounds);
  return 0;
} catch (const std::exception& failed) {
  std::fprintf(stderr, "%s\n", failed.what());
  return 2;
}
