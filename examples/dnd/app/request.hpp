#pragma once

#include "app/settings.hpp"
#include "history/log_filter.hpp"

#include <evstore/result.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

namespace dnd {

/// What the command line asks for.
namespace request {

/// Fill the data directory from the public 5e SRD data set.
struct init {
  std::string from;
  std::set<std::string_view> kinds; ///< of `dnd::kinds`; empty: all
  bool force = false;
};
struct create_world {
  std::string name;
};
struct list_worlds {};
struct create_campaign {
  std::string name;
};
struct list_campaigns {};
struct load_campaign {
  std::string name;
};
struct show_log {
  std::string name;
  log_filter wanted;
};
/// Points in the campaign as people name them, see `history/points.hpp`.
struct show_difference {
  std::string name;
  std::string from;
  std::optional<std::string> to;
};
struct show_recap {
  std::string name;
  std::optional<int> session; ///< absent: the last
};
struct write_report {
  std::string name;
  std::optional<std::string> out; ///< absent: `<Slug>.html` here
  bool force = false;             ///< replace whatever is there
};
struct back_up {
  std::string name;
  std::optional<std::string> to; ///< a new file or a directory; absent: the world's backups
};
struct restore {
  std::string file;
  std::optional<std::string> as;
};
struct show_state {
  std::string name;
  std::optional<std::string> at; ///< a point, see `history/points.hpp`; absent: now
};
struct verify_campaign {
  std::string name;
};
struct repair_campaign {
  std::string name;
};
/// Absent: the only campaign of the world.
using chosen_campaign = std::optional<std::string>;
/// One command of the language, as `dnd session start` spells it.
struct perform {
  std::string line;
  chosen_campaign campaign;
};
struct converse {
  chosen_campaign campaign;
};
struct run_script {
  std::string script; ///< `-`: standard input
  chosen_campaign campaign;
  bool keep_going = false;
};

using any =
    std::variant<init, create_world, list_worlds, create_campaign, list_campaigns, load_campaign,
                 show_log, show_difference, show_recap, write_report, back_up, restore, show_state,
                 verify_campaign, repair_campaign, perform, converse, run_script>;

} // namespace request

struct invocation {
  flags said;
  bool json = false;
  std::optional<std::uint64_t> seed;
  request::any wanted;
};

/// How the program ends.
namespace exit_status {
inline constexpr int done = 0;
inline constexpr int failed = 1;
inline constexpr int usage = 2;
} // namespace exit_status

/// Reads the command line. Instead of an invocation there may be nothing left to do: then the text
/// that was asked for is written already and the answer is the exit status. Throws `problem` for
/// what makes no sense.
std::variant<invocation, int> read_command_line(int argc, const char* const* argv);

/// Whether the answer is to be JSON, also where the command line makes no sense otherwise.
bool asks_for_json(int argc, const char* const* argv);

/// Does what was asked for; the exit status.
int carry_out(const invocation& asked);

} // namespace dnd
