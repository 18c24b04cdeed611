#include "app/serve.hpp"

#include "http/site.hpp"
#include "runs/functions.hpp"

#include <evstore/convex/executor.hpp>
#include <evstore/convex/http_api.hpp>
#include <evstore/convex/http_server.hpp>
#include <evstore/evstore.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/memory/adapter.hpp>
#ifdef CONVEX_GAME_HAS_POSTGRES
#include <evstore/postgres/adapter.hpp>
#include <evstore/postgres/address.hpp>
#endif

#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <csignal>

namespace convex_game {

namespace {

/// A game's state may be nested deeper than Convex allows for.
constexpr convex::limits of_arguments{.depth = 600};
/// What was taken in pieces is given as a whole: neither a long game nor large ones in a list are ever
/// too much to be read. The client itself knows no limits.
constexpr convex::limits of_results{
    .depth = 600, .elements = 10'000'000, .size = std::size_t{1} << 30};

/// Threads that are begun while it lives do not take the signals, which `wait` does.
class end_signals {
public:
  end_signals() {
    sigemptyset(&asked_);
    sigaddset(&asked_, SIGINT);
    sigaddset(&asked_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &asked_, &before_);
  }
  ~end_signals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  end_signals(const end_signals&) = delete;
  end_signals& operator=(const end_signals&) = delete;

  void wait() const {
    int which = 0;
    sigwait(&asked_, &which);
  }

private:
  sigset_t asked_{};
  sigset_t before_{};
};

template <class Executor>
void begin_demonstration(Executor& runs) {
  const auto active = runs.query({"games:get", convex::object{}});
  if (!active.outcome || !active.outcome->is_null()) return;
  const auto made = runs.act({"demo:generate", convex::object{}});
  if (!made.outcome) throw made.outcome.error();
}

template <class Adapter>
void serve_on(Adapter log, const options& asked) {
  const end_signals signals;
  const auto folder = asked.data / "runs";
  const auto files = std::make_shared<const runs>(confined_folder::make(folder));
  functions all = game_functions();
  add_runs(all, files);
  add_demonstration(
      all, files,
      {std::make_shared<const confined_folder>(confined_folder::open(CONVEX_GAME_DEMONSTRATION)),
       asked.pause});
  convex::executor<events, Adapter, tables> executor{evstore::open<events>(std::move(log)),
                                                     std::move(all), of_results};
  convex::http_api api{executor, {.arguments = of_arguments, .shows_events = true}};
  const site pages{confined_folder::open(folder), confined_folder::open(asked.page)};
  convex::http_server server{
      [&](const convex::http_request& request, const convex::http_reply& reply) {
        if (auto made = pages.respond(request))
          return reply([made = *std::move(made)] { return made; });
        api.respond(request, reply);
      },
      {.address = asked.address, .port = asked.port, .patience = asked.patience},
      convex::sync_api(executor, {.arguments = of_arguments})};
  const bool is_ipv6 = asked.address.find(':') != std::string::npos;
  std::cout << "http://" << (is_ipv6 ? "[" + asked.address + "]" : asked.address) << ":"
            << server.port() << std::endl; // clients put their paths behind it as it is
  if (asked.demonstration) begin_demonstration(executor);
  signals.wait();
  server.stop();
}

} // namespace

void serve(const options& asked) {
  constexpr std::string_view postgres = "postgres:";
  if (asked.store == "memory") return serve_on(evstore::memory::adapter{}, asked);
  if (asked.store == "jsonl") {
    std::filesystem::create_directories(asked.data);
    return serve_on(evstore::jsonl::open((asked.data / "games.jsonl").string()), asked);
  }
#ifdef CONVEX_GAME_HAS_POSTGRES
  if (asked.store.starts_with(postgres)) {
    const auto said =
        evstore::postgres::parse_address(std::string_view{asked.store}.substr(postgres.size()));
    return serve_on(
        evstore::postgres::open(said.connection, {.schema = said.schema.value_or("convex_game")}),
        asked);
  }
#endif
  throw evstore::error{evstore::errc::invalid_argument,
                       asked.store.starts_with(postgres)
                           ? "this convex_game was built without PostgreSQL"
                           : "the store is jsonl, memory or postgres:..., and not " + asked.store};
}

} // namespace convex_game
