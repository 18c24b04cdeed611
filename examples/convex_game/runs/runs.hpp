#pragma once

#include "files/confined_folder.hpp"
#include "game/tables.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace convex_game {

/// The files that belong to games and are too heavy for a log: below a folder for each run. The store
/// knows of them what `artifact` says, and `check` finds out whether that is still so.
///
/// Any number of threads. What fails is thrown as `evstore::error`.
class runs {
public:
  explicit runs(confined_folder folder) : folder_{std::move(folder)} {}

  /// Writes the file, whole or not at all. Throws `errc::invalid_argument` for names that lead
  /// elsewhere, and for JSON that is none.
  [[nodiscard]] artifact store(std::string_view run, std::string_view name,
                               std::string_view contents) const;

  /// What is wrong with the file, or nothing.
  [[nodiscard]] std::optional<std::string> check(const artifact& known) const;

  /// Nothing if there is no such file.
  [[nodiscard]] std::optional<std::string> read(std::string_view run, std::string_view name) const;

  /// The files of a run, as `{path, size}` with the run in front.
  [[nodiscard]] auto files(std::string_view run) const { return folder_.files_below(run); }

  /// Deletes all that there is of a run, also what a crash has left unfinished.
  void remove(std::string_view run) const { folder_.remove_folder(run); }

  /// The runs that there are.
  [[nodiscard]] std::vector<std::string> list() const { return folder_.folders(); }

private:
  confined_folder folder_;
};

} // namespace convex_game
