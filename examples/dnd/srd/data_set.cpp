#include "srd/data_set.hpp"

#include "files/durable.hpp"
#include "files/kinds.hpp"
#include "files/problem.hpp"
#include "language/text.hpp"

#include <evstore/error.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <system_error>
#include <utility>

namespace dnd::srd {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "5e-SRD-";
constexpr std::string_view suffix = ".json";
constexpr std::size_t longest_index = 100;

[[noreturn]] void refuse(const std::string& file, std::string path, std::string_view why) {
  evstore::error_place place;
  place.file = file;
  place.path = std::move(path);
  throw evstore::error{evstore::errc::decode_failed, why, std::move(place)};
}

bool is_file_name(std::string_view index) {
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  constexpr std::string_view punctuation = "-_.";
  return !index.empty() && index.size() <= longest_index &&
         letters.find(index.front()) != letters.npos &&
         std::all_of(index.begin(), index.end(), [&](char c) {
           return letters.find(c) != letters.npos || punctuation.find(c) != punctuation.npos;
         });
}

/// The files of the data set by what their names say: `5e-SRD-Damage-Types.json` -> `damage-types`.
std::map<std::string, fs::path> files_in(const fs::path& directory) {
  std::map<std::string, fs::path> found;
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator{directory, failed}) {
    const std::string name = entry.path().filename().string();
    if (name.size() > prefix.size() + suffix.size() && name.starts_with(prefix) &&
        name.ends_with(suffix))
      found.emplace(folded(name.substr(prefix.size(), name.size() - prefix.size() - suffix.size())),
                    entry.path());
  }
  if (failed)
    throw bad_usage("the data set cannot be read: " + directory.string() + ": " + failed.message());
  return found;
}

/// Where in the repository of the data set its files are, for those who name the repository.
[[noreturn]] void refuse_empty(const fs::path& directory) {
  constexpr std::array<std::string_view, 4> places{"src/2014/en", "src/2014", "2014/en", "en"};
  std::string advice;
  for (const std::string_view place : places) {
    std::error_code absent;
    const fs::path there = directory / place;
    if (advice.empty() && fs::is_directory(there, absent) && !files_in(there).empty())
      advice = "; there are some in " + there.string();
  }
  throw bad_usage("there is no file of the data set (5e-SRD-Monsters.json and others) in " +
                  directory.string() + advice);
}

} // namespace

data_set::data_set(const fs::path& directory) {
  std::map<std::string, fs::path> files = files_in(directory);
  for (const std::string_view kind : kinds)
    if (const auto file = files.find(std::string{kind}); file != files.end()) {
      files_.insert(kind);
      read(kind, file->second);
      files.erase(file);
    }
  for (const auto& [name, path] : files) left_out_.push_back(path.filename().string());
  if (files_.empty()) refuse_empty(directory);
}

void data_set::read(std::string_view kind, const fs::path& path) {
  const std::string file = path.string();
  json_tree content = read_json(read_file(fs::canonical(path)), file);
  if (content.is != json_tree::kind::list) refuse(file, "$", "expected a list of items");
  for (std::size_t i = 0; i < content.children.size(); ++i) {
    json_tree& found = content.children[i];
    const std::string at = "$[" + std::to_string(i) + "]";
    const json_tree* index = found.find("index");
    if (index == nullptr || index->is != json_tree::kind::text)
      refuse(file, at, "an item needs a text \"index\"");
    if (!is_file_name(index->text))
      refuse(file, at, "the index \"" + index->text + "\" cannot be the name of a page");
    if (!indexes_.try_emplace({kind, folded(index->text)}, index->text).second)
      refuse(file, at, "the index \"" + index->text + "\" is there twice");
    std::string name = index->text;
    items_.push_back({kind, std::move(name), std::move(found)});
  }
}

bool data_set::has(std::string_view kind, std::string_view index) const {
  const auto found = indexes_.find({kind, folded(index)});
  return found != indexes_.end() && found->second == index;
}

} // namespace dnd::srd
