// What stands beside a log is derived: damaged, stale, from the future or of another log, it is
// ignored, and the answers are those of the log. Each rule that sees to it is broken, and the same
// checks then fail.
#define EVSTORE_JSONL_BREAKABLE
#include <support/simulated_files.hpp>

#include <evstore/jsonl/adapter.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace evstore;
using namespace evstore::tests;
using jsonl::detail::rule;

using log = jsonl::basic_adapter<indexing_files>;
using machine_ptr = std::shared_ptr<simulated_machine>;
constexpr const char* path = "/log.jsonl";
constexpr const char* snapshot_path = "/log.jsonl.snapshots/k.json";

log open(const machine_ptr& machine) {
  return log::open(path, {}, indexing_files{simulated_files{machine}});
}

/// A closed log of one-event commits, with an index and a snapshot.
machine_ptr log_of(std::size_t events, const std::string& type) {
  auto machine = std::make_shared<simulated_machine>();
  log opened = open(machine);
  for (std::size_t i = 0; i < events; ++i)
    static_cast<void>(
        testing::append(opened, {{{"s", any, {{.type = type, .tags = {"t"}}}}}, {}}).value());
  opened.save_snapshot("k", {{}, opened.head(), 1, "\"" + type + "\""});
  return machine;
}

std::string bytes_of(const machine_ptr& machine, const std::string& file) {
  return machine->disk.bytes(machine->disk.find(file));
}
void put(const machine_ptr& machine, const std::string& file, const std::string& bytes) {
  const auto which = machine->disk.find(file);
  machine->disk.truncate(which, 0);
  machine->disk.write(which, bytes, 0);
}
std::string part_of(const machine_ptr& machine) {
  for (const std::string& file : machine->disk.files())
    if (file.find(".index-") != file.npos) return file;
  return {};
}
/// Its last writer did not come to close it: then an index is as good as its checksums.
void leave_open(const machine_ptr& machine) { put(machine, "/log.jsonl.lock", "writer 1\n"); }

/// Whether the log is answered for as it stands in its file, in every way of asking.
bool answers_well(const machine_ptr& machine, std::size_t events, const std::string& type) {
  try {
    const log opened = open(machine);
    const auto good = [&](const std::vector<event_record>& shown) {
      for (const event_record& event : shown)
        if (event.type != type) return false;
      return shown.size() == events;
    };
    return opened.head().value() == events && opened.state_of("s").version.value() == events &&
           good(testing::collect(opened.read_all(query::all(), {}))) &&
           good(testing::collect(opened.read_all(query::types({type}), {}))) &&
           good(testing::collect(opened.read_all(query::tags({"t"}), {}))) &&
           good(testing::collect(opened.read_stream("s", {})));
  } catch (const error&) {
    return false;
  }
}

bool makes_a_damaged_index_good() {
  const auto machine = log_of(40, "mine");
  const std::string part = part_of(machine);
  for (std::size_t page = 0; page * 4096 < bytes_of(machine, part).size(); ++page) {
    std::string bytes = bytes_of(machine, part);
    const std::size_t byte = page * 4096 + (page == 0 ? 16 : 0); // of the first numbers on it
    bytes[byte] = static_cast<char>(bytes[byte] ^ 1);
    const machine_ptr damaged = std::make_shared<simulated_machine>(machine->disk);
    put(damaged, part, bytes);
    if (!answers_well(damaged, 40, "mine")) return false;
  }
  return true;
}

bool passes_over_an_index_of_another_log() {
  const auto machine = log_of(40, "mine");
  leave_open(machine);
  put(machine, path, bytes_of(log_of(40, "ours"), path));
  return answers_well(machine, 40, "ours");
}

bool passes_over_an_index_from_the_future() {
  const auto machine = log_of(40, "mine");
  leave_open(machine);
  put(machine, path, bytes_of(log_of(20, "mine"), path));
  return answers_well(machine, 20, "mine");
}

/// Somebody has altered the log since, before the place that the index reaches: it is damaged now.
bool passes_over_a_stale_index() {
  const auto machine = log_of(40, "mine");
  const auto which = machine->disk.find(path);
  machine->disk.write(which, "#", machine->disk.bytes(which).find("mine"));
  try {
    static_cast<void>(open(machine));
    return false;
  } catch (const error& why) {
    return why.code() == errc::corrupt && why.place().line == 1;
  }
}

bool ignores_the_snapshot(const machine_ptr& machine) {
  const snapshot_lookup found = open(machine).load_snapshot("k");
  return !found.snapshot && !found.ignored.empty();
}

bool ignores_a_damaged_snapshot() {
  const auto machine = log_of(4, "mine");
  const auto which = machine->disk.find(snapshot_path);
  machine->disk.write(which, "#", machine->disk.bytes(which).find("mine"));
  return ignores_the_snapshot(machine);
}
bool ignores_a_snapshot_of_another_log() {
  const auto machine = log_of(4, "mine");
  put(machine, snapshot_path, bytes_of(log_of(4, "ours"), snapshot_path));
  return ignores_the_snapshot(machine);
}
bool ignores_a_snapshot_from_the_future() {
  const auto machine = log_of(4, "mine");
  put(machine, snapshot_path, bytes_of(log_of(6, "mine"), snapshot_path));
  return ignores_the_snapshot(machine);
}

TEST_CASE("what stands beside a log is never trusted over it, unless the rule is broken") {
  struct check {
    std::string name;
    rule which;
    bool (*is_kept)();
  };
  const auto one = GENERATE(values<check>({
      {"a damaged index", rule::indexes_are_checked, makes_a_damaged_index_good},
      {"a stale index", rule::indexes_fit_their_log, passes_over_a_stale_index},
      {"an index from the future", rule::indexes_fit_their_log,
       passes_over_an_index_from_the_future},
      {"an index of another log", rule::indexes_fit_their_log, passes_over_an_index_of_another_log},
      {"a damaged snapshot", rule::snapshots_are_checked, ignores_a_damaged_snapshot},
      {"a snapshot from the future", rule::snapshots_fit_their_log,
       ignores_a_snapshot_from_the_future},
      {"a snapshot of another log", rule::snapshots_fit_their_log,
       ignores_a_snapshot_of_another_log},
  }));
  INFO(one.name);
  CHECK(one.is_kept());
  jsonl::detail::broken_rule = one.which;
  CHECK_FALSE(one.is_kept());
  jsonl::detail::broken_rule = rule::none;
}

} // namespace
