#include "backup/archive.hpp"

#include <evstore/error.hpp>
#include <evstore/jsonl/file.hpp>

#include <array>
#include <cerrno>
#include <utility>

#include <archive.h>
#include <archive_entry.h>

namespace dnd {

namespace {

using file = evstore::jsonl::file<evstore::jsonl::posix_files>;

constexpr std::size_t block = std::size_t{64} << 10;

evstore::error error_about(const std::string& path, evstore::errc code, const std::string& what) {
  evstore::error_place place;
  place.file = path;
  return evstore::error{code, what, std::move(place)};
}

std::string reason_of(archive* opened) {
  const char* said = archive_error_string(opened);
  return said == nullptr ? "unknown failure" : said;
}

template <class Pointer>
Pointer require(Pointer made) {
  if (made == nullptr) throw std::bad_alloc{};
  return made;
}

struct entry_freed {
  void operator()(archive_entry* made) const noexcept { archive_entry_free(made); }
};

} // namespace

void archive_writer::closing::operator()(archive* opened) const noexcept {
  archive_write_free(opened);
}

void archive_reader::closing::operator()(archive* opened) const noexcept {
  archive_read_free(opened);
}

// gnutar keeps names byte for byte, whatever the locale; other forms translate them.
archive_writer::archive_writer(int descriptor, std::string path)
    : path_{std::move(path)}, archive_{require(archive_write_new())} {
  check(archive_write_add_filter_gzip(archive_.get()));
  check(archive_write_set_format_gnutar(archive_.get()));
  check(archive_write_open_fd(archive_.get(), descriptor));
}

void archive_writer::add(const std::string& name, std::string_view contents) {
  begin(name, contents.size());
  write(contents);
}

void archive_writer::add_file(const std::string& name, const std::filesystem::path& from) {
  const file opened{{}, from.string(), O_RDONLY};
  const std::uint64_t size = opened.size();
  begin(name, size);
  std::array<char, block> bytes; // NOLINT(*-member-init): read into first
  for (std::uint64_t at = 0; at < size;) {
    const std::size_t got = opened.read(bytes.data(), bytes.size(), at);
    if (got == 0) throw error_about(from.string(), evstore::errc::changed_under, "has shrunk");
    write({bytes.data(), got});
    at += got;
  }
}

void archive_writer::finish() { check(archive_write_close(archive_.get())); }

void archive_writer::begin(const std::string& name, std::uint64_t size) {
  constexpr int everybody_reads = 0644;
  const std::unique_ptr<archive_entry, entry_freed> made{require(archive_entry_new())};
  archive_entry_set_pathname(made.get(), name.c_str());
  archive_entry_set_size(made.get(), static_cast<std::int64_t>(size));
  archive_entry_set_filetype(made.get(), AE_IFREG);
  archive_entry_set_perm(made.get(), everybody_reads);
  check(archive_write_header(archive_.get(), made.get()));
}

void archive_writer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const la_ssize_t put = archive_write_data(archive_.get(), bytes.data(), bytes.size());
    if (put <= 0) check(ARCHIVE_FATAL);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
}

void archive_writer::check(int outcome) const {
  if (outcome == ARCHIVE_OK) return;
  const int code = archive_errno(archive_.get());
  const auto kind = code > 0 ? evstore::jsonl::classify(code) : evstore::errc::io_failed;
  throw error_about(path_, kind, "cannot write: " + reason_of(archive_.get()));
}

archive_reader::archive_reader(std::string path)
    : path_{std::move(path)}, archive_{require(archive_read_new())} {
  // Opened first by ourselves for errors that say what the system said.
  static_cast<void>(file{{}, path_, O_RDONLY});
  archive_read_support_filter_gzip(archive_.get());
  archive_read_support_format_tar(archive_.get());
  if (archive_read_open_filename(archive_.get(), path_.c_str(), block) != ARCHIVE_OK) damaged();
}

std::optional<archive_reader::entry> archive_reader::next() {
  archive_entry* found = nullptr;
  const int outcome = archive_read_next_header(archive_.get(), &found);
  if (outcome == ARCHIVE_EOF) return std::nullopt;
  if (outcome < ARCHIVE_WARN) damaged();
  // Other programs' archives may say their names in UTF-8 only, which the locale cannot express.
  const char* name = archive_entry_pathname(found);
  if (name == nullptr) name = archive_entry_pathname_utf8(found);
  const bool plain = archive_entry_filetype(found) == AE_IFREG &&
                     archive_entry_hardlink(found) == nullptr &&
                     archive_entry_symlink(found) == nullptr;
  return entry{name == nullptr ? "" : name, plain,
               static_cast<std::uint64_t>(archive_entry_size(found))};
}

std::size_t archive_reader::read(char* into, std::size_t size) {
  const la_ssize_t got = archive_read_data(archive_.get(), into, size);
  if (got < 0) damaged();
  return static_cast<std::size_t>(got);
}

void archive_reader::damaged() const {
  throw error_about(path_, evstore::errc::corrupt,
                    "is damaged, or no archive: " + reason_of(archive_.get()));
}

} // namespace dnd
