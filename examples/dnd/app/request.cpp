#include "app/request.hpp"

#include "app/misspelling.hpp"
#include "files/kinds.hpp"
#include "files/problem.hpp"

#include <evstore/version.hpp>

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dnd {

namespace {

/// A text in the quotes of the command language.
std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

/// The grammar of the command line, and what it has said so far.
class command_line {
public:
  command_line() {
    root_.require_subcommand(1);
    root_.fallthrough();
    root_.set_version_flag("--version", "dnd " EVSTORE_VERSION_STRING);
    add_settings();
    add_init();
    add_worlds();
    add_campaigns();
    add_sessions();
    add_play();
  }

  std::variant<invocation, int> read(int argc, const char* const* argv) {
    try {
      root_.parse(argc, argv);
    } catch (const CLI::ParseError& stopped) {
      const std::span said{argv + 1, static_cast<std::size_t>(argc) - 1};
      const auto slip = stopped.get_exit_code() == 0 ? std::nullopt : find_misspelling(root_, said);
      if (slip) throw bad_usage(*slip);
      if (stopped.get_exit_code() != 0)
        throw bad_usage(std::string{stopped.what()} + "; --help says more");
      return root_.exit(stopped);
    }
    return asked_;
  }

private:
  void add_settings() {
    root_.add_option("--worlds-dir", asked_.said.worlds_dir,
                     "where worlds are kept (DND_WORLDS_DIR; ./worlds)");
    root_.add_option("--world", asked_.said.world, "which world (DND_WORLD; default)");
    root_.add_option("--config", asked_.said.config,
                     "a YAML file of settings (DND_CONFIG; ./dnd.yaml if there is one)");
    root_.add_option("--data-dir", asked_.said.data_dir, "where the books are (DND_DATA_DIR)");
    root_.add_option("--snapshots", asked_.said.snapshots,
                     "every-N, by-session, both with a comma, manual or off (DND_SNAPSHOTS; "
                     "every-100)");
    root_.add_option("--store", asked_.said.store,
                     "where logs are kept: files, or postgres:host=... dbname=... (DND_STORE; "
                     "files)");
    root_.add_option("--seed", asked_.seed, "throw the same dice each time")->check(is_whole);
    root_.add_flag("--json", asked_.json, "answer in JSON");
  }

  /// To CLI11, -1 is the largest number there is.
  static std::string is_whole(const std::string& text) {
    std::uint64_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failed == std::errc{} && end == text.data() + text.size()
               ? std::string{}
               : "\"" + text + "\" is no whole number from 0 on";
  }

  /// A subcommand that, when it is used, makes `wanted` the request.
  template <class Request>
  CLI::App* add(CLI::App* parent, const char* name, const char* what, Request& wanted) {
    CLI::App* added = parent->add_subcommand(name, what);
    added->callback([this, &wanted] { asked_.wanted = wanted; });
    return added;
  }

  static CLI::App* add_group(CLI::App& root, const char* name, const char* what) {
    CLI::App* group = root.add_subcommand(name, what);
    group->require_subcommand(1);
    return group;
  }

  void add_init() {
    CLI::App* init =
        add(&root_, "init", "fill the data directory from the public 5e SRD data set", init_);
    init->add_option("--from", init_.from,
                     "the directory of its files, 5e-SRD-Monsters.json and others")
        ->required();
    init->add_flag("--force", init_.force, "write pages anew, whatever is there");
    for (const std::string_view kind : kinds)
      init->add_flag_callback(
              "--" + std::string{kind}, [this, kind] { init_.kinds.insert(kind); },
              "only " + std::string{kind} + ", and what else is named")
          ->group("Kinds");
  }

  void add_worlds() {
    CLI::App* group = add_group(root_, "world", "worlds: what their campaigns share");
    add(group, "create", "create a world", create_world_)
        ->add_option("name", create_world_.name, "its name")
        ->required();
    add(group, "list", "list the worlds", list_worlds_);
  }

  void add_campaigns() {
    CLI::App* group = add_group(root_, "campaign", "campaigns: what has happened");
    add(group, "create", "create a campaign", create_campaign_)
        ->add_option("name", create_campaign_.name, "its name")
        ->required();
    add(group, "list", "list the campaigns of the world", list_campaigns_);
    add(group, "load", "load a campaign and show how everybody is", load_campaign_)
        ->add_option("name", load_campaign_.name, "which campaign")
        ->required();
    add_looking_back(group);
    add_report(group);
    add_backups(group);
    CLI::App* state = add(group, "state", "show how everybody was", show_state_);
    state->add_option("name", show_state_.name, "which campaign")->required();
    state->add_option("--at-position,--at-seq", show_state_.at,
                      "after this many events, or another point, like session:1:end; absent: now");
    add(group, "verify", "check the log and its snapshot against each other", verify_campaign_)
        ->add_option("name", verify_campaign_.name, "which campaign")
        ->required();
    add(group, "repair", "leave out what is damaged; keep the log as it was beside it",
        repair_campaign_)
        ->add_option("name", repair_campaign_.name, "which campaign")
        ->required();
  }

  void add_backups(CLI::App* group) {
    CLI::App* saved =
        add(group, "backup", "save a campaign in one file, also while it is played", back_up_);
    saved->add_option("name", back_up_.name, "which campaign")->required();
    saved->add_option("--to", back_up_.to,
                      "a new file, or a directory; absent: the world's backups");
    CLI::App* made = add(group, "restore",
                         "make a campaign of a backup; what is there is saved first", restore_);
    made->add_option("file", restore_.file, "the backup")->required();
    made->add_option("--as", restore_.as, "under this name; absent: under the name that it had");
  }

  void add_looking_back(CLI::App* group) {
    CLI::App* log = add(group, "log", "tell what has happened, event by event", show_log_);
    log->add_option("name", show_log_.name, "which campaign")->required();
    log_filter& wanted = show_log_.wanted;
    const auto add_number = [&](const char* name, auto& into, const char* what) {
      log->add_option(name, into, what)->check(is_whole);
    };
    add_number("--session", wanted.session, "only this session; 0: before the first");
    add_number("--encounter", wanted.encounter, "only this encounter");
    add_number("--round", wanted.round, "only this round of an encounter");
    const auto add_list = [&](const char* name, std::vector<std::string>& into, const char* what) {
      log->add_option(name, into, what)->allow_extra_args(false);
    };
    add_list("--creature", wanted.creatures, "only what is about it; may be said several times");
    add_list("--type", wanted.types, "only events of this type; may be said several times");
    add_number("--from", wanted.from, "from this position on");
    add_number("--to", wanted.to, "up to this position");
    log->add_option("--since", wanted.since, "from this time on, in UTC: 2026-11-20[T21:20[:05]]");
    log->add_option("--until", wanted.until, "up to this day, minute or second");
    add_number("--last", wanted.last, "only so many, the last ones");

    CLI::App* diff = add(group, "diff", "show what changed between two points", show_difference_);
    diff->add_option("name", show_difference_.name, "which campaign")->required();
    diff->add_option("from", show_difference_.from,
                     "a number of events, start, now, session:2, session:2:end, encounter:3, ...")
        ->required();
    diff->add_option("to", show_difference_.to,
                     "absent: the end of that session or encounter, or now");

    CLI::App* recap = add(group, "recap", "tell what happened in a session, in prose", show_recap_);
    recap->add_option("name", show_recap_.name, "which campaign")->required();
    recap->add_option("--session", show_recap_.session, "which; absent: the last")->check(is_whole);
  }

  void add_report(CLI::App* group) {
    CLI::App* report = add(group, "report", "draw the campaign on one page of HTML", write_report_);
    report->add_option("name", write_report_.name, "which campaign")->required();
    report->add_option("--out", write_report_.out,
                       "the file; absent: named after the campaign, here");
    report->add_flag("--force", write_report_.force, "replace a file that is no report");
  }

  void add_sessions() {
    CLI::App* group = add_group(root_, "session", "sessions: marks in a campaign's log");
    CLI::App* start = group->add_subcommand("start", "the players have come");
    start->add_option("campaign", perform_.campaign, "which campaign; absent: the only one");
    start->add_option("--title", title_, "what the session is called");
    start->callback([this] {
      perform_.line = title_ ? "session start " + in_quotes(*title_) : "session start";
      asked_.wanted = perform_;
    });
    for (const char* what : {"end", "save"}) {
      CLI::App* marked = group->add_subcommand(
          what, std::string_view{what} == "end" ? "the players go home" : "take a snapshot now");
      marked->add_option("campaign", perform_.campaign, "which campaign; absent: the only one");
      marked->callback([this, what] {
        perform_.line = std::string{"session "} + what;
        asked_.wanted = perform_;
      });
    }
  }

  void add_play() {
    add(&root_, "repl", "play: commands from the terminal or a pipe; `help` lists them", converse_)
        ->add_option("campaign", converse_.campaign, "which campaign; absent: the only one");
    CLI::App* run = add(&root_, "run", "carry out the commands of a file", run_script_);
    run->add_option("script", run_script_.script, "the file; - is standard input")->required();
    run->add_option("campaign", run_script_.campaign, "which campaign; absent: the only one");
    run->add_flag("--keep-going", run_script_.keep_going, "go on after a command that failed");
  }

  invocation asked_;
  request::init init_;
  request::create_world create_world_;
  request::list_worlds list_worlds_;
  request::create_campaign create_campaign_;
  request::list_campaigns list_campaigns_;
  request::load_campaign load_campaign_;
  request::show_log show_log_;
  request::show_difference show_difference_;
  request::show_recap show_recap_;
  request::write_report write_report_;
  request::back_up back_up_;
  request::restore restore_;
  request::show_state show_state_;
  request::verify_campaign verify_campaign_;
  request::repair_campaign repair_campaign_;
  request::perform perform_;
  request::converse converse_;
  request::run_script run_script_;
  std::optional<std::string> title_;
  CLI::App root_{"Campaigns that remember: an event log for a game master's table.", "dnd"};
};

} // namespace

std::variant<invocation, int> read_command_line(int argc, const char* const* argv) {
  return command_line{}.read(argc, argv);
}

bool asks_for_json(int argc, const char* const* argv) {
  for (const std::string_view word : std::span{argv, static_cast<std::size_t>(argc)}) {
    if (word == "--") return false; // names follow, whatever they look like
    if (word == "--json") return true;
  }
  return false;
}

} // namespace dnd
