#include "app/options.hpp"

#include <evstore/version.hpp>

#include <CLI/CLI.hpp>

namespace convex_game {

std::variant<options, int> read_command_line(int argc, const char* const* argv) {
  options said;
  said.page = CONVEX_GAME_PAGE;
  long pause = said.pause.count();
  long patience = said.patience.count();
  CLI::App root{"Serves games to Convex clients, and a page to play them on."};
  root.option_defaults()->take_last();
  root.set_version_flag("--version", "convex_game " EVSTORE_VERSION_STRING);
  root.add_option("--data", said.data, "where the log and the artifacts are kept (backend/data)");
  root.add_option(
      "--store", said.store,
      "what the log is kept in: jsonl, memory, or postgres:host=... dbname=... (jsonl)");
  root.add_option("--address", said.address, "where to listen (127.0.0.1)");
  root.add_option("--port", said.port, "0 for one that is free (0)");
  root.add_option("--page", said.page, "the folder of the web page")->check(CLI::ExistingDirectory);
  root.add_option("--patience", patience,
                  "seconds that a request may take to arrive, and an answer to be taken (60)")
      ->check(CLI::Range(1L, 3600L));
  root.add_flag("--demo", said.demonstration, "begin with a game, if there is none");
  root.add_option("--pause", pause,
                  "milliseconds that each step of making a game takes at least (1200)")
      ->check(CLI::Range(0L, 60'000L));
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& stopped) {
    const int status = root.exit(stopped);
    return status == 0 ? 0 : 2;
  }
  said.pause = std::chrono::milliseconds{pause};
  said.patience = std::chrono::seconds{patience};
  return said;
}

} // namespace convex_game
