#include "backup/restore.hpp"

#include "backup/archive.hpp"
#include "backup/backup.hpp"
#include "backup/contents.hpp"
#include "files/durable.hpp"
#include "files/problem.hpp"
#include "language/text.hpp"
#include "log/campaign_log.hpp"
#include "log/digest.hpp"

#include <evstore/error.hpp>
#include <evstore/jsonl/file.hpp>
#include <evstore/jsonl/log_lock.hpp>
#include <evstore/jsonl/verify.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <system_error>
#include <utility>

namespace dnd {

namespace {

namespace fs = std::filesystem;
using evstore::jsonl::posix_files;
using file = evstore::jsonl::file<posix_files>;

/// A backup that is read twice: to check it, and to unpack it.
class saved_campaign {
public:
  explicit saved_campaign(fs::path path) : path_{std::move(path)} {
    archive_reader archive{path_.string()};
    manifest_ = manifest_from(read_first(archive), path_.string());
    check_names();
    each_file(archive, [](const saved_file&, std::string_view, std::uint64_t) {});
  }

  [[nodiscard]] const backup_manifest& manifest() const noexcept { return manifest_; }

  /// Writes and syncs all files.
  void unpack(const fs::path& into) const {
    archive_reader archive{path_.string()};
    static_cast<void>(read_first(archive));
    std::optional<file> open;
    each_file(archive, [&](const saved_file& which, std::string_view bytes, std::uint64_t at) {
      if (at == 0) {
        const fs::path path = into / which.name;
        fs::create_directories(path.parent_path());
        open.emplace(posix_files{}, path.string(), O_WRONLY | O_CREAT | O_EXCL);
      }
      open->write_or_throw(bytes, at);
      if (at + bytes.size() == which.size) open->sync();
    });
  }

private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw not_possible(path_.string() + " cannot be restored: " + why);
  }

  std::string read_first(archive_reader& archive) const {
    constexpr std::uint64_t largest = std::uint64_t{16} << 20;
    const auto first = archive.next();
    if (!first || first->name != manifest_name || !first->is_file || first->size > largest)
      refuse("it is no backup of a campaign");
    std::string text(static_cast<std::size_t>(first->size), '\0');
    std::size_t used = 0;
    while (used < text.size()) {
      const std::size_t got = archive.read(text.data() + used, text.size() - used);
      if (got == 0) refuse("it is cut short");
      used += got;
    }
    return text;
  }

  void check_names() const {
    std::set<std::string> names;
    for (const saved_file& each : manifest_.files) {
      if (!may_be_restored(each.name)) refuse("it would write to \"" + each.name + "\"");
      if (!names.insert(each.name).second) refuse("it has \"" + each.name + "\" twice");
    }
    if (!names.contains("log.jsonl")) refuse("it has no log");
    if (!manifest_.sound)
      refuse("it was made of a damaged campaign, as it was; unpack it with tar to look at it");
  }

  /// Calls `take(file, bytes, offset)` for all bytes, at least once for each file, and holds them
  /// against the manifest.
  template <class Take>
  void each_file(archive_reader& archive, Take take) const {
    for (const saved_file& wanted : manifest_.files) {
      const auto found = archive.next();
      if (!found) refuse("it is cut short before " + wanted.name);
      if (found->name != wanted.name || !found->is_file || found->size != wanted.size)
        refuse("it has " + found->name + " where " + wanted.name + " should be");
      std::array<char, std::size_t{64} << 10> bytes; // NOLINT(*-member-init): read into first
      digest sum;
      std::uint64_t at = 0;
      if (wanted.size == 0) take(wanted, {}, 0);
      while (at < wanted.size) {
        const std::size_t got = archive.read(bytes.data(), bytes.size());
        if (got == 0) refuse("it is cut short within " + wanted.name);
        const std::string_view read{bytes.data(), got};
        sum.add(read);
        take(wanted, read, at);
        at += got;
      }
      if (sum.text() != wanted.digest) refuse(wanted.name + " is damaged");
    }
    if (archive.next()) refuse("it has more files than it says");
  }

  fs::path path_;
  backup_manifest manifest_;
};

saved_campaign open_backup(const fs::path& path) {
  try {
    return saved_campaign{path};
  } catch (const evstore::error& failed) {
    throw not_possible(path.string() + " cannot be restored: " + failed.message());
  }
}

/// A world that is created for the restoring, and goes again if nothing comes of it.
class host_world {
public:
  host_world(const worlds& all, const std::string& name)
      : is_new_{!all.has_world(name)},
        place_{is_new_ ? all.create_world(name) : all.find_world(name)} {}
  ~host_world() {
    std::error_code ignored; // nothing is left to do about it
    if (is_new_ && !kept_) fs::remove_all(place_.directory, ignored);
  }
  host_world(const host_world&) = delete;
  host_world& operator=(const host_world&) = delete;

  [[nodiscard]] const world_place& place() const noexcept { return place_; }
  void keep() noexcept { kept_ = true; }

private:
  bool is_new_;
  world_place place_;
  bool kept_ = false;
};

std::optional<campaign_place> find_existing(const worlds& all, const world_place& world,
                                            const std::string& slug) {
  for (campaign_place& place : all.all_campaigns(world))
    if (same_word(place.slug, slug)) return std::move(place);
  return std::nullopt;
}

/// Loads what was unpacked; what cannot be played is not restored.
void require_playable(const campaign_place& unpacked, const backup_manifest& manifest) {
  const auto refuse = [](const std::string& why) {
    throw not_possible("the backup cannot be restored: " + why);
  };
  if (const auto found = evstore::jsonl::verify(unpacked.log().string()); !found.is_sound())
    refuse("its log is damaged in line " + std::to_string(found.defects.front().line) + ": " +
           found.defects.front().what);
  const campaign_log log{unpacked, access::read, *parse_snapshot_rhythm("off")};
  if (log.position() != manifest.position)
    refuse("its log has " + std::to_string(log.position()) + " events and should have " +
           std::to_string(manifest.position));
  if (log.place().id != manifest.id)
    refuse("its log is of the campaign " + log.place().id + ", not of " + manifest.id);
}

void sync_directories(const fs::path& top) {
  for (const fs::directory_entry& each : fs::recursive_directory_iterator{top})
    if (each.is_directory()) sync_directory(each.path());
  sync_directory(top);
}

std::string id_of(const campaign_place& place) {
  try {
    return campaign_log{place, access::read, *parse_snapshot_rhythm("off")}.place().id;
  } catch (const evstore::error&) {
    return place.id; // the log is damaged: the more reason to restore
  }
}

std::filesystem::path save_previous(const campaign_place& place) {
  try {
    return back_up(place, std::nullopt).file;
  } catch (const evstore::error& failed) {
    if (failed.code() != evstore::errc::corrupt && failed.code() != evstore::errc::unknown_event)
      throw;
    return back_up_as_it_is(place).file;
  }
}

} // namespace

restore_report restore(const worlds& all, const restore_order& wanted) {
  const saved_campaign saved = open_backup(wanted.backup);
  const backup_manifest& manifest = saved.manifest();
  const std::string name = wanted.as.value_or(manifest.campaign);
  const std::string slug = worlds::slug_for_campaign(name);

  host_world world{all, wanted.world};
  std::optional<campaign_place> existing = find_existing(all, world.place(), slug);
  const std::string present = existing ? id_of(*existing) : manifest.id;
  if (!present.empty() && present != manifest.id)
    throw not_possible("the campaign \"" + existing->name + "\" in " +
                       existing->directory.string() +
                       " is another one than that of the backup; restore it under another name "
                       "with --as");

  restore_report report;
  report.place = {name, manifest.id, existing ? existing->slug : slug, world.place(), {}};
  report.place.directory = world.place().directory / report.place.slug;
  new_directory made{world.place().directory, report.place.slug};
  campaign_place unpacked = report.place;
  unpacked.directory = made.path();
  make_shelves(made.path());
  saved.unpack(made.path());
  require_playable(unpacked, manifest);
  if (wanted.as || !fs::exists(made.path() / "campaign.yaml")) write_campaign_page(unpacked);
  sync_directories(made.path());
  report.position = manifest.position;

  if (!existing) {
    if (!made.appear())
      throw not_possible(report.place.directory.string() + " exists, and is no campaign");
  } else {
    // Held until the end: nobody plays what is being replaced.
    const evstore::jsonl::log_lock<posix_files> lock{{}, existing->log().string()};
    report.previous = save_previous(*existing);
    made.replace();
  }
  world.keep();
  return report;
}

} // namespace dnd
