#include "files/file_batch.hpp"

#include "files/durable.hpp"

#include <evstore/jsonl/file.hpp>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

namespace dnd {

namespace {

namespace fs = std::filesystem;
using file = evstore::jsonl::file<evstore::jsonl::posix_files>;
using evstore::jsonl::file_error;

constexpr const char* hidden_prefix = ".waiting-";

fs::path hidden(const fs::path& path) {
  return path.parent_path() / (hidden_prefix + path.filename().string());
}

void remove_leftovers(const fs::path& directory) {
  std::vector<fs::path> left;
  for (const fs::directory_entry& entry : fs::directory_iterator{directory})
    if (entry.path().filename().string().starts_with(hidden_prefix)) left.push_back(entry.path());
  for (const fs::path& path : left) fs::remove(path);
}

/// Everything that was written to the file system of the directory. The second time there is
/// nothing left to do, so that nobody need know which directories share one.
void sync_file_system_of(const fs::path& directory) {
  const file opened{{}, directory.string(), O_RDONLY | O_DIRECTORY};
  if (::syncfs(opened.descriptor()) != 0) throw file_error(errno, "cannot sync", opened.path());
}

bool put(const fs::path& path, if_there existing) {
  const unsigned flags = existing == if_there::keep ? RENAME_NOREPLACE : 0;
  const fs::path from = hidden(path);
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, path.c_str(), flags) == 0) return true;
  if (errno != EEXIST || existing == if_there::replace)
    throw file_error(errno, "cannot create", path.string());
  ::unlink(from.c_str());
  return false;
}

} // namespace

file_batch::~file_batch() {
  for (; placed_ < files_.size(); ++placed_) ::unlink(hidden(files_[placed_]).c_str());
}

void file_batch::add(const fs::path& path, std::string_view contents) {
  const fs::path directory = path.parent_path();
  if (std::find(directories_.begin(), directories_.end(), directory) == directories_.end()) {
    remove_leftovers(directory);
    directories_.push_back(directory);
  }
  files_.push_back(path);
  const file written{{}, hidden(path).string(), O_WRONLY | O_CREAT | O_EXCL};
  written.write_or_throw(contents, 0);
}

void file_batch::put_in_place(if_there existing,
                              const std::function<void(std::size_t, bool)>& placed) {
  for (const fs::path& directory : directories_) sync_file_system_of(directory);
  while (placed_ < files_.size()) {
    const bool is_there = put(files_[placed_], existing);
    placed(placed_++, is_there);
  }
  for (const fs::path& directory : directories_) sync_directory(directory);
}

} // namespace dnd
