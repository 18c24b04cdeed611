#include "commands.hpp"
#include "stores.hpp"

#include <evstore/version.hpp>

#include <CLI/CLI.hpp>

#include <charconv>

namespace evstore::cli {

namespace {

/// The grammar of the command line, and what it has said so far.
class command_line {
public:
  command_line() {
    root_.require_subcommand(1);
    root_.set_version_flag("--version", "evstore " EVSTORE_VERSION_STRING);
    root_.footer("LOG is " + known_addresses() + ".");
    add_readers();
    add_writers();
    add_foreign();
  }

  std::variant<request, int> read(int argc, const char* const* argv) {
    try {
      root_.parse(argc, argv);
    } catch (const CLI::ParseError& stopped) {
      return root_.exit(stopped) == 0 ? exit_status::done : exit_status::usage;
    }
    return asked_;
  }

private:
  /// A subcommand on a log that, when it is used, makes `wanted` the request.
  template <class Request>
  CLI::App& add(const char* name, const char* what, Request& wanted) {
    CLI::App* added = root_.add_subcommand(name, what);
    added->callback([this, &wanted] { asked_ = wanted; });
    return *added;
  }
  template <class Request>
  CLI::App& add_on_log(const char* name, const char* what, Request& wanted) {
    CLI::App& added = add(name, what, wanted);
    added.add_option("LOG", wanted.log, "the store")->required();
    return added;
  }

  static void add_time(CLI::App& to, const char* name, std::optional<timestamp>& time,
                       const char* what) {
    to.add_option_function<std::string>(
          name, [&time](const std::string& text) { time = read_time(text); }, what)
        ->check([](const std::string& text) {
          return read_time(text) ? std::string{}
                                 : "\"" + text + "\" is no time such as 2026-11-20T21:20:00Z";
        })
        ->type_name("TIME");
  }

  /// To CLI11, -1 is the largest number there is.
  static auto whole_from(std::uint64_t least) {
    return [least](const std::string& text) {
      std::uint64_t value = 0;
      const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
      const bool is_whole = failed == std::errc{} && end == text.data() + text.size();
      return is_whole && value >= least
                 ? std::string{}
                 : "\"" + text + "\" is no whole number from " + std::to_string(least) + " on";
    };
  }

  void add_readers() {
    CLI::App& stat = add_on_log("stat", "what is in a log, and how it is", stat_);
    stat.add_flag("--json", stat_.json, "answer in JSON");

    CLI::App& cat = add_on_log("cat", "show events", cat_);
    cat.add_option("--type", cat_.types, "only events of this type; may be given more than once")
        ->allow_extra_args(false);
    cat.add_option("--tag", cat_.tags, "only events with this tag, and with every other --tag")
        ->allow_extra_args(false);
    cat.add_option("--stream", cat_.stream, "only events of this stream");
    cat.add_option("--from", cat_.from, "from this position on")->check(whole_from(0));
    cat.add_option("--to", cat_.to, "up to this position")->check(whole_from(0));
    add_time(cat, "--time-from", cat_.after_time, "recorded at this time or later");
    add_time(cat, "--time-to", cat_.before_time, "recorded at this time or before");
    cat.add_option("--limit", cat_.limit, "at most so many events")->check(whole_from(0));
    CLI::Option* backwards = cat.add_flag("--backwards", cat_.backwards, "the last event first");
    cat.add_flag("--follow", cat_.follow, "go on with what is appended, until Ctrl-C")
        ->excludes(backwards);
    cat.add_flag("--json", cat_.json, "a line of JSON for each event");

    CLI::App& streams = add_on_log("streams", "list the streams, by their last event", streams_);
    streams.add_option("PREFIX", streams_.prefix, "only streams whose names begin so");
    streams.add_flag("--json", streams_.json, "a line of JSON for each stream");

    CLI::App& verify = add_on_log("verify", "read all of a log and say what is wrong", verify_);
    verify.add_flag("--json", verify_.json, "answer in JSON");
  }

  void add_writers() {
    CLI::App& repair = add_on_log("repair", "leave out what is damaged, and keep it", repair_);
    repair.add_flag("--yes", repair_.yes, "do not ask");

    CLI::App& copy = add("copy", "copy a store to another; again: go on, or compare", copy_);
    copy.add_option("SRC", copy_.from, "the store to copy")->required();
    copy.add_option("DST", copy_.to, "the store to fill; made if it is not there")->required();

    CLI::App& truncate =
        add_on_log("truncate", "record that a stream's first events are not shown", truncate_);
    truncate.add_option("STREAM", truncate_.stream, "the stream")->required();
    truncate.add_option("--before", truncate_.before, "the first version that is still shown")
        ->required()
        ->check(whole_from(1));

    CLI::App& tombstone =
        add_on_log("tombstone", "record that a stream is deleted, for good", tombstone_);
    tombstone.add_option("STREAM", tombstone_.stream, "the stream")->required();
  }

  void add_foreign() {
    CLI::App& import = add("import", "append the objects of a JSONL file, a line each", import_);
    import.add_option("FILE", import_.file, "the file; - is standard input")->required();
    import.add_option("LOG", import_.log, "the store; made if it is not there")->required();
    const auto either = [&import](const char* name, std::string& literal, std::string& field) {
      const std::string option = std::string{"--"} + name;
      CLI::Option_group* group = import.add_option_group(name);
      group->add_option(option, literal, std::string{"the "} + name + " of every event");
      group->add_option(
          option + "-from", field,
          std::string{"the member that is the "} + name + "; /a/b: a member of a member");
      group->require_option(1);
    };
    either("type", import_.type, import_.type_from);
    either("stream", import_.stream, import_.stream_from);
    import.add_option("--time-from", import_.time_from, "the member that is the time; absent: now");
    import.add_option("--time-unit", import_.time_unit, "what times that are numbers count")
        ->check(CLI::IsMember({"s", "ms", "us"}));
    import.add_option("--from-line", import_.from_line, "pass over the lines before this one")
        ->check(whole_from(1));

    CLI::App& exported = add_on_log("export", "write what was imported, as it was", export_);
    exported.add_option("FILE", export_.file, "the file to make; - or absent: standard output");
    constexpr const char* what = "put this of an event that was not imported into this member";
    exported.add_option("--type-to", export_.type_to, what);
    exported.add_option("--stream-to", export_.stream_to, what);
    exported.add_option("--time-to", export_.time_to, what);
  }

  request asked_;
  stat_request stat_;
  cat_request cat_;
  streams_request streams_;
  verify_request verify_;
  repair_request repair_;
  copy_request copy_;
  truncate_request truncate_;
  tombstone_request tombstone_;
  import_request import_;
  export_request export_;
  CLI::App root_{"Looks into event stores, checks them, and moves what is in them.", "evstore"};
};

} // namespace

std::variant<request, int> read_command_line(int argc, const char* const* argv) {
  return command_line{}.read(argc, argv);
}

} // namespace evstore::cli
