#pragma once
// What clients do with a convex_game: they move entities, each as soon as its last move is answered, and look at the end whether
// any of that is lost.

#include "connection.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/resource.h>

namespace bench {

using bench_clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t client_count = 64;

inline double microseconds(bench_clock::duration length) {
  return std::chrono::duration<double, std::micro>{length}.count();
}

inline std::string call(std::string_view path, std::string_view arguments) {
  return std::string{R"({"path":")"}
      .append(path)
      .append(R"(","args":[)")
      .append(arguments)
      .append("]}");
}
inline std::string mutation(std::string_view path, std::string_view arguments,
                            std::string_view more = {}) {
  return post("/api/mutation", call(path, arguments), more);
}

/// A game of so many entities that can be moved; its id.
inline std::string new_game(connection& through, std::size_t entities) {
  std::string all;
  for (std::size_t i = 0; i < entities; ++i)
    all.append(i == 0 ? "" : ",")
        .append("\"e" + std::to_string(i))
        .append(R"(":{"pixel_box":[0,0,0,0]})");
  const std::string made =
      ask(through,
          mutation("games:create", R"({"state":{"entities":{)" + all +
                                       R"(}},"rules":"none","isActive":true,"status":"playing"})"));
  constexpr std::string_view value = R"("value":")";
  const std::size_t begin = made.find(value) + value.size();
  return made.substr(begin, made.find('"', begin) - begin);
}

inline std::string of_game(const std::string& id) { return R"({"gameId":")" + id + "\"}"; }

/// What the server counts of itself.
inline double figure(connection& through, const std::string& name) {
  const std::string all = ask(through, "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  const std::size_t at = all.find("\nevstore_" + name + " ");
  if (at == all.npos) throw std::runtime_error{"no figure " + name};
  return std::stod(all.substr(at + name.size() + 10));
}

/// Clients on connections that are kept, each of which asks again as soon as it is answered.
class busy_clients {
public:
  explicit busy_clients(std::uint16_t port) {
    for (std::size_t i = 0; i < client_count; ++i) {
      all_.emplace_back(port);
      poll_.add(all_.back(), i);
    }
  }

  /// How many answers there were in a second. `request(client)` is what to ask next.
  template <class Request>
  double run(milliseconds length, Request&& request) {
    const auto begin = bench_clock::now();
    for (std::size_t i = 0; i < all_.size(); ++i) all_[i].send(request(i));
    std::size_t answered = 0;
    std::size_t asked = all_.size();
    while (answered < asked)
      poll_.wait([&](std::size_t i) {
        all_[i].receive();
        const auto body = all_[i].response();
        if (!body) return;
        if (!body->starts_with(R"({"status":"success")"))
          throw std::runtime_error{"refused: " + std::string{body->substr(0, 400)}};
        ++answered;
        if (bench_clock::now() - begin >= length) return;
        all_[i].send(request(i));
        ++asked;
      });
    return static_cast<double>(answered) * 1e6 / microseconds(bench_clock::now() - begin);
  }

private:
  std::vector<connection> all_;
  poller poll_;
};

/// What clients move: each an entity of its own, in games of their own or all in one. With keys, each
/// move has one, by which it would be carried out once if it were sent again, and is two events.
class moves {
public:
  moves(connection& through, std::size_t games, std::size_t entities, bool keyed = false)
      : counts_(client_count), entities_{entities}, keyed_{keyed} {
    for (std::size_t i = 0; i < games; ++i) games_.push_back(new_game(through, entities));
  }

  std::string next(std::size_t client) {
    ++all_;
    const std::string count = std::to_string(++counts_[client]);
    const std::string key =
        keyed_ ? "Idempotency-Key: " + std::to_string(client) + "-" + count + "\r\n" : "";
    return mutation("games:fastMove",
                    R"({"gameId":")" + games_[client % games_.size()] + R"(","entityId":"e)" +
                        std::to_string(client % entities_) + R"(","pixel_box":[)" + count +
                        ",0,0,0]}",
                    key);
  }

  /// The last move of each client is what the game has.
  void require_all(connection& through) const {
    for (std::size_t client = 0; client < client_count; ++client) {
      const std::string game = ask(
          through, post("/api/query", call("games:get", of_game(games_[client % games_.size()]))));
      if (game.find("\"e" + std::to_string(client % entities_) + R"(":{"pixel_box":[)" +
                    std::to_string(counts_[client]) + ",") == game.npos)
        throw std::runtime_error{"a move is lost: " + game.substr(0, 400)};
    }
  }
  [[nodiscard]] std::size_t count() const noexcept { return all_; }
  [[nodiscard]] std::size_t events() const noexcept { return keyed_ ? 2 * all_ : all_; }

private:
  std::vector<std::string> games_;
  std::vector<std::size_t> counts_;
  std::size_t entities_;
  bool keyed_;
  std::size_t all_ = 0;
};

/// Of open files, as many as the system lets us have; the server inherits that.
inline void want_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) fail("getrlimit");
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace bench
