#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

namespace convex_game {

/// How the program was called.
struct options {
  std::filesystem::path data = "backend/data"; ///< runs/ is below it, and the log
  std::string store = "jsonl";                 ///< or memory, or postgres:host=... dbname=...
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::filesystem::path page;
  bool demonstration = false;
  std::chrono::milliseconds pause{1200};
  std::chrono::seconds patience{60}; ///< for a request to arrive, and for a response to be taken
};

/// What the command line says; or the status to exit with, when that was all.
std::variant<options, int> read_command_line(int argc, const char* const* argv);

} // namespace convex_game
