#include "app/game.hpp"
#include "app/init.hpp"
#include "app/lines.hpp"
#include "app/output.hpp"
#include "app/play.hpp"
#include "app/request.hpp"
#include "backup/backup.hpp"
#include "backup/restore.hpp"
#include "files/problem.hpp"
#include "files/worlds.hpp"
#include "history/chronicle.hpp"
#include "history/diff.hpp"
#include "history/log_filter.hpp"
#include "history/points.hpp"
#include "history/recap.hpp"
#include "library/library.hpp"
#include "log/event_json.hpp"
#include "log/event_stream.hpp"
#include "log/verify.hpp"
#include "report/report_file.hpp"
#include "rules/random_dice.hpp"

#include <cstdlib>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dnd {

namespace {

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

/// A descriptor that closes itself, unless it is standard input.
class script_file {
public:
  explicit script_file(const std::string& path)
      : script_file{path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)} {
    if (descriptor_ < 0) throw not_possible("the script cannot be read: " + path);
    struct stat found {};
    if (::fstat(descriptor_, &found) == 0 && S_ISDIR(found.st_mode))
      throw not_possible("the script cannot be read: " + path + " is a directory");
  }
  ~script_file() {
    if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
  }
  script_file(const script_file&) = delete;
  script_file& operator=(const script_file&) = delete;

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

private:
  explicit script_file(int descriptor) noexcept : descriptor_{descriptor} {}

  int descriptor_;
};

/// The answers to each kind of request.
class program {
public:
  explicit program(const invocation& asked)
      : settings_{choose_settings(asked.said, environment_variable)},
        worlds_{settings_.worlds_dir, settings_.server}, out_{asked.json ? form::json : form::text},
        seed_{asked.seed} {}

  int operator()(const request::init& wanted) const { return init(wanted, settings_, out_); }

  int operator()(const request::create_world& wanted) const {
    say_created("world", worlds_.create_world(wanted.name));
    return exit_status::done;
  }

  int operator()(const request::list_worlds&) const {
    for (const world_place& world : worlds_.all_worlds())
      say_place(world.name, world.slug,
                std::to_string(worlds_.all_campaigns(world).size()) + " campaigns");
    return exit_status::done;
  }

  int operator()(const request::create_campaign& wanted) const {
    // A refused name must not leave the world behind that it would have been in.
    static_cast<void>(worlds::slug_for_campaign(wanted.name));
    const bool known = worlds_.has_world(settings_.world);
    const world_place world =
        known ? worlds_.find_world(settings_.world) : worlds_.create_world(settings_.world);
    if (!known) say_created("world", world);
    const campaign_place made = worlds_.create_campaign(world, wanted.name);
    if (made.server)
      static_cast<void>(event_stream{made, access::write}); // who reads, makes nothing
    say_created("campaign", made);
    return exit_status::done;
  }

  int operator()(const request::list_campaigns&) const {
    if (!worlds_.has_world(settings_.world) && settings_.world == "default")
      return exit_status::done;
    for (const campaign_place& place : worlds_.all_campaigns(worlds_.find_world(settings_.world)))
      say_place(place.name, place.slug, "in " + place.directory.string());
    return exit_status::done;
  }

  int operator()(const request::load_campaign& wanted) const {
    out_.tell(open(wanted.name, access::read));
    return exit_status::done;
  }

  int operator()(const request::show_log& wanted) const {
    select(open(wanted.name, access::read), wanted.wanted,
           [&](const log_entry& entry) { out_.tell(entry); });
    return exit_status::done;
  }

  int operator()(const request::show_difference& wanted) const {
    const campaign_log log = open(wanted.name, access::read);
    out_.tell(compare(log, find_stretch(find_landmarks(log), wanted.from, wanted.to)));
    return exit_status::done;
  }

  int operator()(const request::show_recap& wanted) const {
    const chronicle told = retell(open(wanted.name, access::read));
    out_.tell(recap_of(told, find_chapter(told, wanted.session)));
    return exit_status::done;
  }

  int operator()(const request::write_report& wanted) const {
    const campaign_log log = open(wanted.name, access::read);
    const std::filesystem::path path = wanted.out.value_or(log.place().slug + ".html");
    out_.tell(dnd::write_report(log, path, wanted.force));
    return exit_status::done;
  }

  int operator()(const request::back_up& wanted) const {
    out_.tell(dnd::back_up(finished_place_of(wanted.name), wanted.to));
    return exit_status::done;
  }

  int operator()(const request::restore& wanted) const {
    out_.tell(dnd::restore(worlds_, {wanted.file, settings_.world, wanted.as}));
    return exit_status::done;
  }

  int operator()(const request::show_state& wanted) const {
    const campaign_log log = open(wanted.name, access::read);
    if (!wanted.at) {
      out_.tell(log.state());
      return exit_status::done;
    }
    const std::uint64_t position = find_point(find_landmarks(log), *wanted.at);
    campaign_state state;
    log.replay(position, [&](const log_entry& entry) {
      if (entry.position == position) state = entry.after;
      return true;
    });
    out_.tell(state);
    return exit_status::done;
  }

  int operator()(const request::verify_campaign& wanted) const {
    const verification found = verify(place_of(wanted.name), settings_.snapshots);
    out_.say_findings(found.sound, found.findings);
    return found.sound ? exit_status::done : exit_status::failed;
  }

  int operator()(const request::repair_campaign& wanted) const {
    out_.say_findings(true, repair(place_of(wanted.name)));
    return exit_status::done;
  }

  int operator()(const request::perform& wanted) const {
    return play(wanted.campaign, [&](game& played) {
      const outcome result = played.perform(wanted.line);
      out_.tell(wanted.line, result, {});
      return result.why_not ? exit_status::failed : exit_status::done;
    });
  }

  int operator()(const request::converse& wanted) const {
    const bool with_a_person = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
    return play(wanted.campaign, [&](game& played) {
      stop_at_next_line();
      if (with_a_person && !out_.is_json()) {
        out_.tell(played.log());
        out_.say("help lists the commands, hint says what could be next, quit leaves.");
      }
      const auto offer = [&](std::string_view typed) { return played.complete(typed); };
      const auto lines =
          with_a_person ? edited_lines(usual_history_file(), offer) : plain_lines(STDIN_FILENO);
      return dnd::converse(played, *lines, out_);
    });
  }

  int operator()(const request::run_script& wanted) const {
    const script_file file{wanted.script};
    return play(wanted.campaign, [&](game& played) {
      stop_at_next_line();
      const script what{wanted.script == "-" ? "standard input" : wanted.script, wanted.keep_going};
      return dnd::run_script(played, *plain_lines(file.descriptor()), what, out_);
    });
  }

private:
  [[nodiscard]] campaign_place place_of(const std::string& name) const {
    return worlds_.find_campaign(worlds_.find_world(settings_.world), name);
  }

  [[nodiscard]] campaign_place place_of(const request::chosen_campaign& name) const {
    const world_place world = worlds_.find_world(settings_.world);
    if (name) return worlds_.find_campaign(world, *name);
    std::vector<campaign_place> all = worlds_.all_campaigns(world);
    if (all.size() == 1) return std::move(all.front());
    throw bad_usage(all.empty() ? "the world " + world.name +
                                      " has no campaign yet; create one: dnd campaign create NAME"
                                : "which campaign? the world " + world.name + " has " +
                                      std::to_string(all.size()) + ": dnd campaign list");
  }

  /// For who writes: a restore that was killed is finished first.
  template <class Name>
  [[nodiscard]] campaign_place finished_place_of(const Name& name) const {
    const campaign_place place = place_of(name);
    return finish_restore(place) ? place_of(name) : place;
  }

  [[nodiscard]] campaign_log open(const std::string& name, access how) const {
    return {place_of(name), how, settings_.snapshots};
  }

  template <class Play>
  int play(const request::chosen_campaign& name, Play how) const {
    campaign_log log{finished_place_of(name), access::write, settings_.snapshots};
    for (const std::string& warning : log.report().warnings) out_.warn(warning);
    const library books{{log.place().directory, log.place().world.directory, settings_.data_dir}};
    random_dice dice{seed_.value_or(random_dice::surprising_seed())};
    game played{std::move(log), books, dice};
    return how(played);
  }

  template <class Place>
  void say_created(std::string_view what, const Place& place) const {
    if (out_.is_json())
      out_.say("{\"created\":" + quoted_json(what) + ",\"name\":" + quoted_json(place.name) +
               ",\"directory\":" + quoted_json(place.directory.string()) + "}");
    else
      out_.say("created the " + std::string{what} + " \"" + place.name + "\" in " +
               place.directory.string());
  }

  void say_place(const std::string& name, const std::string& slug, const std::string& more) const {
    if (out_.is_json())
      out_.say("{\"name\":" + quoted_json(name) + ",\"slug\":" + quoted_json(slug) + "}");
    else
      out_.say(name + "  (" + more + ")");
  }

  settings settings_;
  worlds worlds_;
  output out_;
  std::optional<std::uint64_t> seed_;
};

} // namespace

int carry_out(const invocation& asked) { return std::visit(program{asked}, asked.wanted); }

} // namespace dnd
