#include "commands.hpp"
#include "output.hpp"

#include <evstore/error.hpp>

#include <csignal>
#include <exception>
#include <variant>

int main(int argc, char** argv) {
  using namespace evstore::cli;
  std::signal(SIGPIPE, SIG_IGN); // a write says so, too, and its place knows what it means
  try {
    const auto asked = read_command_line(argc, argv);
    if (const int* status = std::get_if<int>(&asked)) return *status;
    return std::visit([](const auto& wanted) { return carry_out(wanted); },
                      std::get<request>(asked));
  } catch (const usage_error& wrong) {
    tell(wrong.what());
    return exit_status::usage;
  } catch (const evstore::error& failed) {
    tell(failed.what());
    if (failed.code() == evstore::errc::corrupt && !failed.place().file.empty())
      tell("`evstore verify " + failed.place().file +
           "` says all that is wrong; bring back a copy, "
           "or let `evstore repair` leave out what is damaged");
    if (failed.code() == evstore::errc::locked)
      tell("stop that program, or wait for it; reading needs no lock");
    return exit_status::failed;
  } catch (const std::exception& failed) {
    tell(failed.what());
    return exit_status::failed;
  }
}
