#pragma once

#include "log/snapshot_rhythm.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace dnd {

/// What the command line said; absent is what it did not say.
struct flags {
  std::optional<std::string> config;
  std::optional<std::string> worlds_dir;
  std::optional<std::string> data_dir;
  std::optional<std::string> world;
  std::optional<std::string> snapshots;
  std::optional<std::string> store;
};

/// What holds in the end.
struct settings {
  std::filesystem::path worlds_dir;
  std::filesystem::path data_dir;
  std::filesystem::path import_dir; ///< where `dnd init` writes
  std::string world;
  snapshot_rhythm snapshots;
  std::optional<std::string> server; ///< that keeps the logs, if they are no files
};

/// The value of an environment variable, if it is set and not empty.
using environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Each setting from the first that has it: flag, environment (`DND_WORLDS_DIR`, `DND_DATA_DIR`,
/// `DND_WORLD`, `DND_SNAPSHOTS`, `DND_STORE`), configuration file, default (`./worlds`, the data that the
/// program came with, `default`, `every-100`, `files`). The file is `--config`, else `DND_CONFIG`, else
/// `./dnd.yaml` if there is one. Relative paths are relative to where the program runs, wherever
/// they were said.
///
/// Who says nothing about data has `./data`, once `dnd init` has made it there: what the program
/// came with is read, and not written to.
///
/// Throws `problem` for a file that is named and missing, is no YAML, or has settings that do not
/// exist or make no sense.
settings choose_settings(const flags& said, const environment& variable);

} // namespace dnd
