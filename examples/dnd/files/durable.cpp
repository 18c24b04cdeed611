#include "files/durable.hpp"

#include <evstore/jsonl/file.hpp>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include <stdio.h>
#include <unistd.h>

namespace dnd {

namespace {

namespace fs = std::filesystem;
using file = evstore::jsonl::file<evstore::jsonl::posix_files>;
using evstore::jsonl::file_error;

void write_new_file(const fs::path& path, std::string_view contents, int flags) {
  const file created{{}, path.string(), O_WRONLY | O_CREAT | flags};
  created.write_or_throw(contents, 0);
  created.sync();
}

/// Beside the real thing, so that a rename can put it in its place.
constexpr const char* hidden_prefix = ".new-";

void exchange(const fs::path& one, const fs::path& other) {
  if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) != 0)
    throw file_error(errno, "cannot take the place of", other.string());
}

/// What was exchanged is the old one, once the exchange is on the disk.
void dispose_of_replaced(const fs::path& hidden, const fs::path& final) {
  sync_directory(final.parent_path());
  std::error_code ignored; // it is hidden, and no harm
  fs::remove_all(hidden, ignored);
}

} // namespace

std::string read_file(const fs::path& path) {
  constexpr std::uint64_t largest = std::uint64_t{16} << 20;
  const file opened{{}, path.string(), O_RDONLY};
  if (!S_ISREG(opened.status().st_mode))
    throw file_error(EISDIR, "not a regular file", path.string());
  const std::uint64_t size = opened.size();
  if (size > largest) throw file_error(EFBIG, "too large to be read", path.string());
  std::string contents(static_cast<std::size_t>(size), '\0');
  contents.resize(opened.read(contents.data(), contents.size(), 0));
  return contents;
}

void replace_file(const fs::path& path, std::string_view contents) {
  const fs::path hidden = path.parent_path() / (hidden_prefix + path.filename().string());
  try {
    write_new_file(hidden, contents, O_TRUNC);
    if (::rename(hidden.c_str(), path.c_str()) != 0)
      throw file_error(errno, "cannot replace", path.string());
  } catch (...) {
    ::unlink(hidden.c_str());
    throw;
  }
  sync_directory(path.parent_path());
}

void create_file(const fs::path& path, std::string_view contents) {
  write_new_file(path, contents, O_EXCL);
}

void sync_directory(const fs::path& path) {
  evstore::jsonl::sync_directory(evstore::jsonl::posix_files{}, path.empty() ? "." : path.string());
}

new_directory::new_directory(const fs::path& parent, const std::string& name)
    : hidden_{parent / (hidden_prefix + name + "-" + std::to_string(::getpid()))},
      final_{parent / name} {
  if (::mkdir(hidden_.c_str(), 0777) != 0)
    throw file_error(errno, "cannot create", hidden_.string());
}

new_directory::~new_directory() {
  std::error_code ignored; // nothing is left to do about it
  if (!stays_) fs::remove_all(hidden_, ignored);
}

bool new_directory::appear() {
  sync_directory(hidden_);
  // RENAME_NOREPLACE is why two processes cannot both create the same name.
  if (::renameat2(AT_FDCWD, hidden_.c_str(), AT_FDCWD, final_.c_str(), RENAME_NOREPLACE) != 0) {
    if (errno == EEXIST) return false;
    throw file_error(errno, "cannot create", final_.string());
  }
  stays_ = true;
  sync_directory(final_.parent_path());
  return true;
}

std::vector<fs::path> new_directory::left_behind(const fs::path& parent, const std::string& name) {
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator{parent})
    if (entry.is_directory() &&
        entry.path().filename().string().starts_with(hidden_prefix + name + "-"))
      found.push_back(entry.path());
  return found;
}

void new_directory::replace() {
  exchange(hidden_, final_);
  stays_ = true;
  dispose_of_replaced(hidden_, final_);
}

void new_directory::rehearse_replacing() const {
  const fs::path one = hidden_ / ".one";
  const fs::path other = hidden_ / ".other";
  fs::create_directory(one);
  fs::create_directory(other);
  exchange(one, other);
  fs::remove(one);
  fs::remove(other);
}

void replace_directory(const fs::path& hidden, const fs::path& final) {
  exchange(hidden, final);
  dispose_of_replaced(hidden, final);
}

} // namespace dnd
