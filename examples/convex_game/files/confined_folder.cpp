#include "files/confined_folder.hpp"

#include <evstore/error.hpp>
#include <evstore/generate_event_id.hpp>
#include <evstore/jsonl/file.hpp>

#include <algorithm>
#include <cerrno>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

namespace convex_game {

namespace {

using evstore::jsonl::file_error;

constexpr int as_folder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

bool is_absent(int code) noexcept {
  return code == ENOENT || code == ENOTDIR || code == ELOOP || code == ENAMETOOLONG ||
         code == ENXIO; // a socket
}

descriptor open_at(const descriptor& folder, const std::string& name, int flags) {
  return descriptor{::openat(folder.get(), name.c_str(), flags)};
}

void sync(const descriptor& written, std::string_view path) {
  if (::fsync(written.get()) != 0) throw file_error(errno, "cannot sync", path);
}

/// All that is in a folder, sorted.
std::vector<std::string> names_in(const descriptor& folder) {
  const auto close = [](::DIR* opened) { ::closedir(opened); };
  // Opened anew: a descriptor that is shared shares where its reading stands.
  const int opened = ::openat(folder.get(), ".", as_folder);
  const std::unique_ptr<::DIR, decltype(close)> entries{opened < 0 ? nullptr : ::fdopendir(opened),
                                                        close};
  if (!entries) throw file_error(errno, "cannot read the folder", "");
  std::vector<std::string> names;
  while (const ::dirent* const entry = ::readdir(entries.get()))
    if (const std::string_view name = entry->d_name; name != "." && name != "..")
      names.emplace_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

void remove_all(const descriptor& from, const std::string& name) {
  if (::unlinkat(from.get(), name.c_str(), 0) == 0 || errno == ENOENT) return;
  if (errno != EISDIR) throw file_error(errno, "cannot delete", name);
  {
    const descriptor below = open_at(from, name, as_folder);
    if (!below.valid()) throw file_error(errno, "cannot open the folder", name);
    for (const std::string& each : names_in(below)) remove_all(below, each);
  }
  if (::unlinkat(from.get(), name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
    throw file_error(errno, "cannot delete the folder", name);
}

void write_all(const descriptor& to, std::string_view contents, std::string_view path) {
  while (!contents.empty()) {
    const ssize_t done = ::write(to.get(), contents.data(), contents.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) throw file_error(errno, "cannot write", path);
    contents.remove_prefix(static_cast<std::size_t>(done));
  }
}

} // namespace

descriptor::descriptor(descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
descriptor& descriptor::operator=(descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}
descriptor::~descriptor() {
  if (number_ >= 0) ::close(number_);
}

bool is_plain_path(std::string_view path) noexcept {
  if (path.empty() || path.size() > 1000 || path.back() == '/') return false;
  const auto is_odd = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\';
  };
  if (std::any_of(path.begin(), path.end(), is_odd)) return false;
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    if (part.empty() || part.front() == '.' || part.size() > 200) return false;
    path.remove_prefix(std::min(path.size(), part.size() + 1));
  }
  return true;
}

confined_folder confined_folder::make(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  return open(folder);
}

confined_folder confined_folder::open(const std::filesystem::path& folder) {
  descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!opened.valid()) throw file_error(errno, "cannot open the folder", folder.string());
  return confined_folder{std::move(opened)};
}

bool confined_folder::has_folder(std::string_view name) const {
  return is_plain_path(name) && open_at(opened_, std::string{name}, as_folder).valid();
}

std::pair<descriptor, std::string> confined_folder::parent_of(std::string_view path,
                                                              absent_folders which) const {
  if (!is_plain_path(path)) return {descriptor{-1}, std::string{}};
  descriptor at{::fcntl(opened_.get(), F_DUPFD_CLOEXEC, 0)};
  for (std::size_t slash = path.find('/'); slash != path.npos && at.valid();
       slash = path.find('/')) {
    const std::string name{path.substr(0, slash)};
    path.remove_prefix(slash + 1);
    if (which == absent_folders::are_made) {
      if (::mkdirat(at.get(), name.c_str(), 0777) == 0)
        sync(at, name);
      else if (errno != EEXIST)
        throw file_error(errno, "cannot make the folder", name);
    }
    descriptor below = open_at(at, name, as_folder);
    if (!below.valid() && which == absent_folders::are_made)
      throw file_error(errno, "cannot open the folder", name);
    at = std::move(below);
  }
  return {std::move(at), std::string{path}};
}

std::optional<std::string> confined_folder::read(std::string_view path, std::uint64_t most) const {
  const auto [folder, name] = parent_of(path, absent_folders::stay_absent);
  if (!folder.valid()) return std::nullopt;
  // A pipe, which nobody may ever write to, is not waited for.
  const descriptor opened = open_at(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (!opened.valid()) {
    if (is_absent(errno)) return std::nullopt;
    throw file_error(errno, "cannot open", path);
  }
  struct ::stat about {};
  if (::fstat(opened.get(), &about) != 0) throw file_error(errno, "cannot read", path);
  if (!S_ISREG(about.st_mode)) return std::nullopt;
  const auto size = static_cast<std::uint64_t>(about.st_size);
  if (size > most) throw file_error(EFBIG, "too large to be read", path);
  std::string contents(static_cast<std::size_t>(size), '\0');
  std::size_t done = 0;
  while (done < contents.size()) {
    const ssize_t got = ::read(opened.get(), contents.data() + done, contents.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw file_error(errno, "cannot read", path);
    if (got == 0) break; // it was cut meanwhile
    done += static_cast<std::size_t>(got);
  }
  contents.resize(done);
  return contents;
}

void confined_folder::write(std::string_view path, std::string_view contents) const {
  if (!is_plain_path(path))
    throw evstore::error{evstore::errc::invalid_argument,
                         "no name for a file of a folder: " + std::string{path.substr(0, 80)}};
  const auto [folder, name] = parent_of(path, absent_folders::are_made);
  const std::string hidden = ".new-" + evstore::generate_event_id().to_string();
  try {
    const descriptor made{::openat(folder.get(), hidden.c_str(),
                                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666)};
    if (!made.valid()) throw file_error(errno, "cannot create", path);
    write_all(made, contents, path);
    sync(made, path);
    if (::renameat(folder.get(), hidden.c_str(), folder.get(), name.c_str()) != 0)
      throw file_error(errno, "cannot replace", path);
  } catch (...) {
    ::unlinkat(folder.get(), hidden.c_str(), 0);
    throw;
  }
  sync(folder, path);
}

std::vector<confined_folder::entry> confined_folder::files_below(std::string_view folder) const {
  std::vector<entry> found;
  const auto look = [&](const auto& self, const descriptor& at, const std::string& path) -> void {
    for (const std::string& name : names_in(at)) {
      const std::string below = path + "/" + name;
      if (!is_plain_path(below)) continue;
      struct ::stat about {};
      if (::fstatat(at.get(), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) continue; // gone
      if (S_ISREG(about.st_mode))
        found.push_back({below, static_cast<std::uint64_t>(about.st_size)});
      if (!S_ISDIR(about.st_mode)) continue;
      if (const descriptor inner = open_at(at, name, as_folder); inner.valid())
        self(self, inner, below);
    }
  };
  if (has_folder(folder)) {
    const std::string name{folder};
    look(look, open_at(opened_, name, as_folder), name);
  }
  return found;
}

void confined_folder::remove_folder(std::string_view name) const {
  if (!has_folder(name)) return;
  remove_all(opened_, std::string{name});
  sync(opened_, name);
}

std::vector<std::string> confined_folder::folders() const {
  std::vector<std::string> names = names_in(opened_);
  std::erase_if(names, [this](const std::string& name) { return !has_folder(name); });
  return names;
}

} // namespace convex_game
