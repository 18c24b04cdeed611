#include "app/options.hpp"
#include "app/serve.hpp"

#include <exception>
#include <iostream>
#include <variant>

int main(int argc, char** argv) {
  try {
    const auto asked = convex_game::read_command_line(argc, argv);
    if (const int* const status = std::get_if<int>(&asked)) return *status;
    convex_game::serve(std::get<convex_game::options>(asked));
    return 0;
  } catch (const std::exception& failed) {
    std::cerr << "convex_game: " << failed.what() << '\n';
    return 1;
  }
}
