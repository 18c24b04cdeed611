// The small program of the unit tests, served: says its port and ends with its input.
#include "../unit/convex/chat.hpp"

#include <evstore/convex/http_server.hpp>
#include <evstore/jsonl/adapter.hpp>

#include <cstdint>
#include <iostream>
#include <string>

// region: program
int main(int count, char** words) {
  if (count < 2 || count > 3) {
    std::cerr << "usage: server.chat <log> [<port>]\n";
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(count == 3 ? std::stoi(words[2]) : 0);
  chat::executor<evstore::jsonl::adapter> runs{
      evstore::open<chat::events>(evstore::jsonl::open(words[1])), chat::functions()};
  evstore::convex::http_api api{runs, {.shows_events = true}};
  evstore::convex::http_server server{
      [&](const auto& request, const auto& reply) { api.respond(request, reply); },
      {.port = port},
      evstore::convex::sync_api(runs)};
  std::cout << server.port() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
  }
}
// endregion
