#include "app/settings.hpp"

#include "files/durable.hpp"
#include "files/problem.hpp"
#include "log/server_log.hpp"

#include <evstore/describe.hpp>
#include <evstore/error.hpp>
#include <evstore/yaml.hpp>

#include <system_error>

namespace dnd {

namespace {

namespace fs = std::filesystem;

struct settings_file {
  std::optional<std::string> worlds_dir;
  std::optional<std::string> data_dir;
  std::optional<std::string> world;
  std::optional<std::string> snapshots;
  std::optional<std::string> store;
};
EVSTORE_DESCRIBE(settings_file, worlds_dir, data_dir, world, snapshots, store)

settings_file read_settings_file(const fs::path& path) {
  const std::string file = path.string();
  try {
    const std::string text = read_file(path);
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) return {};
    return evstore::yaml::read<settings_file>(
        text, {.file = file, .unknown = evstore::yaml::unknown_fields::refuse});
  } catch (const evstore::error& failed) {
    throw bad_usage("the configuration cannot be read: " + std::string{failed.what()});
  }
}

settings_file find_settings_file(const flags& said, const environment& variable) {
  if (said.config) return read_settings_file(*said.config);
  if (const auto named = variable("DND_CONFIG")) return read_settings_file(*named);
  const fs::path usual = "dnd.yaml";
  if (std::error_code unknown; fs::exists(usual, unknown)) return read_settings_file(usual);
  return {};
}

fs::path usual_data_dir() {
  const fs::path imported = "data";
  std::error_code absent;
  return fs::is_directory(imported / "monsters", absent) ? imported : DND_DEFAULT_DATA_DIR;
}

} // namespace

settings choose_settings(const flags& said, const environment& variable) {
  const settings_file file = find_settings_file(said, variable);
  const auto choose = [&](const std::optional<std::string>& flag, const char* name,
                          const std::optional<std::string>& in_file, std::string otherwise) {
    if (flag) return *flag;
    if (auto value = variable(name)) return *std::move(value);
    return in_file.value_or(std::move(otherwise));
  };
  settings chosen;
  chosen.worlds_dir = choose(said.worlds_dir, "DND_WORLDS_DIR", file.worlds_dir, "./worlds");
  const std::string data_dir = choose(said.data_dir, "DND_DATA_DIR", file.data_dir, "");
  chosen.import_dir = data_dir.empty() ? fs::path{"data"} : fs::path{data_dir};
  chosen.data_dir = data_dir.empty() ? usual_data_dir() : fs::path{data_dir};
  chosen.world = choose(said.world, "DND_WORLD", file.world, "default");
  const std::string rhythm = choose(said.snapshots, "DND_SNAPSHOTS", file.snapshots, "every-100");
  const auto parsed = parse_snapshot_rhythm(rhythm);
  if (!parsed)
    throw bad_usage("\"" + rhythm +
                    "\" says nothing about snapshots; say every-100, by-session, "
                    "every-100,by-session, manual or off");
  chosen.snapshots = *parsed;
  std::string store = choose(said.store, "DND_STORE", file.store, "files");
  if (store != "files") {
    require_server(store);
    chosen.server = std::move(store);
  }
  return chosen;
}

} // namespace dnd
