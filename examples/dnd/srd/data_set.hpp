#pragma once

#include "srd/json_tree.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dnd::srd {

/// A thing of the data set.
struct item {
  std::string_view kind; ///< one of `dnd::kinds`
  std::string index;     ///< the name of its page
  json_tree content;     ///< a map
};

/// The public 5e SRD data set: a directory of files `5e-SRD-Damage-Types.json`, a JSON list of items
/// each, every item with a name that is unique in its kind, `index`. Read as a whole when it is
/// made; immutable.
class data_set {
public:
  /// Throws `problem` if the directory does not exist or holds no such file, and `evstore::error`
  /// with file and place for files that are no such list, and for an `index` that is missing, there
  /// twice (even in other case: not every file system can tell), or cannot be the name of a file:
  /// those have 1 to 100 letters, digits, `-`, `_` and `.` and begin with a letter or digit.
  explicit data_set(const std::filesystem::path& directory);

  /// By kind, each in the order of its file.
  [[nodiscard]] const std::vector<item>& items() const noexcept { return items_; }

  [[nodiscard]] bool has(std::string_view kind, std::string_view index) const;
  [[nodiscard]] bool has_file_of(std::string_view kind) const { return files_.contains(kind); }

  /// Names of files that look like a part of the data set and are of no kind that has pages.
  [[nodiscard]] const std::vector<std::string>& left_out() const noexcept { return left_out_; }

private:
  void read(std::string_view kind, const std::filesystem::path& path);

  std::vector<item> items_;
  /// By kind and the index in lower case.
  std::map<std::pair<std::string_view, std::string>, std::string> indexes_;
  std::set<std::string_view> files_; ///< kinds that have one
  std::vector<std::string> left_out_;
};

} // namespace dnd::srd
