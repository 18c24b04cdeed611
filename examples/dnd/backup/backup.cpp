#include "backup/backup.hpp"

#include "backup/archive.hpp"
#include "backup/contents.hpp"
#include "files/durable.hpp"
#include "files/kinds.hpp"
#include "files/problem.hpp"
#include "log/campaign_log.hpp"
#include "log/digest.hpp"

#include <evstore/describe.hpp>
#include <evstore/jsonl/file.hpp>
#include <evstore/yaml.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <system_error>
#include <utility>

#include <stdio.h>
#include <unistd.h>

namespace dnd {

EVSTORE_DESCRIBE(saved_file, name, size, digest)
EVSTORE_DESCRIBE(backup_manifest, format, campaign, id, position, sound, taken, files)

namespace {

namespace fs = std::filesystem;
using file = evstore::jsonl::file<evstore::jsonl::posix_files>;

/// `2026-11-21T07:52:00Z`, with `form` to say how.
std::string now(const char* form) {
  const std::time_t seconds = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), form, &parts)};
}

/// Opens the copy as a campaign: what cannot be loaded is no backup. A snapshot that is passed over
/// is of no use.
void require_loadable(campaign_place copied, const fs::path& copy, std::vector<std::string>& files,
                      backup_manifest& manifest) {
  copied.directory = copy;
  copied.server.reset();
  const campaign_log log{copied, access::read, *parse_snapshot_rhythm("every-100")};
  if (!log.report().from_snapshot && fs::remove(copied.snapshot()))
    std::erase(files, copied.snapshot().filename().string());
  manifest.id = log.place().id;
  manifest.position = log.position();
}

fs::path path_for(const campaign_place& place, const std::optional<fs::path>& to,
                  std::uint64_t position, const char* kind) {
  const std::string name = place.slug + "-" + kind + "-" + std::to_string(position) + "-" +
                           now("%Y%m%dT%H%M%SZ") + ".tar.gz";
  if (!to) {
    const fs::path usual = place.world.directory / backups;
    fs::create_directory(usual);
    return usual / name;
  }
  return fs::is_directory(*to) ? *to / name : *to;
}

/// The path, or the first like it that is free.
fs::path free_path(const fs::path& wanted) {
  fs::path path = wanted;
  std::string stem = wanted.filename().string();
  stem.resize(stem.size() - std::string_view{".tar.gz"}.size());
  for (int number = 2; fs::exists(fs::symlink_status(path)); ++number)
    path = wanted.parent_path() / (stem + "-" + std::to_string(number) + ".tar.gz");
  return path;
}

std::uint64_t write_archive(const fs::path& path, const fs::path& copy,
                            const backup_manifest& manifest) {
  const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path{"."};
  const fs::path hidden = directory / (".new-" + path.filename().string());
  try {
    const file made{{}, hidden.string(), O_WRONLY | O_CREAT | O_TRUNC};
    archive_writer into{made.descriptor(), hidden.string()};
    into.add(manifest_name, to_yaml(manifest));
    for (const saved_file& each : manifest.files) into.add_file(each.name, copy / each.name);
    into.finish();
    made.sync();
    if (::renameat2(AT_FDCWD, hidden.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0) {
      if (errno == EEXIST) throw not_possible(path.string() + " exists already");
      throw evstore::jsonl::file_error(errno, "cannot create", path.string());
    }
  } catch (...) {
    ::unlink(hidden.c_str());
    throw;
  }
  sync_directory(directory);
  return fs::file_size(path);
}

backup_report write_backup(const campaign_place& place, const campaign_copy& copied,
                           const fs::path& copy, const fs::path& path, backup_manifest manifest) {
  manifest.format = backup_format;
  manifest.campaign = place.name;
  manifest.taken = now("%Y-%m-%dT%H:%M:%SZ");
  for (const std::string& name : copied.files)
    manifest.files.push_back({name, fs::file_size(copy / name), digest_of_file(copy / name)});
  backup_report report;
  report.file = path;
  report.campaign = place.name;
  report.position = manifest.position;
  report.files = copied.files.size();
  report.bytes = write_archive(path, copy, manifest);
  report.left_out = copied.left_out;
  return report;
}

} // namespace

std::string to_yaml(const backup_manifest& manifest) {
  return "# A campaign, saved by dnd; dnd campaign restore makes it again.\n" +
         evstore::yaml::write(manifest);
}

backup_manifest manifest_from(const std::string& yaml, const std::string& file) {
  auto manifest = evstore::yaml::read<backup_manifest>(yaml, {.file = file + ", backup.yaml"});
  if (manifest.format == backup_format) return manifest;
  evstore::error_place place;
  place.file = file;
  throw evstore::error{
      evstore::errc::corrupt,
      "is a backup of the form \"" + manifest.format + "\", not \"" + backup_format + "\"",
      std::move(place)};
}

std::string digest_of_file(const fs::path& path) {
  const file opened{{}, path.string(), O_RDONLY};
  std::array<char, std::size_t{64} << 10> bytes; // NOLINT(*-member-init): read into first
  digest sum;
  for (std::uint64_t at = 0;;) {
    const std::size_t got = opened.read(bytes.data(), bytes.size(), at);
    if (got == 0) return sum.text();
    sum.add({bytes.data(), got});
    at += got;
  }
}

backup_report back_up(const campaign_place& place, const std::optional<fs::path>& to) {
  if (to && !fs::is_directory(*to) && fs::exists(fs::symlink_status(*to)))
    throw not_possible(to->string() + " exists already");
  const new_directory copy{place.world.directory, place.slug + "-backup"};
  campaign_copy copied = copy_campaign(place, copy.path());
  backup_manifest manifest;
  require_loadable(place, copy.path(), copied.files, manifest);
  const fs::path wanted = path_for(place, to, manifest.position, "event");
  const bool chosen_here = !to || fs::is_directory(*to);
  return write_backup(place, copied, copy.path(), chosen_here ? free_path(wanted) : wanted,
                      std::move(manifest));
}

backup_report back_up_as_it_is(const campaign_place& place) {
  const new_directory copy{place.world.directory, place.slug + "-backup"};
  const campaign_copy copied = copy_campaign_as_it_is(place, copy.path());
  backup_manifest manifest;
  manifest.id = place.id;
  manifest.sound = false;
  return write_backup(place, copied, copy.path(), free_path(path_for(place, {}, 0, "damaged")),
                      std::move(manifest));
}

} // namespace dnd
