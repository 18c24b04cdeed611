#include "app/output.hpp"
#include "app/request.hpp"
#include "files/problem.hpp"

#include <evstore/error.hpp>

#include <exception>
#include <filesystem>
#include <string>
#include <variant>

namespace {

bool is_damage(const evstore::error& failed) {
  using evstore::errc;
  return failed.code() == errc::corrupt || failed.code() == errc::changed_under ||
         failed.code() == errc::unknown_event;
}

} // namespace

int main(int argc, char** argv) {
  using namespace dnd;
  const output out{asks_for_json(argc, argv) ? form::json : form::text};
  const auto complain = [&](const std::string& why, int status) {
    out.complain(why);
    return status;
  };
  try {
    const auto asked = read_command_line(argc, argv);
    if (const int* status = std::get_if<int>(&asked)) return *status;
    return carry_out(std::get<invocation>(asked));
  } catch (const problem& said) {
    return complain(said.what(), said.reason() == problem::kind::usage ? exit_status::usage
                                                                       : exit_status::failed);
  } catch (const evstore::error& failed) {
    const std::string advice =
        failed.code() == evstore::errc::locked ? "this campaign is being played already. `dnd "
                                                 "campaign load`, `log` and `report` look at "
                                                 "it meanwhile.\n"
        : is_damage(failed)
            ? "the campaign's log is damaged; nothing was changed. `dnd campaign verify` says all "
              "that is wrong, `dnd campaign repair` leaves it out.\n"
            : "";
    return complain(advice + failed.what(), exit_status::failed);
  } catch (const std::filesystem::filesystem_error& failed) {
    return complain(failed.what(), exit_status::failed);
  } catch (const std::exception& failed) {
    return complain(failed.what(), exit_status::failed);
  }
}
