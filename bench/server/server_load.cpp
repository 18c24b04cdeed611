// The Convex server under load: the program of examples/convex_game with its log on a disk, in a
// process of its own, and everything below over loopback. Answers are looked at, and what was
// acknowledged is looked for at the end.
//
// Usage: server_load [<folder> [<milliseconds a round> [<rounds> [<mutations> [<idle>]]]]]

#include "../runtime/rounds.hpp"
#include "connection.hpp"
#include "load.hpp"
#include "served_process.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>

namespace {

using bench::bench_clock;
using bench::busy_clients;
using bench::call;
using bench::client_count;
using bench::figure;
using bench::microseconds;
using bench::moves;
using bench::mutation;
using bench::new_game;
using bench::of_game;
using std::chrono::milliseconds;

constexpr std::size_t subscriber_count = 200;

/// One client of the sync protocol that has the result of a game.
bench::connection subscriber(std::uint16_t port, const std::string& game) {
  bench::connection made{port};
  made.send(
      "GET /api/1.31.0/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n"
      "Sec-WebSocket-Version: 13\r\n\r\n");
  for (made.receive(); !made.response("101");) made.receive();
  made.send_message(R"({"type":"Connect","connectionCount":0,)"
                    R"("sessionId":"89ec472b-cb0d-4350-bbcd-f2aba803d133"})");
  made.send_message(R"({"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":)"
                    R"([{"type":"Add","queryId":0,"udfPath":"games:get","args":[)" +
                    of_game(game) + "]}]}");
  while (true) {
    if (const auto first = made.message()) {
      if (first->find(game) == first->npos)
        throw std::runtime_error{"no result: " + std::string{*first}};
      return made;
    }
    made.receive();
  }
}

double at_rank(std::vector<double> values, double rank) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(rank * static_cast<double>(values.size() - 1))];
}

/// One mutation after the other, each when everybody has seen the one before, with a pause between
/// them. The server's processor time for each, in microseconds.
double fan_out(const bench::served_process& server, std::size_t watching, std::size_t mutations) {
  bench::connection actor{server.port()};
  const std::string game = new_game(actor, 1);
  std::vector<bench::connection> watchers;
  bench::poller poll;
  for (std::size_t i = 0; i < watching; ++i) {
    watchers.push_back(subscriber(server.port(), game));
    poll.add(watchers.back(), i);
  }
  poll.add(actor, watching);
  std::vector<double> to_answer;
  std::vector<double> to_last;
  const double spent = server.processor_time();
  for (std::size_t i = 0; i < mutations; ++i) {
    const std::string progress = R"("progress":"m)" + std::to_string(i) + "\"";
    const std::string asked =
        mutation("games:updateStatus",
                 R"({"gameId":")" + game + R"(","status":"playing",)" + progress + "}");
    const auto sent = bench_clock::now();
    auto answered = sent;
    auto seen = sent;
    actor.send(asked);
    for (std::size_t waited_for = watching + 1; waited_for > 0;)
      poll.wait([&](std::size_t one) {
        auto& from = one == watching ? actor : watchers[one];
        from.receive();
        if (one == watching) {
          if (!from.response()) return;
          answered = bench_clock::now();
          --waited_for;
        } else {
          while (const auto text = from.message()) {
            if (text->find(progress) == text->npos) continue;
            seen = bench_clock::now();
            --waited_for;
          }
        }
      });
    to_answer.push_back(microseconds(answered - sent) / 1000);
    to_last.push_back(std::max(0.0, microseconds(seen - answered) / 1000));
    std::this_thread::sleep_for(milliseconds{2});
  }
  std::printf("  %4zu subscribers: asked to acknowledged %.2f ms, p99 %.2f", watching,
              at_rank(to_answer, 0.5), at_rank(to_answer, 0.99));
  if (watching > 0)
    std::printf("; acknowledged to the last has it %.2f ms, p99 %.2f", at_rank(to_last, 0.5),
                at_rank(to_last, 0.99));
  std::printf("\n");
  return (server.processor_time() - spent) * 1e6 / static_cast<double>(mutations);
}

void measure_subscribers(const std::string& folder, std::size_t mutations) {
  std::printf("one query of many subscribers, one mutation after the other\n");
  const bench::served_process server{CONVEX_GAME, folder + "/watched"};
  fan_out(server, 0, mutations / 10 + 1);
  const double alone = fan_out(server, 0, mutations);
  const double watched = fan_out(server, subscriber_count, mutations);
  std::printf("  processor time of the server: %.0f us a mutation, %.1f us more a subscriber\n",
              alone, (watched - alone) / subscriber_count);
}

/// `each_its_own`: each subscriber has a query of its own.
void measure_memory(const std::string& folder, std::size_t idle, bool each_its_own) {
  const bench::served_process server{CONVEX_GAME, folder + "/idle"};
  bench::connection actor{server.port()};
  std::vector<std::string> games;
  for (std::size_t i = 0; i < (each_its_own ? idle : 1); ++i) games.push_back(new_game(actor, 1));
  const double before = server.resident();
  std::vector<bench::connection> watchers;
  for (std::size_t i = 0; i < idle; ++i)
    watchers.push_back(subscriber(server.port(), games[i % games.size()]));
  const double with = server.resident();
  std::printf("idle subscribers of %s: %.1f MB without, %.1f MB with %zu: %.1f KB each\n",
              each_its_own ? "a query each" : "one query", before / 1e6, with / 1e6, idle,
              (with - before) / 1e3 / static_cast<double>(idle));
}

void measure_queries(const std::string& folder, milliseconds length, int rounds) {
  const bench::served_process server{CONVEX_GAME, folder + "/asked"};
  bench::connection actor{server.port()};
  busy_clients clients{server.port()};
  const std::string asked =
      bench::post("/api/query", call("games:get", of_game(new_game(actor, 1))));
  std::vector<double> rates;
  std::vector<double> costs;
  for (int round = 0; round < rounds; ++round) {
    const double spent = server.processor_time();
    const auto begin = bench_clock::now();
    rates.push_back(clients.run(length, [&](std::size_t) -> const std::string& { return asked; }));
    costs.push_back((server.processor_time() - spent) * 1e12 /
                    (rates.back() * microseconds(bench_clock::now() - begin)));
  }
  std::printf(
      "queries of a small document, %zu connections: %.0f /s (%.0f to %.0f), "
      "%.1f us of the server's processor time\n",
      client_count, bench::median(rates), *std::min_element(rates.begin(), rates.end()),
      *std::max_element(rates.begin(), rates.end()), bench::median(costs));
}

/// How often a second a file that grows can be written to and synced.
double sync_rate(const std::string& path, std::size_t size, milliseconds length) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) bench::fail("cannot open " + path);
  const std::string block(size, 'x');
  const off_t old = ::lseek(fd, 0, SEEK_END);
  const auto begin = bench_clock::now();
  auto now = begin;
  std::size_t count = 0;
  for (; now - begin < length; now = bench_clock::now(), ++count)
    if (::pwrite(fd, block.data(), size, old + static_cast<off_t>(count * size)) < 0 ||
        ::fdatasync(fd) != 0)
      bench::fail("cannot write");
  ::close(fd);
  return static_cast<double>(count) * 1e6 / microseconds(now - begin);
}

void measure_mutations(const std::string& folder, milliseconds length, int rounds) {
  const bench::served_process server{CONVEX_GAME, folder + "/played"};
  bench::connection actor{server.port()};
  busy_clients clients{server.port()};
  moves small{actor, client_count, 1};
  moves keyed{actor, client_count, 1, true};
  moves apart{actor, client_count, client_count};
  moves together{actor, 1, client_count};
  const double begun_at = figure(actor, "position");
  const auto rate_of = [&](moves& made) {
    return clients.run(length, [&](std::size_t i) { return made.next(i); });
  };
  const auto bytes_before = server.bytes_of_log();
  rate_of(small);
  const std::size_t bytes = (server.bytes_of_log() - bytes_before) / small.count();
  double groups = 0;
  double grouped = 0;
  double spent = 0;
  std::vector<bench::contestant> all;
  all.push_back({"pwrite + fdatasync of one's bytes",
                 [&] { return sync_rate(folder + "/bare", bytes, length); }});
  all.push_back({"each a small game of its own", [&] {
                   const double groups_before = figure(actor, "mutation_groups_total");
                   const double before = figure(actor, "mutations_total");
                   const double spent_before = server.processor_time();
                   const double rate = rate_of(small);
                   spent += server.processor_time() - spent_before;
                   groups += figure(actor, "mutation_groups_total") - groups_before;
                   grouped += figure(actor, "mutations_total") - before;
                   return rate;
                 }});
  all.push_back({"the same with keys", [&] { return rate_of(keyed); }});
  all.push_back({"each a game of its own with 64 entities", [&] { return rate_of(apart); }});
  all.push_back({"all one game with 64 entities", [&] { return rate_of(together); }});
  bench::take_turns(all, rounds);
  std::printf("durable mutations, %zu connections, %zu bytes each\n", client_count, bytes);
  for (const bench::contestant& one : all)
    std::printf("  %-40s %8.0f /s  %5.2f x the syncs  %5.2f x games of their own\n",
                one.name.c_str(), bench::median(one.rates), bench::ratio(one, all[0]),
                bench::ratio(one, all[3]));
  std::printf(
      "  small games: %.1f mutations a group, %.1f us of the server's processor time each\n",
      grouped / groups, spent * 1e6 / grouped);
  std::size_t answered = 0;
  std::size_t events = 0;
  for (const moves* const made : {&small, &keyed, &apart, &together}) {
    made->require_all(actor);
    answered += made->count();
    events += made->events();
  }
  const double stored = figure(actor, "position") - begun_at;
  if (stored != static_cast<double>(events))
    throw std::runtime_error{std::to_string(events) + " events, stored " + std::to_string(stored)};
  std::printf("  nothing lost: %zu moves were acknowledged, and the log has their events\n",
              answered);
}

} // namespace

int main(int argc, char** argv) try {
  const std::string folder = argc > 1 ? argv[1] : "server_load";
  const milliseconds length{argc > 2 ? std::atoi(argv[2]) : 500};
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 9;
  const std::size_t mutations = argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 1000;
  const std::size_t idle = argc > 5 ? std::strtoul(argv[5], nullptr, 10) : 2000;
  bench::want_descriptors();
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  measure_subscribers(folder, mutations);
  measure_mutations(folder, length, rounds);
  measure_queries(folder, length, rounds);
  for (const bool each_its_own : {false, true}) measure_memory(folder, idle, each_its_own);
  return 0;
} catch (const std::exception& failed) {
  std::fprintf(stderr, "%s\n", failed.what());
  return 2;
}
