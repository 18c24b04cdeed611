#pragma once

#include "campaign/books.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dnd {

/// The books as directories of YAML files, one file an item: `<shelf>/<kind>/<item>.yaml`. A page
/// in an earlier shelf hides the page of that name in later ones: the campaign's hide the world's,
/// and those hide the data directory's. Reads files when asked, never writes.
class library final : public books {
public:
  /// Shelves in the order in which they are asked. They need not exist.
  explicit library(std::vector<std::filesystem::path> shelves) : shelves_{std::move(shelves)} {}

  /// Characters are found before monsters. Throws `evstore::error` with file, line and path for a
  /// page that cannot be read.
  [[nodiscard]] std::optional<stat_block> find_creature(std::string_view name) const override;

  [[nodiscard]] std::vector<std::string> entries(std::string_view kind) const override;

private:
  [[nodiscard]] std::optional<std::filesystem::path> find_page(std::string_view kind,
                                                               std::string_view item) const;
  /// The page that calls itself so, whatever its file is called.
  [[nodiscard]] std::optional<std::filesystem::path> find_page_by_name(std::string_view kind,
                                                                       std::string_view name) const;

  std::vector<std::filesystem::path> shelves_;
};

} // namespace dnd
